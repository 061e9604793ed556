"""One problem: seen by its helper and its offices, with the steps that each may take."""

import pytest
from django.urls import reverse

from tests import cast
from tests.visits import made
from visits.sections.briefs import open_problems

pytestmark = pytest.mark.django_db


def test_who_sees_it_and_what_each_may_do():
    world = cast.build()
    problem = made.problem(world.files["own"], world.people["cadre"])
    url = reverse("visits:problem_detail", args=[problem.public_id])
    found = {}
    for who in ("cadre", "staff", "county_admin", "other_staff", "clerk", "leader", "other_cadre"):
        page = world.client(who).get(url)
        found[who] = page.status_code
        if page.status_code == 200:
            ways = [*page.context["ways"], *([page.context["first"]] if page.context["first"] else [])]
            found[who] = {str(way[0]) for way in ways}
    assert found == {
        "cadre": {"referred", "mine"},
        "staff": {"answered", "referred"},
        "county_admin": set(),
        "other_staff": 404,
        "clerk": 403,
        "leader": 403,
        "other_cadre": 404,
    }


def test_its_state_has_one_tone_on_its_page_and_beside_the_talks():
    world = cast.build()
    problem = made.problem(world.files["own"], world.people["cadre"])
    page = world.client("cadre").get(reverse("visits:problem_detail", args=[problem.public_id]))
    assert [line["tone"] for line in open_problems([problem])] == [page.context["tone"]] == ["due"]
