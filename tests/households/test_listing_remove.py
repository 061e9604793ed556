"""Many files off the pairing list at once: how many first, then the deed, just those."""

from households.models import Household, Pairing
from pairing.models import AuditEvent
from tests import cast
from tests.cast import World

URL = f"/households/listing/remove/?village={cast.VILLAGE}&type=lifted"


def sent(number: int, **more: str) -> dict[str, str]:
    return {"reason": "yearly_update", "seen": str(number)} | more


def listed(world: World) -> set[str]:
    return {p for p, file in world.files.items() if Household.everything.get(pk=file.pk).listed_on}


def test_it_says_how_many_and_takes_off_just_those(world: World):
    client = world.client("township_admin")
    page = client.get(URL)
    assert (page.context["number"], page.context["paired"]) == (3, 1)
    assert client.post(URL, sent(3)).status_code == 302
    assert listed(world) == {"other_village", "other_township", "other_county"}
    event = AuditEvent.objects.get(action="household.unlist")
    assert (len(event.object_ids), event.reason) == (3, "yearly_update")
    assert Pairing.everything.get(pk=world.pairings["own"].pk).ended_on is None


def test_their_pairings_end_only_when_asked(world: World):
    world.client("township_admin").post(URL, sent(3, with_pairings="on"))
    ended = Pairing.everything.get(pk=world.pairings["own"].pk)
    assert ended.end_reason == "off_list"
    assert Household.everything.get(pk=world.files["own"].pk).lead is None
    assert AuditEvent.objects.filter(action__in=["household.unlist", "pairing.end"]).count() == 1


def test_another_number_than_was_told_or_none_is_refused(world: World):
    client = world.client("township_admin")
    page = client.post(URL, sent(2))
    assert page.context["form"].non_field_errors()
    assert 'name="seen" value="3"' in page.content.decode()
    assert client.post(f"{URL}&q=zzz", sent(0)).context["form"].non_field_errors()
    assert client.post(URL, sent(3, reason="")).context["form"].errors["reason"]
    assert len(listed(world)) == 6


def test_a_filter_that_cannot_be_read_chooses_nothing_and_staff_may_not(world: World):
    other = f"/households/listing/remove/?village={cast.OTHER_VILLAGE}"
    assert world.client("township_admin").get(other).context["number"] == 0
    assert world.client("staff").get(URL).status_code == 403
