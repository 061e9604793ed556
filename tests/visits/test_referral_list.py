"""The inbox of referrals: those at one's own level, the earliest limit first, with days waiting."""

import pytest
from django.urls import reverse

from tests import cast
from tests.visits import made

pytestmark = pytest.mark.django_db
URL = reverse("visits:referral_list")


def rows(page):
    return [row.pk for row in page.context["table"].rows]


def test_each_level_has_its_own_inbox_and_sees_what_is_elsewhere():
    world = cast.build()
    cadre, file = world.people["cadre"], world.files["own"]
    young = made.problem(file, cadre, waits=2)
    old = made.problem(file, cadre, waits=20)
    county = made.problem(file, cadre, office="county_water", level="county")
    made.problem(file, cadre, state="answered")
    made.problem(world.files["other_township"], cadre)
    page = world.client("staff").get(URL)
    assert rows(page) == [old.pk, young.pk]
    assert page.context["elsewhere"] == 1
    assert rows(world.client("staff").get(URL, {"show": "elsewhere"})) == [county.pk]
    assert rows(world.client("county_admin").get(URL)) == [county.pk]
    assert ">20<" in page.content.decode()
