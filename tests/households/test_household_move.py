"""A file moves to another village: the effect first, then the deed; pairings follow or end; it can go back."""

from django.urls import reverse

from households.models import ChangeRequest, Household, HouseholdYear, Membership, Pairing, PersonYear
from households.models.scoped import codes_of
from pairing import clock
from pairing.models import AuditEvent, Grant
from tests import cast
from tests.cast import World


def path(world: World, position: str = "own") -> str:
    return reverse("households:household_move", args=[world.files[position].public_id])


def sent(village: str, **more: str) -> dict[str, str]:
    return {"village": village, "group_name": "二社", "address": "", "on": clock.today().isoformat(),
            "reason": "relocated"} | more  # fmt: skip


def seen(village: str) -> str:
    return f"{village} {clock.today().isoformat()}"


def test_the_effect_is_said_before_anything_is_written(world: World):
    page = world.client("staff").post(path(world), sent(cast.SECOND_VILLAGE))
    assert any(world.people["cadre"].name in line for line in page.context["effects"])
    assert Household.everything.get(pk=world.files["own"].pk).village_code == cast.VILLAGE
    other = seen(cast.OTHER_VILLAGE)  # the effect of another move was shown
    page = world.client("county_admin").post(path(world), sent(cast.SECOND_VILLAGE, seen=other))
    assert page.context["effects"]


def test_inside_the_township_the_pairing_goes_on_and_it_can_move_back(world: World):
    staff, own = world.client("staff"), world.files["own"]
    answer = staff.post(path(world), sent(cast.SECOND_VILLAGE, seen=seen(cast.SECOND_VILLAGE)))
    assert answer.url == f"/households/{own.public_id}/"
    moved = Household.everything.get(pk=own.pk)
    assert (moved.village_code, moved.group_name, moved.lead_id) == (
        cast.SECOND_VILLAGE, "二社", world.people["cadre"].pk,
    )  # fmt: skip
    assert AuditEvent.objects.filter(action="household.move").count() == 1
    history = staff.get(f"/households/{own.public_id}/history/").content.decode()
    assert "四闸村" in history
    assert staff.post(path(world), sent(cast.VILLAGE, seen=seen(cast.VILLAGE))).status_code == 302
    assert Household.everything.get(pk=own.pk).version == own.version + 2


def test_a_helper_who_is_no_cadre_there_ends(world: World):
    page = world.client("county_admin").post(path(world), sent(cast.OTHER_VILLAGE))
    assert any(world.people["cadre"].name in line for line in page.context["effects"])
    world.client("county_admin").post(path(world), sent(cast.OTHER_VILLAGE, seen=seen(cast.OTHER_VILLAGE)))
    moved = Household.everything.get(pk=world.files["own"].pk)
    assert (moved.village_code, moved.lead_id, moved.pairing_count) == (cast.OTHER_VILLAGE, None, 0)
    ended = Pairing.everything.get(pk=world.pairings["own"].pk)
    assert (ended.end_reason, ended.ended_on) == ("household_moved", clock.today())
    assert ended.village_code == cast.OTHER_VILLAGE


def test_villages_out_of_ones_area_are_not_offered(world: World):
    for village in (cast.OTHER_VILLAGE, cast.FAR_VILLAGE, cast.VILLAGE, "x"):
        page = world.client("staff").post(path(world), sent(village, seen=seen(village)))
        assert "village" in page.context["form"].errors


def test_into_another_county_a_linked_file_opens_with_all_that_is_known(world: World):
    admin = world.people["county_admin"]
    Grant.objects.create(user=admin, role="administrator", area_id=cast.OTHER_COUNTY)
    own, today = world.files["own"], clock.today()
    HouseholdYear.everything.create(household=own, year=2019, housing_grade="C", **codes_of(own))
    PersonYear.everything.create(
        person=world.spouses["own"].person, household=own, year=2019, health=["chronic"], **codes_of(own)
    )
    Membership.everything.filter(household=own).update(joined_on=today)
    client = cast.sign_in(admin)
    told = client.post(path(world), sent(cast.FAR_VILLAGE)).context["effects"]
    assert any("变更申请" in line for line in told)
    client.post(path(world), sent(cast.FAR_VILLAGE, seen=seen(cast.FAR_VILLAGE)))
    new = Household.everything.get(moved_from=own.public_id)
    closed = Household.everything.get(pk=own.pk)
    assert (new.village_code, new.member_count, new.head_name) == (cast.FAR_VILLAGE, 2, own.head_name)
    assert (closed.status, closed.member_count, closed.lead_id) == ("closed", 0, None)
    assert new.listed_on == today
    for kept in ("best_time", "bank_name"):
        assert getattr(new, kept) == getattr(own, kept)
    assert new.bank_account.open() == closed.bank_account.open() == own.bank_account.open() != ""
    assert new.bank_account.token != closed.bank_account.token  # sealed anew: each is bound to its row
    assert list(new.years.values_list("year", flat=True)) == [today.year, 2019]
    spouse = new.memberships.get(relation="spouse").person
    assert spouse.years.get(year=2019).health == ["chronic"]
    assert new.absences.on(today).get().person.name == own.head_name
    assert ChangeRequest.everything.get(pk=world.requests["own"].pk).state == "withdrawn"
    for file, other in (
        (new, closed),
        (closed, new),
    ):  # each names the other, with a link where it may be seen
        page = client.get(f"/households/{file.public_id}/").content.decode()
        assert f"/households/{other.public_id}/" in page
    assert (
        f"/households/{new.public_id}/"
        not in world.client("staff").get(f"/households/{closed.public_id}/").content.decode()
    )
