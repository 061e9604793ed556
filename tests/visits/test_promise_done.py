"""写办理情况: what was done; the household's word comes at the next visit."""

from datetime import timedelta

from django.urls import reverse

from pairing import clock
from tests.visits.logged import promise
from visits.models import Promise


def test_what_was_done_is_one_line(world):
    row, client = promise(world), world.client("cadre")
    url = reverse("visits:promise_done", args=[row.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url, {"done_on": clock.today().isoformat()}).status_code == 422
    sent = {"done_what": "材料交到镇上了", "done_on": clock.today().isoformat()}
    assert client.post(url, sent).status_code == 302
    assert Promise.everything.get(pk=row.pk).state == Promise.State.DONE
    assert client.get(url).status_code == 403  # settled


def test_two_taps_are_one_save_and_no_error_page(world):
    row, client = promise(world), world.client("cadre")
    later = (clock.today() + timedelta(days=30)).isoformat()
    steps = [
        ("promise_move", {"due_on": "other", "due_on_day": later, "reason_kind": "season"}),
        ("promise_done", {"done_what": "材料交到镇上了", "done_on": clock.today().isoformat()}),
        ("promise_word", {"word": "partly", "household_word": "还差一半"}),
        ("promise_drop", {"reason": "剩下的家里自己办"}),
    ]
    for name, sent in steps:
        url = reverse(f"visits:{name}", args=[row.public_id])
        assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302], name
    row.refresh_from_db()
    assert (row.version, row.times_moved, row.former_dates.count()) == (1 + len(steps), 1, 1)


def test_another_cadre_never_sees_it(world):
    row = promise(world)
    for name in ("promise_done", "promise_move", "promise_drop", "promise_word"):
        url = reverse(f"visits:{name}", args=[row.public_id])
        assert world.client("other_cadre").get(url).status_code == 404
        assert world.client("staff").get(url).status_code == 403
