"""A changed fact told at a visit goes into the file: school, work, health, house and water.

They need no second person, but the helper edits no files: the office that reads the visit records them. Who is
away stands in the file already, and sensitive facts wait as a change request (``facts``).
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from households.actions.entries import PersonYearEntry, YearEntry, entry_of
from households.actions.members import record_person_year
from households.actions.years import OF_ITS_YEAR, record_household_year
from households.models import HouseholdYear, Membership, PersonYear
from households.models.scoped import codes_of
from pairing.audit import action
from pairing.errors import Refused
from pairing.roles import P
from visits import rules
from visits.actions import counters
from visits.models import Visit, VisitEffect

#: Which facts of a year each kind of told fact speaks of. A fact's key is its kind and the row's public id.
OF_PERSON: Final[Mapping[str, tuple[str, ...]]] = {
    "schooling": ("schooling", "education"),
    "work": ("work_place", "work_months"),
    "health": ("health", "labour"),
}
OF_HOUSEHOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "housing": ("housing_grade", "dangerous_housing"),
    "water": ("water_safe", "water_hard"),
}
_PUBLIC_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Told:
    """A changed fact as the visit tells it, and the newest row of the file that it speaks of."""

    names: tuple[str, ...]  # of the facts of the year that it speaks of
    sentence: str  # as the file had it
    words: str  # as it is now
    row: PersonYear | HouseholdYear
    membership: Membership | None = None  # whose fact it is; none: the household's


def place_of(key: str) -> tuple[str, uuid.UUID] | None:
    """Of what a told fact speaks, and the public id of the year's row; None for what is not recorded this way."""
    kind, _dash, row = key.partition("-")
    known = kind in OF_PERSON or kind in OF_HOUSEHOLD
    return (kind, uuid.UUID(row)) if known and _PUBLIC_ID.fullmatch(row) else None


def told_facts(visit: Visit) -> list[dict[str, Any]]:
    """The facts that were spoken of at a visit: key, sentence, still, words."""
    facts: list[dict[str, Any]] = json.loads(visit.facts.open() or "[]")
    return facts


def fact_at(visit: Visit, key: str) -> dict[str, Any] | None:
    """The changed fact of that key that the office records; None where the visit tells none."""
    return next((fact for fact in told_facts(visit) if fact["key"] == key and is_for_the_file(fact)), None)


def is_for_the_file(fact: Mapping[str, Any]) -> bool:
    """Is this a changed fact that the office records, rather than one that went its own way?"""
    return fact["still"] is False and place_of(fact["key"]) is not None


def told_at(visit: Visit, key: str) -> Told:
    """A changed fact of a visit with its place in the file.

    Raises Refused where there is none any more, as when somebody has left the family.
    """
    fact, place = fact_at(visit, key), place_of(key)
    if fact is None or place is None:
        raise Refused(NO_PLACE)
    kind, public_id = place
    rows: Any = (PersonYear if kind in OF_PERSON else HouseholdYear).everything
    rows = rows.filter(household=visit.household_id).order_by("-year")
    spoken_of = rows.filter(public_id=public_id).first()
    if spoken_of is None:
        raise Refused(NO_PLACE)
    if kind in OF_HOUSEHOLD:
        return Told(OF_HOUSEHOLD[kind], fact["sentence"], fact["words"], rows.first())
    present = Membership.everything.present().select_related("person", "household")
    membership = present.filter(household=visit.household_id, person=spoken_of.person_id).first()
    if membership is None:
        raise Refused(NO_PLACE)
    newest = rows.filter(person=spoken_of.person_id).first()
    return Told(OF_PERSON[kind], fact["sentence"], fact["words"], newest, membership)


def record_fact(*, visit: Visit, key: str, values: Mapping[str, Any], by: Any) -> VisitEffect:
    """Write a told fact into the file: ``values`` of ``Told.names``, for the visit's year or a newer one known.

    Raises Refused for a closed file, a withdrawn visit, a fact that is recorded already or has no place.
    """
    with action("fact.record", by=by, permission=P.HOUSEHOLD_EDIT) as entry:
        household = counters.lock_for(by, P.HOUSEHOLD_EDIT, visit.household_id)
        visit = Visit.everything.get(pk=visit.pk)
        rules.check_recordable(visit, household, key)
        told = told_at(visit, key)
        if set(values) != set(told.names):
            raise ValueError(f"not the facts that {key} speaks of: {sorted(values)}")
        entry.about(visit, household)
        year = max(told.row.year, visit.visited_on.year)
        known = {"fact_source": "household", "known_on": visit.visited_on}
        if told.membership is not None:
            facts = entry_of(PersonYearEntry, told.row, year=year, **{**known, **values})
            record_person_year(membership=told.membership, facts=facts, by=by)
        else:
            fresh = {**known, **dict.fromkeys(OF_ITS_YEAR)} if year > told.row.year else {}
            reason = "survey" if visit.method == Visit.Method.HOME else "household_report"
            record_household_year(
                household=household, facts=entry_of(YearEntry, told.row, year=year, **{**fresh, **values}),
                reason=reason, by=by,
            )  # fmt: skip
        return VisitEffect.everything.create(
            **codes_of(visit), visit=visit, household=household, kind=VisitEffect.Kind.RECORDED, fact=key
        )


NO_PLACE = _("What was told has no place in the file any more.")
