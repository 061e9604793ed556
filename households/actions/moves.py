"""A file moves to another village: inside the county with all its rows, into another one as a new file."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from households import rules
from households.actions.counters import recount
from households.actions.entries import MemberEntry, PersonYearEntry, YearEntry, entry_of
from households.actions.households import close_household, register_household
from households.actions.pairings import end_pairing
from households.actions.saving import locked_open
from households.models import Absence, Household, Membership, Person
from households.models.scoped import ScopedModel, codes_of
from households.rules import pairings as pairing_rules
from pairing.audit import action
from pairing.errors import Refused
from pairing.models import Area
from pairing.roles import P


def move_household(
    *,
    household: Household,
    village_code: str,
    on: date,
    reason: str,
    group_name: str = "",
    address: str = "",
    by: Any,
) -> Household:
    """Move a file to another village on a day. Inside the county all its rows move along in this one action.

    The file number and the pairing list stay; pairings of helpers who are no cadres there end on that day.
    Into another county the file closes and a linked one opens there, with members, years and bank; the new file is
    returned. Raises Refused where ``by`` may not edit files in the new village, and for an impossible day.
    """
    with action("household.move", by=by, reason=reason, permission=P.HOUSEHOLD_EDIT) as entry:
        household = locked_open(household)
        rules.check_reason(reason)
        rules.check_day(on, "on")
        rules.check_village(by, P.HOUSEHOLD_EDIT, village_code)
        if village_code == household.village_code:
            raise Refused(_("The file belongs to this village already."), "village")
        if not Area.objects.active().villages().filter(pk=village_code).exists():
            raise Refused(_("There is no such village."), "village")
        if pairing_rules.out_of_reach(household, village_code):
            pairing_rules.check_may_end(by, household)
        entry.about(household, fields=["village_code", "group_name", "address"])
        if village_code[:6] != household.county_code:
            return _reopened_elsewhere(household, village_code, on, group_name, address, by)
        for pairing in pairing_rules.out_of_reach(household, village_code):
            day = max(on, pairing.started_on)
            end_pairing(pairing=pairing, ended_on=day, reason="household_moved", by=by)
        _place(household, village_code, group_name, address)
    return Household.everything.get(pk=household.pk)


def _place(household: Household, village_code: str, group_name: str, address: str) -> None:
    """Write the new place into the file and into everything that hangs on it."""
    household.place(village_code)
    codes = codes_of(household)
    Household.everything.filter(pk=household.pk).update(
        **codes, group_name=group_name, address=address, version=F("version") + 1
    )
    related: Iterable[Any] = Household._meta.get_fields(
        include_hidden=True
    )  # also without a way back to them
    for relation in related:
        if relation.one_to_many and issubclass(relation.related_model, ScopedModel):
            relation.related_model.everything.filter(**{relation.field.name: household}).update(**codes)
    present = Membership.everything.present().filter(household=household)
    Person.everything.filter(pk__in=present.values("person_id")).update(**codes)


def _reopened_elsewhere(
    household: Household, village_code: str, on: date, group_name: str, address: str, by: Any
) -> Household:
    """Close the file and open one that goes on from it, with all that does not speak of the old place.

    Sealed values are opened here and sealed anew: each is bound to its row.
    """
    members = list(
        Membership.everything.present().filter(household=household).select_related("person").order_by("pk")
    )
    entries = [_member(member, on) for member in members]
    years = [entry_of(YearEntry, row) for row in household.years.order_by("year")]
    away = list(household.absences.on(on))
    close_household(household=household, on=on, reason="moved", by=by)
    Membership.everything.filter(pk__in=[m.pk for m in members]).update(
        left_on=Greatest(F("joined_on"), on), left_reason="moved", version=F("version") + 1
    )
    recount([household.pk])
    new = register_household(
        village_code=village_code,
        members=entries,
        years=years,
        group_name=group_name,
        address=address,
        best_time=household.best_time,
        phone=household.phone.open(),
        bank_name=household.bank_name,
        bank_account=household.bank_account.open(),
        listed_on=household.listed_on and on,
        moved_from=household.public_id,
        by=by,
    )
    _keep_away(new, away, [m.person_id for m in members])
    return new


def _member(membership: Membership, on: date) -> MemberEntry:
    """A member as he joins the new file, with the facts of all his years."""
    person = membership.person
    return MemberEntry(
        name=person.name,
        relation=membership.relation,
        sex=person.sex,
        birth_date=person.birth_date,
        ethnic_group=person.ethnic_group,
        certificate=person.certificate,
        id_number=person.id_number.open(),
        person_number=person.person_number,
        phone=person.phone.open(),
        joined_on=on,
        joined_reason="moved",
        years=tuple(entry_of(PersonYearEntry, row) for row in person.years.order_by("year")),
    )


def _keep_away(household: Household, absences: Iterable[Absence], people: Sequence[int]) -> None:
    """Who was away stays away: ``people`` are those of the old file, in the order in which they joined this one."""
    joined = (
        Membership.everything.filter(household=household).order_by("pk").values_list("person_id", flat=True)
    )
    same: dict[int | None, int | None] = dict(zip(people, joined, strict=True)) | {None: None}
    for absence in absences:
        if absence.person_id in same:
            absence.pk, absence.public_id = None, uuid4()
            absence.household, absence.person_id = household, same[absence.person_id]
            absence.place(household.village_code)
            absence.version = 1
            absence.save(force_insert=True)
