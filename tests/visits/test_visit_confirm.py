"""A visit typed by the clerk counts when its helper has looked and confirmed."""

from django.urls import reverse

from households.models import Household
from pairing import clock
from tests.visits.logged import visit as made


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
