"""Pairing, ending and taking back: one household, or a whole roster at once. What is locked: ``pairing_changes``."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.utils.translation import gettext_lazy as _

from households.actions.pairing_changes import Assignment, Change, changing
from households.models import Household, Pairing
from households.rules import pairings as rules
from pairing.errors import Refused
from pairing.models import User


def pair(
    *,
    household: Household,
    cadre: User,
    started_on: date,
    role: str = Pairing.Role.LEAD,
    note: str = "",
    by: User,
) -> Pairing:
    """Make ``cadre`` a helper of ``household`` from ``started_on`` on. ``note`` is for him to read.

    A second helper who becomes the lead ends as the second on that day. Raises ``Refused`` for a future day, a
    closed file, a household that has its lead helper, somebody without a cadre's grant for the place, and a
    load above the limit.
    """
    with changing("pairing.start", [household.pk], [cadre.pk], by=by) as change:
        if role == Pairing.Role.LEAD:
            change.promote(household.pk, cadre.pk, day=started_on)
        row = change.start(household.pk, cadre.pk, role=role, day=started_on, hint=note)
    return row


def end_pairing(
    *, pairing: Pairing, ended_on: date, reason: str, note: str = "", version: int | None = None, by: User
) -> Pairing:
    """End one pairing with a reason (code list ``pairing_end_reason``); its last day is the one before.

    Raises ``Refused`` when it is not open or the day lies before its start or in the future, ``Conflict``
    when the reader saw another version.
    """
    with changing("pairing.end", [pairing.household_id], by=by, reason=reason) as change:
        row = change.pairing(pairing)
        rules.check_version(row, version)
        change.end(row, day=ended_on, reason=reason, note=note)
    return row


def end_pairings(
    *, households: Iterable[Household], ended_on: date, reason: str, note: str = "", by: User
) -> list[Pairing]:
    """End all open pairings of households, as when a file closes; one that began later, on its start."""
    with changing("pairing.end", [household.pk for household in households], by=by, reason=reason) as change:
        rows = [row for some in change.open.values() for row in some]
        for row in rows:
            change.end(row, day=max(ended_on, row.started_on), reason=reason, note=note)
    return rows


def void_pairing(*, pairing: Pairing, version: int | None = None, by: User) -> Pairing:
    """Take back a pairing that was entered by mistake today. It stays readable, and counts for nothing.

    Raises ``Refused`` when it is not open or was entered on another day, ``Conflict`` as in ``end_pairing``.
    """
    with changing("pairing.void", [pairing.household_id], by=by) as change:
        row = change.pairing(pairing)
        rules.check_version(row, version)
        rules.check_void(row)
        change.write(row, voided=True)
    return row


def pair_roster(*, assignments: Sequence[Assignment], started_on: date, by: User) -> list[Pairing]:
    """Give each household of a roster its lead helper, all or none; new pairings are one statement.

    A household that has this very helper is left alone; one that has another is handed over on that day.
    Raises ``Refused`` for the first line that cannot be, naming the household's file.
    """
    ids = [a.household.pk for a in assignments]
    if doubled := [pk for pk, times in Counter(ids).items() if times > 1]:
        number = next(a.household.file_number for a in assignments if a.household.pk == doubled[0])
        raise Refused(_("File %(number)s stands in the roster twice.") % {"number": number})
    with changing("pairing.roster", ids, [a.cadre.pk for a in assignments], by=by) as change:
        rows = [change.assign(item, started_on) for item in sorted(assignments, key=lambda a: a.household.pk)]
    return [row for row in rows if row is not None]


@dataclass(frozen=True)
class Outcome:
    """What a roster would do with one line. ``former`` is the helper who would hand over."""

    assignment: Assignment
    kind: str  # "pair", "same", "hand_over" or "refused"
    former: User | None = None
    reason: str = ""


def preview_roster(assignments: Sequence[Assignment], *, started_on: date, by: User) -> list[Outcome]:
    """What ``pair_roster`` would do now, line by line, by the same rules; nothing is written."""
    households, cadres = [a.household.pk for a in assignments], [a.cadre.pk for a in assignments]
    change = Change(households, cadres, by=by, lock=False)
    return [outcome_of(change, item, partial(change.assign, item, started_on)) for item in assignments]


def outcome_of(change: Change, item: Assignment, step: Callable[[], Pairing | None]) -> Outcome:
    """Try one step of a preview and say what comes of it."""
    lead = change.lead(item.household.pk)
    former = lead.cadre if lead else None
    try:
        if any(row.household_id == item.household.pk for row in change.new):
            raise Refused(_("This household stands in the roster twice."))
        row = step()
    except Refused as refusal:
        return Outcome(item, "refused", former, str(refusal))
    return Outcome(item, "same" if row is None else "hand_over" if former else "pair", former)
