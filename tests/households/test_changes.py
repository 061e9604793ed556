"""What a review writes: head, identity and income, and what it refuses."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from households.actions.change_values import head_value
from households.actions.changes import FieldChange, decide_change, propose_change
from households.models import ChangeField, Household, HouseholdYear, Membership, Person
from pairing import clock
from pairing.errors import Refused
from tests import factories
from tests.cast import World


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in one language."""
    with override("en"):
        yield


def propose(world: World, *changes: FieldChange, position: str = "own"):
    return propose_change(
        household=world.files[position], changes=changes, reason="paper_seen", by=world.people["cadre"]
    )


def approve(world: World, request, who: str = "staff"):
    ticks = {c.public_id: (True, "") for c in request.changes.all()}
    return decide_change(request=request, decisions=ticks, by=world.people[who])


def test_a_new_head_takes_the_place_of_the_old_one(world: World):
    spouse, head = world.spouses["own"], world.heads["own"]
    new = FieldChange("household", "head", head_value(spouse.person, "spouse"), spouse.person)
    approve(world, propose(world, new))
    assert Membership.everything.get(pk=spouse.pk).relation == "head"
    assert Membership.everything.get(pk=head.pk).relation == "spouse"
    assert Household.everything.get(pk=world.files["own"].pk).head_name == spouse.person.name


def test_a_name_changes_the_search_terms_and_a_number_its_hash(world: World):
    person, number = world.heads["own"].person, factories.identity_number(date(1962, 3, 1))
    approve(
        world,
        propose(
            world,
            FieldChange("person", "name", "单红梅", person),
            FieldChange("person", "id_number", number, person),
        ),
    )
    after = Person.everything.get(pk=person.pk)
    assert (after.name, after.id_number.open()) == ("单红梅", number)
    assert Household.everything.having_number(number).get().head_initials == "shm"


def test_income_is_written_into_its_year_even_a_new_one(world: World):
    year = clock.today().year - 1
    approve(world, propose(world, FieldChange("household_year", "per_head_income", "8100.50", year=year)))
    row = HouseholdYear.everything.get(household=world.files["own"], year=year)
    assert row.per_head_income == Decimal("8100.50")


def test_a_number_of_another_family_is_refused_and_nothing_is_written(world: World):
    person, taken = world.heads["own"].person, world.heads["area"].person.id_number.open()
    request = propose(
        world,
        FieldChange("person", "name", "新名字", person),
        FieldChange("person", "id_number", taken, person),
    )
    with pytest.raises(Refused, match="another file"):
        approve(world, request)
    assert Person.everything.get(pk=person.pk).name == person.name
    assert {c.decision for c in request.changes.all()} == {ChangeField.Decision.OPEN}


def test_values_are_sealed_and_moved_ciphertexts_do_not_open(world: World):
    request = propose(
        world, FieldChange("household", "bank_account", "6217000012345678", None), position="own"
    )
    change = ChangeField.everything.get(request=request)
    assert "6217000012345678" not in change.new.token
    assert change.new.open() == "6217000012345678"


@pytest.mark.parametrize(
    "change",
    [
        FieldChange("household", "address", "x"),
        FieldChange("household_year", "main_cause", "illness", year=2026),
    ],
)
def test_what_needs_no_second_person_is_no_request(world: World, change):
    with pytest.raises(ValueError, match="second person"):
        propose(world, change)


def test_a_stranger_or_nothing_new_is_refused(world: World):
    with pytest.raises(Refused, match="no member"):
        propose(world, FieldChange("person", "name", "新名字", world.heads["area"].person))
    head = world.heads["own"].person
    with pytest.raises(Refused, match="nothing would change"):
        propose(world, FieldChange("person", "name", head.name, head))
