"""Values of change requests: what a text of one stands for, what the file says now, and writing it there."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from households import rules
from households.actions.saving import text_of
from households.models import ChangeField, Household, HouseholdYear, Membership, Person
from households.models.members import HEAD
from households.models.scoped import codes_of
from pairing import numbers
from pairing.errors import Refused, Telling, refusing
from pairing.names import sort_key

NUMBER_TAKEN = _(
    "This number belongs to somebody in another file of the county. Search the register by the number; what is not"
    " found there, ask the county office about."
)


def number_taken() -> Telling:
    """The refusal of a certificate number that stands in the county already, be it out of the reader's reach."""
    return Telling(NUMBER_TAKEN, "id_number")


def head_value(person: Person, former_becomes: str) -> str:
    """The text that stands for "this person becomes head, the former head gets that relation to him"."""
    return f"{person.public_id}:{former_becomes}"


def present_text(
    household: Household, model: str, field: str, person: Person | None, year: int | None
) -> str:
    """What the file says now in a field that can be asked for; nothing of somebody who has left it."""
    row: Any
    if model == "household" and field == "head":
        head = Membership.everything.present().filter(household=household, relation=HEAD)
        return str(head.values_list("person__public_id", flat=True).first() or "")
    if model == "household":
        row = household
    elif model == "person":
        row = Person.everything.get(pk=person.pk) if person and is_member(household, person) else None
    else:
        row = HouseholdYear.everything.filter(household=household, year=year or 0).first()
    return text_of(getattr(row, field)) if row is not None else ""


def is_member(household: Household, person: Person) -> bool:
    """Does the person belong to the family now?"""
    return Membership.everything.present().filter(household=household, person=person).exists()


def read_value(model: str, field: str, text: str) -> Any:
    """The value that a text of a change request stands for. Raises Refused when it cannot be read."""
    try:
        if field == "birth_date":
            born = date.fromisoformat(text) if text else None
            if born is not None:
                rules.check_day(born, field)
            return born
        if field == "exit_year":
            return int(text) if text else None
        if field == "per_head_income":
            return Decimal(text) if text else None
        if field == "id_number":
            return numbers.normal_identity(text)
        if field == "head":
            person, _colon, relation = text.partition(":")
            return UUID(person), relation
    except (ValueError, ArithmeticError) as error:
        raise Refused(_("This value cannot be read."), field) from error
    if field == "name" and not text:
        raise Refused(_("A name is needed."), field)
    return text


def apply_change(household: Household, change: ChangeField) -> None:
    """Write one approved change into the locked file. Raises Refused."""
    value = read_value(change.model, change.field, change.new.open())
    if change.field == "head":
        _change_head(household, *value)
        if change.request.batch_id is None:  # a register brings the relations to the new head along
            _forget_relations(household, change)
    elif change.model == "household":
        setattr(household, change.field, value)
        household.save(update_fields=[change.field])
    elif change.model == "household_year":
        _write_year(household, change.year or 0, change.field, value)
    else:
        _write_person(change.person, change.field, value)


def _change_head(household: Household, new_head: UUID, former_becomes: str) -> None:
    present = Membership.everything.select_for_update().present().filter(household=household)
    former = present.filter(relation=HEAD).first()
    if former is not None:
        former.relation = former_becomes or "other"
        former.version += 1
        former.save(update_fields=["relation", "version"])
    member = present.filter(person__public_id=new_head).first()
    if member is None:
        raise Refused(_("The person who should become head has left the family."))
    member.relation = HEAD
    member.version += 1
    member.save(update_fields=["relation", "version"])


def _forget_relations(household: Household, change: ChangeField) -> None:
    """What the others were to the former head is not what they are to the new one: the file asks anew.

    The former head's own relation was part of the request. What was known stays in the history.
    """
    present = Membership.everything.present().filter(household=household).exclude(relation=HEAD)
    others = present.exclude(person__public_id=change.old.open() or None)
    others.update(relation="", version=F("version") + 1)


def _write_year(household: Household, year: int, field: str, value: Any) -> None:
    row = HouseholdYear.everything.filter(household=household, year=year).first()
    if row is None:
        row = HouseholdYear(household=household, year=year, **codes_of(household))
        setattr(row, field, value)
        row.save(force_insert=True)
        return
    setattr(row, field, value)
    row.version += 1
    row.save(update_fields=[field, "version"])


def _write_person(person: Any, field: str, value: Any) -> None:
    setattr(person, field, value)
    also = {"name": ["name_key"], "id_number": ["identity_hmac"]}.get(field, [])
    if field == "name":
        person.name_key = sort_key(value)[:200]
    person.version += 1
    with refusing(identity_once_per_county=number_taken()):
        person.save(update_fields=[field, *also, "version"])
