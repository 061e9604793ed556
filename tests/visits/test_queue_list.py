"""The queue: three tabs, oldest first, one's own left to others, nothing settled in bulk."""

from datetime import timedelta

import pytest
from django.urls import reverse

from households.models import ChangeRequest
from pairing import clock, codelists
from pairing.models import AuditEvent
from tests import cast, factories
from tests.visits import made

pytestmark = pytest.mark.django_db
URL = reverse("visits:queue_list")


@pytest.fixture
def world():
    return cast.build()


def households(page):
    return [line["household"].pk for line in page.context["lines"]]


def test_visits_to_read_oldest_first_and_one_audit_row(world):
    cadre, files = world.people["cadre"], world.files
    made.visit(files["own"], cadre, state="filed")
    made.visit(files["other_township"], world.people["other_cadre"])
    made.visit(files["own"], cadre, author=world.people["staff"])  # the reader typed it himself
    made.visit(files["own"], cadre, days=9)
    made.visit(files["ended"], cadre, days=50, state="answered")
    before = AuditEvent.objects.count()
    page = world.client("staff").get(URL)
    assert households(page) == [files["own"].pk, files["ended"].pk]
    assert AuditEvent.objects.count() == before + 1


def test_what_was_recorded_first_is_read_first(world):
    cadre, now = world.people["cadre"], clock.now()
    late = made.visit(world.files["own"], cadre, recorded_at=now - timedelta(hours=1))
    before = now - timedelta(days=2)
    early = made.visit(world.files["ended"], cadre, days=3, recorded_at=before)
    client = world.client("staff")
    assert households(client.get(URL)) == [early.household_id, late.household_id]
    address = reverse("visits:visit_read", args=[early.public_id])
    following = client.post(address, {"read": "yes", "version": early.version}).url
    assert following == reverse("visits:visit_read", args=[late.public_id])


def test_changes_and_referrals_have_their_tabs(world):
    made.problem(world.files["own"], world.people["cadre"])
    made.problem(world.files["own"], world.people["cadre"], level="county", office="county_water")
    page = world.client("reviewer").get(URL, {"tab": "referrals"})
    assert [number for _name, _label, number in page.context["tabs"]] == [0, 5, 1]
    assert len(households(page)) == 1
    assert world.client("staff").get(URL, {"tab": "changes"}).context["lines"] == []  # his own proposals
    assert len(households(world.client("reviewer").get(URL, {"tab": "changes"}))) == 5


def test_an_empty_queue_says_so(world):
    assert world.client("other_staff").get(URL, {"tab": "nonsense"}).context["clear"] is True


def test_queries_do_not_grow(world, django_assert_num_queries):
    client = world.client("staff")
    made.visit(world.files["own"], world.people["cadre"])
    client.get(URL)
    with django_assert_num_queries(7):
        client.get(URL)
    for row in factories.households([factories.FileSpec(cast.VILLAGE)] * 30):
        made.visit(row, world.people["cadre"], days=4, recorded_at=clock.now() - timedelta(days=3))
    with django_assert_num_queries(7):
        assert len(client.get(URL).context["lines"]) == 31


def test_a_change_gives_its_reason_in_words(world):
    ChangeRequest.everything.filter(pk=world.requests["own"].pk).update(
        reason="household_report", proposed_at=clock.now() - timedelta(days=30)
    )
    client = world.client("reviewer")
    pages = [
        client.get(URL, {"tab": "changes"}),
        client.get(reverse("visits:figure_list", args=["waiting"])),
    ]
    for page in pages:
        text = page.content.decode()
        assert codelists.label("change_reason", "household_report") in text
        assert "household_report" not in text
