"""作罢: with the reason that the household is given."""

from django.urls import reverse

from households.rules.words import because_closed
from pairing import clock
from tests.visits.logged import promise
from visits.models import Promise


def test_dropping_needs_a_reason(world):
    row, client = promise(world), world.client("cadre")
    url = reverse("visits:promise_drop", args=[row.public_id])
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"reason": "户里说不用了"}).status_code == 302
    assert Promise.everything.get(pk=row.pk).state == Promise.State.DROPPED


def test_the_file_tells_what_became_of_a_promise(world):
    row = promise(world)
    address = reverse("households:household_detail", args=[row.household.public_id])
    for values, told in (
        ({"state": "dropped", "dropped_reason": "户里说不用了"}, "户里说不用了"),
        ({"state": "dropped", "dropped_reason": because_closed("death")}, "户档案已注销：死亡"),
        (
            {
                "state": "partly",
                "done_what": "送了",
                "done_on": clock.today(),
                "done_by": world.people["cadre"],
                "dropped_reason": "",
                "household_word": "只送来一半",
                "asked_by": world.people["cadre"],
                "asked_on": clock.today(),
            },
            "户里说：只送来一半",
        ),
    ):
        Promise.everything.filter(pk=row.pk).update(**values)
        assert told in world.client("staff").get(address).content.decode()
