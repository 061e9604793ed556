"""Files: registered, edited, put on the pairing list, closed and reopened."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from households import rules
from households.actions import members as member_actions
from households.actions.changes import FieldChange, propose_change, withdraw_all
from households.actions.counters import recount
from households.actions.entries import MemberEntry, YearEntry, values_of
from households.actions.pairings import end_pairings
from households.actions.questions import refresh_questions
from households.actions.saving import (
    Saved,
    all_locked_open,
    check_version,
    locked,
    locked_open,
    text_of,
)
from households.models import Household, HouseholdYear, Pairing
from households.models.scoped import codes_of
from households.rules import pairings as pairing_rules
from households.rules.depths import MASKED
from households.rules.words import because_closed
from pairing import clock
from pairing.audit import action
from pairing.errors import Refused, Telling, refusing
from pairing.models import Area
from pairing.roles import P

# What an office user changes at once; the rest of a file waits for a second person (rules.files.SENSITIVE).
PLAIN = ("file_number", "group_name", "address", "best_time", "phone")
NUMBER_TAKEN = _("This file number is in use in the county already.")


def next_file_number(village_code: str) -> str:
    """A free file number in the village: its code and four digits more."""
    taken = Household.everything.filter(
        county_code=village_code[:6],
        file_number__gte=f"{village_code}0000",
        file_number__lte=f"{village_code}9999",
        file_number__regex=r"^[0-9]{16}$",
    )
    last = taken.order_by("-file_number").values_list("file_number", flat=True).first()
    return f"{village_code}{int(last[12:]) + 1 if last else 1:04d}"


def register_household(
    *,
    village_code: str,
    members: Iterable[MemberEntry],
    years: Iterable[YearEntry] = (),
    file_number: str = "",
    group_name: str = "",
    address: str = "",
    best_time: str = "",
    phone: str = "",
    bank_name: str = "",
    bank_account: str = "",
    listed_on: date | None = None,
    moved_from: uuid.UUID | None = None,
    by: Any,
) -> Household:
    """Open a file with its members and the facts of any number of years.

    No file number means the next free one. Raises Refused for a village out of the area of ``by``, a file
    number in use, or a number of a person who already lives in another family of the county.
    """
    rules.check_village(by, P.HOUSEHOLD_EDIT, village_code)
    if not Area.objects.active().villages().filter(pk=village_code).exists():
        raise Refused(_("There is no such village."), "village")
    if listed_on is not None:
        rules.check_day(listed_on, "listed_on")
    with action("household.register", by=by, permission=P.HOUSEHOLD_EDIT) as entry:
        entry.object_area = village_code
        household = Household(
            file_number=file_number or next_file_number(village_code),
            group_name=group_name,
            address=address,
            best_time=best_time,
            phone=phone,
            bank_name=bank_name,
            bank_account=bank_account,
            listed_on=listed_on,
            moved_from=moved_from,
        )
        household.place(village_code)
        with refusing(file_number_once_per_county=Telling(NUMBER_TAKEN, "file_number")):
            household.save(force_insert=True)
        for year in years:
            HouseholdYear.everything.create(
                household=household, year=year.year, **values_of(year), **codes_of(household)
            )
        for member in members:
            member_actions.join(household, member, on=member.joined_on or clock.today())
        recount([household.pk])
        household = Household.everything.get(pk=household.pk)
        refresh_questions(household)
        entry.about(household)
    return household


def edit_household(
    *,
    household: Household,
    values: Mapping[str, str],
    reason: str,
    proof: str = "",
    version: int | None = None,
    by: Any,
) -> Saved[Household]:
    """Change facts of a file, by field name: ``PLAIN`` ones at once, the bank's by a change request.

    ``version`` is the one that the reader saw. Raises Refused for a closed file or a file number in use,
    Conflict for a stale version, ValueError for other fields.
    """
    bank = {name for name in values if rules.is_sensitive("household", name)}
    if unknown := set(values) - bank - set(PLAIN):
        raise ValueError(f"not facts of a file: {sorted(unknown)}")
    with action("household.edit", by=by, reason=reason, permission=P.HOUSEHOLD_EDIT) as entry:
        household = locked_open(household)
        rules.check_reason(reason)
        stored = {name: text_of(getattr(household, name)) for name in values}
        check_version(household, version, "household", stored, values)
        changed = [name for name in values if stored[name] != values[name] and name not in bank]
        if changed:
            for name in changed:
                setattr(household, name, values[name])
            household.version += 1
            with refusing(file_number_once_per_county=Telling(NUMBER_TAKEN, "file_number")):
                household.save(update_fields=[*changed, "phone_hmac", "version"])
            refresh_questions(household)
        asked = [
            FieldChange("household", name, values[name])
            for name in sorted(bank)
            if stored[name] != values[name] or name in MASKED
        ]
        request = None
        if asked:
            request = propose_change(household=household, changes=asked, reason=reason, proof=proof, by=by)
        entry.quiet = not changed and request is None
        entry.about(household, fields=changed)
    return Saved(household, request)


def put_on_list(*, household: Household, on: date | None = None, reason: str = "", by: Any) -> Household:
    """Put a file on the pairing list (应结对) from a day on; a file already there stays as it is."""
    put_all_on_list(households=[household], on=on, reason=reason, by=by)
    return Household.everything.get(pk=household.pk)


def put_all_on_list(
    *, households: Iterable[Household], on: date | None = None, reason: str = "", by: Any
) -> int:
    """Put many files on the pairing list at once, all or none; returns how many were not on it before.

    Files are locked in key order. Raises Refused when one of them is closed or the day has not come.
    """
    day = on or clock.today()
    rules.check_day(day, "on")
    with action("household.list", by=by, reason=reason, permission=P.PAIRING_MANAGE) as entry:
        new = [household for household in all_locked_open(households) if household.listed_on is None]
        entry.quiet = not new
        entry.about(*new, fields=["listed_on"])
        rows = Household.everything.filter(pk__in=[h.pk for h in new])
        rows.update(listed_on=day, version=F("version") + 1)
    return len(new)


def take_off_list(*, household: Household, reason: str, with_pairings: bool = False, by: Any) -> Household:
    """Take a file off the pairing list; ``with_pairings`` ends its pairings today, else they go on.

    Raises Refused.
    """
    take_all_off_list(households=[household], reason=reason, with_pairings=with_pairings, by=by)
    return Household.everything.get(pk=household.pk)


def take_all_off_list(
    *, households: Iterable[Household], reason: str, with_pairings: bool = False, by: Any
) -> int:
    """Take many files off the pairing list at once, all or none; returns how many were on it.

    Files are locked in key order. Raises Refused when one of them is closed.
    """
    with action("household.unlist", by=by, reason=reason, permission=P.PAIRING_MANAGE) as entry:
        rules.check_reason(reason)
        files = all_locked_open(households)
        listed = [household for household in files if household.listed_on is not None]
        entry.about(*listed, fields=["listed_on"])
        rows = Household.everything.filter(pk__in=[h.pk for h in listed])
        rows.update(listed_on=None, version=F("version") + 1)
        ended = []
        if with_pairings:
            ended = end_pairings(households=files, ended_on=clock.today(), reason="off_list", by=by)
        entry.quiet = not listed and not ended
    return len(listed)


def close_household(*, household: Household, on: date, reason: str, by: Any) -> Household:
    """Close a file from a day on; open pairings end on the same day, and what waits on it is settled.

    Change requests are withdrawn and told why; floors above follow (``settings.CLOSE_STEPS``). Raises Refused
    for a day that has not come or lies before the last that is known of the file, and where pairings would end
    but ``by`` may not end them.
    """
    with action("household.close", by=by, reason=reason, permission=P.HOUSEHOLD_EDIT) as entry:
        household = locked_open(household)
        rules.check_reason(reason)
        rules.check_may_close(household, on)
        if Pairing.everything.open().filter(household=household).exists():
            pairing_rules.check_may_end(by, household)
            why = "household_moved" if reason == "moved" else "household_closed"
            end_pairings(households=[household], ended_on=on, reason=why, by=by)
            household = locked(household)
        closed = because_closed(reason)
        withdraw_all(household=household, why=closed, by=by)
        for step in settings.CLOSE_STEPS:
            import_string(step)(household, why=closed, by=by)
        _set(household, status=Household.Status.CLOSED, closed_on=on, closed_reason=reason)
        refresh_questions(household)
        entry.about(household, fields=["status", "closed_on", "closed_reason"])
    return household


def reopen_household(*, household: Household, reason: str, by: Any) -> Household:
    """Open a closed file again. Raises Refused when it is open."""
    with action("household.reopen", by=by, reason=reason, permission=P.HOUSEHOLD_EDIT) as entry:
        household = locked(household)
        rules.check_closed(household)
        rules.check_reason(reason)
        _set(household, status=Household.Status.OPEN, closed_on=None, closed_reason="")
        refresh_questions(household)
        entry.about(household, fields=["status", "closed_on", "closed_reason"])
    return household


def _set(household: Household, **values: Any) -> None:
    """Write some fields of a locked file and raise its version."""
    for name, value in values.items():
        setattr(household, name, value)
    household.version += 1
    household.save(update_fields=[*values, "version"])
