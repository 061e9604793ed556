"""The overview: figures with their definitions; rows for the office, guarded numbers for leaders."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pairing import clock
from pairing.models import AuditEvent, Grant
from tests import cast, factories
from visits.reports.figures import FIGURES

pytestmark = pytest.mark.django_db
URL = reverse("visits:overview_show")


def numbers(page):
    return {card.figure.key: card.number for card in page.context["cards"]}


@pytest.fixture
def world():
    return cast.build()


def test_staff_see_numbers_that_lead_to_rows(world, django_assert_num_queries):
    client = world.client("staff")
    client.get(URL)
    with django_assert_num_queries(6):
        page = client.get(URL)
    assert [card.figure for card in page.context["cards"]] == list(FIGURES)
    assert numbers(page)["households"] == "4"
    assert all(card.url for card in page.context["cards"])
    for figure in FIGURES:
        assert str(figure.definition) in page.content.decode().replace("&#x27;", "'")


def test_leaders_and_auditors_see_figures_only_and_no_small_number(world):
    for who in ("leader", "auditor"):
        page = world.client(who).get(URL)
        assert all(not card.url for card in page.context["cards"])
        shown = numbers(page)
        assert shown["unpaired"] == "<5"
        assert all(not text.isdigit() or int(text) == 0 or int(text) >= 5 for text in shown.values())


def test_the_overview_and_the_villages_together_give_no_small_number_away(world):
    """Security target S11a, over both pages: what is shown is what ``small_cells`` lets be shown together."""
    factories.households([factories.FileSpec(cast.SECOND_VILLAGE)] * 9)
    leader = world.client("leader")
    total = numbers(leader.get(URL))["households"]
    table = leader.get(reverse("visits:village_list")).context["table"]
    parts = [row["households"] for row in table.rows]
    hidden = [text for text in parts if not text.isdigit()]
    shown = sum(int(text) for text in parts if text.isdigit())
    assert parts.count("<5") == 2
    assert not total.isdigit() or int(total) - shown >= len(hidden) + 3


def test_the_strip_gives_no_number_away_that_the_villages_hold_back(world):
    """65 per cent of at most 20 households are 13, so that 7 are not visited, so that of 10 the other village has 3."""
    today = clock.today()
    late, seen = today - timedelta(days=300), today - timedelta(days=10)
    specs = [factories.FileSpec(cast.SECOND_VILLAGE, listed_on=late)] * 6
    specs += [factories.FileSpec(cast.SECOND_VILLAGE, listed_on=seen)] * 13
    factories.households(specs)
    Grant.objects.filter(user=world.people["leader"]).update(area=cast.TOWNSHIP)
    leader = world.client("leader")
    table = leader.get(reverse("visits:village_list")).context["table"]
    assert [row["not_visited"] for row in table.rows] == ["<5", "—"]
    page = leader.get(URL)
    assert numbers(page)["not_visited"] == "10"
    assert [months[-1][1] for _name, months in page.context["strips"]] == [None, None]
    office = world.client("staff").get(URL)
    assert [months[-1][1] for _name, months in office.context["strips"]] == [0, 65]


def test_an_area_inside_ones_own_narrows_it_and_another_is_not_found(world):
    client = world.client("county_admin")
    assert numbers(client.get(URL, {"area": cast.TOWNSHIP}))["households"] == "4"
    assert numbers(client.get(URL))["households"] == "5"
    for code in (cast.OTHER_COUNTY, "62", "x", cast.COUNTY + "999"):
        assert client.get(URL, {"area": code}).status_code == 404


def test_figures_are_no_personal_data_and_leave_no_audit_row(world):
    before = AuditEvent.objects.count()
    world.client("staff").get(URL)
    assert AuditEvent.objects.count() == before
