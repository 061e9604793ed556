"""The facts of the year of a household: plain ones at once, sensitive ones through a second person."""

from typing import Any

from households import rules
from households.actions.changes import FieldChange, propose_change
from households.actions.counters import recount
from households.actions.entries import YearEntry, differing, values_of
from households.actions.saving import Saved, check_version, locked_open, text_of, touched
from households.models import HouseholdYear, ImportBatch
from households.models.files import Household
from households.models.scoped import codes_of
from pairing.audit import action
from pairing.roles import P

OF_ITS_YEAR = frozenset({"per_head_income"})  # not so in the next year because nobody says otherwise


def record_household_year(
    *,
    household: Household,
    facts: YearEntry,
    reason: str,
    proof: str = "",
    version: int | None = None,
    batch: ImportBatch | None = None,
    by: Any,
) -> Saved[HouseholdYear]:
    """Write the facts of one year. ``version`` is that of the year's row which the reader saw.

    The first facts of a file count at once. Later, type, status, kind of monitoring, exit year and income
    that differ from what the file says become a change request; what is carried over does not. Until it is
    decided a new year keeps the values of the year before; an income that nobody has named stays unknown.
    Raises Refused, and Conflict for a stale version.
    """
    with action("year.record", by=by, reason=reason, permission=P.HOUSEHOLD_EDIT) as entry:
        household = locked_open(household)
        rules.check_reason(reason)
        known = list(
            HouseholdYear.everything.select_for_update().filter(household=household).order_by("-year")
        )
        row = next((year for year in known if year.year == facts.year), None)
        values = values_of(facts)
        if row is not None:
            stored = {name: getattr(row, name) for name in values}
            check_version(row, version, "household_year", stored, values)
        before = row or next((year for year in known if year.year < facts.year), None)
        waiting = _waiting(values, before) if known else {}
        direct = {name: value for name, value in values.items() if name not in waiting}
        if row is None:
            direct |= _carried(waiting, before)
            row = HouseholdYear(household=household, year=facts.year, **direct, **codes_of(household))
            row.save(force_insert=True)
            changed = sorted(direct)
        else:
            changed = _overwrite(row, direct)
        if changed:
            touched(household)
            recount([household.pk])
        asked = [
            FieldChange("household_year", name, text_of(value), year=facts.year)
            for name, value in waiting.items()
            if text_of(value) != text_of(getattr(row, name))
        ]
        request = None
        if asked:
            request = propose_change(
                household=household, changes=asked, reason=reason, proof=proof, batch=batch, by=by
            )
        entry.quiet = not changed and request is None
        entry.about(household, fields=[f"{facts.year}.{name}" for name in changed])
    return Saved(row, request)


def _waiting(values: dict[str, Any], before: HouseholdYear | None) -> dict[str, Any]:
    """Which of these values a second person decides on: sensitive, and not what the file says ``before``."""
    return {
        name: value
        for name, value in values.items()
        if rules.is_sensitive("household_year", name) and (before is None or getattr(before, name) != value)
    }


def _carried(waiting: dict[str, Any], before: HouseholdYear | None) -> dict[str, Any]:
    """What a new year keeps from the year before until the ``waiting`` values are decided on."""
    if before is None:
        return {}
    kept = [name for name, value in waiting.items() if value is not None or name not in OF_ITS_YEAR]
    return {name: getattr(before, name) for name in kept}


def _overwrite(row: HouseholdYear, values: dict[str, Any]) -> list[str]:
    """Write what differs into the row of a year; the names of those fields."""
    changed = sorted(differing(row, values))
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.version += 1
        row.save(update_fields=[*changed, "version"])
    return changed
