"""Many files on the pairing list at once: how many first, then the deed, just those."""

import pytest

from households.forms import moves
from households.models import Household
from pairing import clock
from pairing.models import AuditEvent
from tests import cast
from tests.cast import World

URL = f"/households/listing/?village={cast.VILLAGE}&type=lifted"


@pytest.fixture(autouse=True)
def _unlisted(world: World):
    rows = [world.files[p].pk for p in ("area", "ended", "other_village", "other_township")]
    Household.everything.filter(pk__in=rows).update(listed_on=None)


def sent(number: int, **more: str) -> dict[str, str]:
    return {"on": clock.today().isoformat(), "reason": "yearly_update", "seen": str(number)} | more


def listed() -> set[str]:
    rows = Household.everything.filter(listed_on=clock.today())
    return set(rows.values_list("public_id", flat=True))


def test_it_says_how_many_and_lists_just_those(world: World):
    client = world.client("township_admin")
    page = client.get(URL)
    assert (page.context["number"], page.context["already"]) == (2, 1)
    assert client.post(URL, sent(2)).status_code == 302
    assert listed() == {world.files["area"].public_id, world.files["ended"].public_id}
    event = AuditEvent.objects.get(action="household.list")
    assert (len(event.object_ids), event.reason) == (2, "yearly_update")


def test_an_unknown_filter_chooses_nothing_and_says_so(world: World):
    page = world.client("township_admin").get("/households/listing/?type=nonsense")
    assert (page.context["number"], page.context["unreadable"]) == (0, True)


def test_another_number_than_was_told_is_looked_at_again(world: World):
    page = world.client("township_admin").post(URL, sent(5))
    assert page.context["form"].non_field_errors()
    assert 'name="seen" value="2"' in page.content.decode()
    assert listed() == set()


def test_a_township_reaches_its_own_files_only(world: World):
    page = world.client("township_admin").get("/households/listing/")
    assert page.context["number"] == 3
    assert world.client("county_admin").get("/households/listing/").context["number"] == 4
    assert world.client("staff").get("/households/listing/").status_code == 403


@pytest.mark.parametrize("query", [f"village={cast.OTHER_VILLAGE}", "type=nothing", "q=13912345678"])
def test_a_filter_that_cannot_be_read_chooses_nothing(world: World, query: str):
    assert world.client("township_admin").get(f"/households/listing/?{query}").context["number"] == 0


@pytest.mark.parametrize(
    ("more", "field"), [({"on": "2999-01-01"}, "on"), ({"on": "x"}, "on"), ({"reason": ""}, "reason")]
)
def test_bad_input_is_a_sentence_at_its_field(world: World, more: dict[str, str], field: str):
    page = world.client("township_admin").post(URL, sent(2, **more))
    assert field in page.context["form"].errors
    assert listed() == set()


def test_too_many_or_none(world: World, monkeypatch: pytest.MonkeyPatch):
    client = world.client("township_admin")
    assert client.get(f"{URL}&state=closed").context["number"] == 0
    assert client.post(f"{URL}&q=zzz", sent(0)).context["form"].non_field_errors()
    monkeypatch.setattr(moves, "MOST_LISTED", 1)
    assert client.post(URL, sent(2)).context["form"].non_field_errors()
    assert listed() == set()
