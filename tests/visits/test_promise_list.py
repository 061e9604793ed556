"""答应的事: what is outstanding in all my households, by date."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pairing import clock
from tests.visits.logged import promise


def test_by_date_and_only_what_is_outstanding(world):
    today, client = clock.today(), world.client("cadre")
    assert "答应的事都有着落了" in client.get(reverse("visits:promise_list")).content.decode()
    promise(world, what="后办的事", due_on=today + timedelta(days=9))
    promise(world, what="先办的事", due_on=today)
    page = client.get(reverse("visits:promise_list")).content.decode()
    assert page.index("先办的事") < page.index("后办的事")
    assert "%" not in page.split("<main", 1)[1].split("</main>")[0].replace("100%", "")


def test_what_the_household_calls_not_kept_stays_until_it_is_settled(world):
    client = world.client("cadre")
    done = {"state": "not_kept", "done_what": "电话打了", "household_word": "没等到"}
    row = promise(world, what="问低保", asked_by=world.people["cadre"], asked_on=clock.today(), **done)
    page = client.get(reverse("visits:promise_list")).content.decode()
    move, drop = (reverse(f"visits:promise_{deed}", args=[row.public_id]) for deed in ("move", "drop"))
    assert all(text in page for text in ("问低保", "没等到", move, drop))
    assert "约日子" in client.get(reverse("visits:today")).content.decode()
    assert client.post(drop, {"reason": "名额满了，明年再报"}).status_code == 302
    assert "问低保" not in client.get(reverse("visits:promise_list")).content.decode()
    assert "约日子" not in client.get(reverse("visits:today")).content.decode()


def test_queries_do_not_grow_with_promises(world):
    client, counts = world.client("cadre"), []
    for n in (1, 6):
        for _ in range(n):
            promise(world)
        client.get(reverse("visits:promise_list"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("visits:promise_list"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5
