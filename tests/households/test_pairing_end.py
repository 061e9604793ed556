"""Ending a pairing with a reason; a stale page is a conflict that keeps the note."""

import pytest
from django.urls import reverse

from households.models import Household, Pairing
from pairing import clock
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return cast.build()


def post(world, who="township_admin", position="own", **more):
    url = reverse("households:pairing_end", args=[world.pairings[position].public_id])
    sent = {"reason": "retired", "ended_on": clock.today().isoformat(), "note": "thanks", "version": 1} | more
    return world.client(who).post(url, sent)


def test_it_ends_and_the_household_stands_unpaired(world):
    assert post(world).url == reverse("households:pairing_history", args=[world.files["own"].public_id])
    row = Pairing.everything.get(pk=world.pairings["own"].pk)
    assert (row.ended_on, row.end_reason, row.end_note) == (clock.today(), "retired", "thanks")
    assert Household.everything.get(pk=world.files["own"].pk).lead_id is None


def test_the_former_helper_sees_nothing_from_the_very_next_request_on(world):
    cadre = world.client("cadre")
    url = reverse("visits:visit_create", args=[world.files["own"].public_id])
    assert cadre.get(url).status_code == 200
    post(world)
    assert cadre.get(url).status_code == 404


@pytest.mark.parametrize(
    "more", [{"reason": ""}, {"reason": "x"}, {"ended_on": "2099-01-01"}, {"ended_on": "1990-01-01"}]
)
def test_bad_input_is_a_sentence_at_its_field(world, more):
    page = post(world, **more)
    assert set(page.context["form"].errors) == set(more)
    assert "thanks" in page.content.decode()


def test_a_stale_version_is_409_and_keeps_the_note(world):
    page = post(world, version=5)
    assert page.status_code == 409
    assert "thanks" in page.content.decode()


def test_out_of_scope_is_not_found_and_staff_may_not(world):
    assert post(world, position="other_township").status_code == 404
    assert post(world, who="staff").status_code == 403
