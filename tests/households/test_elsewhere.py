"""What stands in another township's files is neither shown nor changed from here, whatever once led there."""

from typing import Any

import pytest
from django.urls import reverse

from households.actions import changes, members, moves
from households.actions.changes import FieldChange
from households.actions.entries import MemberEntry, PersonYearEntry
from households.actions.households import take_all_off_list
from households.models import ChangeField, Household, HouseholdYear, Membership, PersonYear
from households.models.scoped import codes_of
from pairing import clock
from pairing.errors import Refused
from pairing.models import AuditEvent
from tests import cast
from tests.cast import World
from tests.households import importing, register_files

SECRET = "SECRET99"


def neighbours_row(number: str = "", identity: str = "") -> tuple[list[str], list[Any]]:
    """A row of our own village that names a file, or a head, of the next township."""
    row = register_files.family(1, register_files.ONE, [("胡编造", "户主", "19560204", 11)], 9211.37)[0]
    row[register_files.PLACE["户编号"]] = number
    row[register_files.PLACE["证件号码"]] = identity or row[register_files.PLACE["证件号码"]]
    return [*register_files.TITLES, "家庭住址", "开户银行"], [*row, "别处的地址", "别处的银行"]


@pytest.mark.parametrize("by", ["number", "identity"])
def test_a_register_neither_reads_nor_writes_a_neighbours_file(world: World, by: str) -> None:
    theirs, head = world.files["other_township"], world.heads["other_township"].person
    HouseholdYear.everything.create(
        household=theirs, year=2025, household_type="", per_head_income=4321, **codes_of(theirs)
    )
    sent = {"number": theirs.file_number} if by == "number" else {"identity": head.id_number.open()}
    known = set(sent.values())
    client = world.client("township_admin")
    batch = importing.staged(client, register_files.xlsx([*neighbours_row(**sent)]), area=cast.TOWNSHIP)
    batch.refresh_from_db()
    assert batch.counts["error"] == 1
    for tab in batch.counts:
        page = client.get(importing.url("import_detail", batch), {"tab": tab}).content.decode()
        assert not [text for text in world.canaries["other_township"] - known if text in page]
        assert "4,321" not in page
    client.post(importing.url("import_choose", batch), {"rest": "take"})
    assert importing.apply(client, batch, leave_out="on").status_code != 302
    now = Household.everything.get(pk=theirs.pk)
    assert (now.version, now.address, now.member_count) == (
        theirs.version,
        theirs.address,
        theirs.member_count,
    )
    assert not now.change_requests.filter(proposed_by=world.people["township_admin"]).exists()


def move_away(world: World) -> tuple[Membership, Membership]:
    """Somebody leaves a file of ours and lives in one of the next township: both memberships."""
    was = world.spouses["area"]
    person = was.person
    entry = MemberEntry(
        name=person.name, relation="spouse", sex=person.sex, birth_date=person.birth_date,
        certificate=person.certificate, id_number=person.id_number.open(), joined_on=clock.today(),
    )  # fmt: skip
    staff, theirs = world.people["staff"], world.people["other_staff"]
    members.remove_member(membership=was, left_on=clock.today(), reason="married_out", by=staff)
    now = members.add_member(household=world.files["other_township"], member=entry, by=theirs).row
    facts = PersonYearEntry(year=clock.today().year, health=("chronic",), work_months=7)
    members.record_person_year(membership=now, facts=facts, by=theirs)
    members.edit_member(membership=now, values={"person_number": SECRET}, reason="correction", by=theirs)
    was.refresh_from_db()
    return was, now


@pytest.fixture
def moved(world: World) -> tuple[Membership, Membership]:
    return move_away(world)


def test_a_former_membership_leads_to_nobody(world: World, moved: Any) -> None:
    was, now = moved
    assert was.person_id == now.person_id
    staff = world.client("staff")
    for name in ("member_edit", "member_remove", "person_year_edit"):
        for send in (staff.get, staff.post):
            answer = send(reverse(f"households:{name}", args=[was.public_id]))
            assert answer.status_code == 403
            assert SECRET not in answer.content.decode()
    with pytest.raises(Refused):
        members.edit_member(membership=was, values={"phone": ""}, reason="x", by=world.people["staff"])
    facts = PersonYearEntry(year=clock.today().year, health=("healthy",))
    with pytest.raises(Refused):
        members.record_person_year(membership=was, facts=facts, by=world.people["staff"])


def test_the_history_of_a_file_ends_where_somebody_leaves_it(world: World, moved: Any) -> None:
    was, now = moved
    path = reverse("households:household_history", args=[was.household.public_id])
    assert SECRET not in world.client("staff").get(path).content.decode()
    path = reverse("households:household_history", args=[now.household.public_id])
    assert SECRET in world.client("other_staff").get(path).content.decode()


def test_the_facts_of_the_year_come_along(moved: Any) -> None:
    _was, now = moved
    row = PersonYear.everything.get(person=now.person, year=clock.today().year)
    assert (row.household, row.township_code) == (now.household, cast.OTHER_TOWNSHIP)


def test_nobody_reviews_what_became_of_somebody_elsewhere(world: World) -> None:
    was, staff = world.spouses["area"], world.people["staff"]
    person = was.person
    request = changes.propose_change(
        household=was.household, changes=[FieldChange("person", "name", "改掉的名字", person)],
        reason="correction", by=staff,
    )  # fmt: skip
    move_away(world)
    person.refresh_from_db()
    person.name = SECRET
    person.save(update_fields=["name"])
    page = world.client("reviewer").get(reverse("households:change_detail", args=[request.public_id]))
    assert SECRET not in page.content.decode()
    [field] = request.changes.all()
    changes.decide_change(
        request=request, decisions={field.public_id: (True, "")}, by=world.people["reviewer"]
    )
    field.refresh_from_db()
    person.refresh_from_db()
    assert (field.decision, person.name) == (ChangeField.Decision.BLOCKED, SECRET)


def test_a_file_that_moves_under_somebodys_hands_is_not_written(world: World) -> None:
    stale = Household.everything.get(pk=world.files["area"].pk)
    fresh = Household.everything.get(pk=stale.pk)
    moves.move_household(
        household=fresh,
        village_code=cast.OTHER_VILLAGE,
        on=clock.today(),
        reason="x",
        by=world.people["county_admin"],
    )
    with pytest.raises(Refused):
        members.record_absence(household=stale, away_from=clock.today(), by=world.people["staff"])
    with pytest.raises(Refused):
        take_all_off_list(households=[stale], reason="x", by=world.people["township_admin"])


def test_every_look_names_the_file(world: World) -> None:
    """Who asks "who opened this file" asks by the file; pages of members, changes and visits name it, too."""
    file, member = world.files["area"], world.spouses["area"]
    staff = world.client("staff")
    for path in (
        reverse("households:member_edit", args=[member.public_id]),
        reverse("households:person_year_edit", args=[member.public_id]),
        reverse("households:change_detail", args=[world.requests["area"].public_id]),
        reverse("households:change_list") + "?show=mine",
    ):
        assert staff.get(path).status_code == 200
        assert file.public_id in AuditEvent.objects.latest("pk").object_ids, path
