"""作罢: with the reason that the household is given."""

from django.urls import reverse

from tests.visits.logged import promise
from visits.models import Promise


def test_dropping_needs_a_reason(world):
    row, client = promise(world), world.client("cadre")
    url = reverse("visits:promise_drop", args=[row.public_id])
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"reason": "户里说不用了"}).status_code == 302
    assert Promise.everything.get(pk=row.pk).state == Promise.State.DROPPED
