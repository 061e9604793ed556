"""A visit typed by the clerk counts when its helper has looked and confirmed."""

import pytest
from django.urls import reverse

from households.actions.households import close_household
from households.actions.pairings import end_pairing
from households.models import Household
from pairing import clock
from tests.visits.logged import visit as made
from visits.models import Visit


def test_the_helper_looks_and_confirms(world):
    visit = made(world, who="clerk", visited_by="cadre")
    url = reverse("visits:visit_confirm", args=[visit.public_id])
    client = world.client("cadre")
    assert url in client.get(reverse("visits:today")).content.decode()
    assert "玉米" in client.get(url).content.decode()
    assert world.client("clerk").post(url).status_code == 403
    assert client.post(url).status_code == 302
    assert Household.everything.get(pk=visit.household_id).last_visit_on == clock.today()
    assert client.post(url).status_code == 403


@pytest.mark.parametrize("how", ["handed over", "closed"])
def test_who_has_left_the_household_still_confirms_what_was_typed_for_him(world, how):
    """His today leads there; afterwards, and of everything else, he sees nothing more."""
    visit, other = made(world, who="clerk", visited_by="cadre"), made(world, who="clerk", visited_by="cadre")
    household, admin = world.files["own"], world.people["township_admin"]
    if how == "closed":
        close_household(household=household, reason="moved", on=clock.today(), by=admin)
    else:
        end_pairing(pairing=world.pairings["own"], ended_on=clock.today(), reason="transferred", by=admin)
    client, today = world.client("cadre"), reverse("visits:today")
    url = reverse("visits:visit_confirm", args=[visit.public_id])
    assert url in client.get(today).content.decode()
    assert "玉米" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    assert client.get(url).status_code == 404
    assert Household.everything.get(pk=visit.household_id).last_visit_on == clock.today()
    withdraw = reverse("visits:visit_withdraw", args=[other.public_id])
    answer = client.post(withdraw, {"reason": "不是我的"}, follow=True)
    assert answer.redirect_chain[-1][0] == today
    assert Visit.everything.get(pk=other.pk).state == Visit.State.WITHDRAWN
    assert household.head_name not in answer.content.decode()
    assert client.get(reverse("visits:visit_detail", args=[visit.public_id])).status_code == 404
