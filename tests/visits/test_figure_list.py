"""The rows of each figure are exactly those that it counts, and nobody else's."""

from datetime import timedelta

import pytest
from django.urls import reverse

from households.models import ChangeRequest, Household
from households.models.scoped import codes_of
from pairing import clock
from pairing.models import AuditEvent
from tests import cast, factories
from tests.visits import made
from visits.models import Problem, Promise
from visits.reports.figures import FIGURES

pytestmark = pytest.mark.django_db
AGO = clock.now() - timedelta(days=30)


@pytest.fixture
def world():
    world = cast.build()
    for position in ("own", "ended", "other_township"):
        row, cadre = world.files[position], world.people["cadre"]
        made.visit(row, cadre, days=31, recorded_at=AGO)
        made.problem(row, cadre, waits=30)
        made.problem(row, cadre, state="answered")
        Promise.everything.create(
            household=row, made_by=cadre, holder=cadre, what="x", times_moved=1,
            due_on=clock.today() - timedelta(days=1), **codes_of(row),
        )  # fmt: skip
    ChangeRequest.everything.update(proposed_at=AGO)
    return world


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_the_number_is_the_number_of_rows(world, figure):
    client = world.client("staff")
    overview = client.get(reverse("visits:overview_show"))
    [card] = [card for card in overview.context["cards"] if card.figure is figure]
    before = AuditEvent.objects.count()
    page = client.get(card.url)
    rows = [row for _caption, table, _page, _query in page.context["parts"] for row in table.rows]
    assert len(rows) == int(card.number) == page.context["number"] > 0
    assert all(row.village_code.startswith(cast.TOWNSHIP) for row in rows)
    assert AuditEvent.objects.count() == before + 1
    files = {row.household.public_id for row in rows if hasattr(row, "household")}
    assert set(AuditEvent.objects.latest("pk").object_ids) == {row.public_id for row in rows} | files


def test_pages_by_keyset_show_every_row_once(world, django_assert_num_queries):
    factories.households([factories.FileSpec(cast.VILLAGE)] * 60)
    client, url = world.client("staff"), reverse("visits:figure_list", args=["households"])
    first = client.get(url)
    with django_assert_num_queries(9):
        second = client.get(url, {"part": "0", "after": first.context["parts"][0][2].after})
    keys = [row.pk for page in (first, second) for row in page.context["parts"][0][1].rows]
    assert (
        len(keys)
        == len(set(keys))
        == Household.everything.filter(township_code=cast.TOWNSHIP, status="open").count()
    )


def test_leaders_do_not_come_to_rows_and_an_unknown_figure_is_not_found(world):
    for who in ("leader", "auditor"):
        url = reverse("visits:figure_list", args=["households"])
        assert world.client(who).get(url).status_code == 403
    assert world.client("staff").get(reverse("visits:figure_list", args=["nonsense"])).status_code == 404


def test_an_answered_referral_is_late_no_more_nor_in_time(world):
    client = world.client("staff", **{"accept-language": "en"})
    Problem.everything.filter(state="answered").update(due_on=clock.today() - timedelta(days=1))
    owed = client.get(reverse("visits:figure_list", args=["answers_owed"])).content.decode()
    assert "past the limit" not in owed
    assert "in time" not in owed
    late = client.get(reverse("visits:figure_list", args=["referrals_late"])).content.decode()
    assert "past the limit" in late


def test_files_to_mend_say_what_is_asked():
    world = cast.build()
    page = world.client("staff").get(reverse("visits:figure_list", args=["to_mend"]))
    assert "本户没有联系电话。" in page.content.decode()
