"""A file moves to another village: inside the county with all its rows, into another one as a new file."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from households import rules
from households.actions.counters import recount
from households.actions.entries import MemberEntry, YearEntry
from households.actions.households import close_household, register_household
from households.actions.pairings import end_pairing
from households.actions.saving import locked_open
from households.models import Household, Membership, Person
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
    Into another county the file closes and a linked one opens there, with the same members; the new file is
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
    present = Membership.everything.present().filter(household=household)
    entries = [
        MemberEntry(
            name=m.person.name,
            relation=m.relation,
            sex=m.person.sex,
            birth_date=m.person.birth_date,
            ethnic_group=m.person.ethnic_group,
            certificate=m.person.certificate,
            id_number=m.person.id_number.open(),
            person_number=m.person.person_number,
            phone=m.person.phone.open(),
            joined_on=on,
            joined_reason="moved",
        )
        for m in present.select_related("person").order_by("pk")
    ]
    newest = household.years.order_by("-year").first()
    facts = [YearEntry(**{f.name: getattr(newest, f.name) for f in fields(YearEntry)})] if newest else []
    close_household(household=household, on=on, reason="moved", by=by)
    present.update(left_on=Greatest(F("joined_on"), on), left_reason="moved", version=F("version") + 1)
    recount([household.pk])
    return register_household(
        village_code=village_code,
        members=entries,
        years=facts,
        group_name=group_name,
        address=address,
        phone=household.phone.open(),
        listed_on=household.listed_on and on,
        moved_from=household.public_id,
        by=by,
    )
