"""Withdrawing needs a reason, says its effect first, and leaves the words readable."""

import pytest
from django.urls import reverse

from households.models import Household
from tests.visits.logged import promise as made_promise
from tests.visits.logged import visit as made
from visits.actions.promises import drop_promise
from visits.actions.visits import PromiseAnswer
from visits.models import Promise, Visit


def test_a_withdrawn_visit_counts_no_more_and_stays_readable(world):
    visit, client = made(world, said="今年种了玉米。"), world.client("cadre")
    url = reverse("visits:visit_withdraw", args=[visit.public_id])
    assert "不再计入" in client.get(url).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    page = client.post(url, {"reason": "记错了户"}, follow=True).content.decode()
    assert "记错了户" in page
    assert "今年种了玉米。" in page
    assert Household.everything.get(pk=visit.household_id).last_visit_on is None
    assert client.post(url, {"reason": "记错了户"}).status_code == 302  # a second tap
    assert client.post(url, {"reason": "别的原因"}).status_code == 403
    assert client.get(url).status_code == 403  # once


@pytest.mark.parametrize("since", ["nothing", "left at that"])
def test_a_word_on_a_promise_that_was_typed_wrongly_never_was(world, since):
    """A clerk types that a promise is kept; the helper whose word that would be takes the visit back."""
    cadre, promise = world.people["cadre"], made_promise(world)
    answer = PromiseAnswer(promise.public_id, "partly", "行", "办了一半")
    visit = made(world, who="clerk", visited_by="cadre", answers=[answer])
    assert Promise.everything.get(pk=promise.pk).state == "partly"
    assert Household.everything.get(pk=visit.household_id).open_promises == 0
    if since == "left at that":
        drop_promise(promise=promise, reason="户里说算了", by=cadre)
    client, url = world.client("cadre"), reverse("visits:visit_withdraw", args=[visit.public_id])
    assert "答应的事" in client.get(url).content.decode()
    client.post(url, {"reason": "没这回事"})
    after = Promise.everything.get(pk=promise.pk)
    words = (after.state, after.done_what, after.household_word, after.asked_at_visit)
    stays = since == "left at that"
    assert words == (("partly", "办了一半", "行", visit) if stays else ("open", "", "", None))
    assert Household.everything.get(pk=visit.household_id).open_promises == (0 if stays else 1)


def test_who_typed_it_takes_it_back_until_the_helper_confirms_it(world):
    """From then on the words are the helper's: nobody else withdraws or corrects them, and no button says so."""
    early, late = (made(world, who="clerk", visited_by="cadre") for _ in range(2))
    clerk = world.client("clerk")
    withdrawing, correcting = (
        [reverse(f"visits:visit_{verb}", args=[visit.public_id]) for visit in (early, late)]
        for verb in ("withdraw", "correct")
    )
    assert clerk.post(withdrawing[0], {"reason": "录错了"}).status_code == 302
    world.client("cadre").post(reverse("visits:visit_confirm", args=[late.public_id]))
    Visit.everything.filter(pk=late.pk).update(state=Visit.State.READ)
    for url in (withdrawing[1], correcting[1]):
        assert clerk.get(url).status_code == 403
        assert clerk.post(url, {"reason": "录错了", "text": "别的话"}).status_code == 403
        assert url not in clerk.get(reverse("visits:visit_detail", args=[late.public_id])).content.decode()
    assert world.client("cadre").post(correcting[1], {"text": "是小麦。"}).status_code == 302
    assert Household.everything.get(pk=late.household_id).last_visit_on == late.visited_on
