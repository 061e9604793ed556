"""户里怎么说: asked once something was done."""

from django.urls import reverse

from tests.visits.logged import promise
from visits.actions.promises import record_done
from visits.models import Promise


def test_the_households_own_word(world):
    row, client = promise(world), world.client("cadre")
    url = reverse("visits:promise_word", args=[row.public_id])
    assert client.get(url).status_code == 403  # nothing done yet
    record_done(promise=row, what="材料交了", by=world.people["cadre"])
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"word": "partly", "household_word": "还差一张表"}).status_code == 302
    stored = Promise.everything.get(pk=row.pk)
    assert (stored.state, stored.household_word) == (Promise.State.PARTLY, "还差一张表")
