"""Withdrawing needs a reason, says its effect first, and leaves the words readable."""

from django.urls import reverse

from households.models import Household
from tests.visits.logged import visit as made


def test_a_withdrawn_visit_counts_no_more_and_stays_readable(world):
    visit, client = made(world, said="今年种了玉米。"), world.client("cadre")
    url = reverse("visits:visit_withdraw", args=[visit.public_id])
    assert "不再计入" in client.get(url).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    page = client.post(url, {"reason": "记错了户"}, follow=True).content.decode()
    assert "记错了户" in page
    assert "今年种了玉米。" in page
    assert Household.everything.get(pk=visit.household_id).last_visit_on is None
    assert client.get(url).status_code == 403  # once
