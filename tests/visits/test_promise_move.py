"""改期: neutral, with the former day and the reason readable."""

from datetime import timedelta

from django.urls import reverse

from pairing import clock
from tests.visits.logged import promise
from visits.models import Promise


def test_a_day_moves_with_its_reason(world):
    row, client = promise(world), world.client("cadre")
    url = reverse("visits:promise_move", args=[row.public_id])
    later = (clock.today() + timedelta(days=30)).isoformat()
    assert client.post(url, {"due_on": "other", "due_on_day": later}).status_code == 422  # no reason
    assert client.post(url, {"due_on": "other", "reason_kind": "season"}).status_code == 422  # no day
    sent = {"due_on": "other", "due_on_day": later, "reason_kind": "season"}
    assert client.post(url, sent).status_code == 302
    moved = Promise.everything.get(pk=row.pk)
    assert (moved.due_on.isoformat(), moved.times_moved) == (later, 1)
    assert "等时节" in client.get(url).content.decode()
