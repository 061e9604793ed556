"""What the visit form asks about: people, due promises, and the facts that the file knows."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from households.models import Absence, Household, HouseholdYear, PersonYear
from pairing import codelists
from pairing.together import read
from pairing.wording import listed, said_of
from visits.forms.visit import KnownFact, Subject
from visits.models import Promise, Visit
from visits.models.promises import DUE_SOON

FACTS = 5  # facts that "no change" confirms


def subject_of(
    household: Household,
    *,
    day: date,
    entered_for: bool = False,
    answered: Iterable[uuid.UUID] = (),
    asks: bool = True,
    fewer: bool = False,
) -> Subject:
    """What the visit form asks about. ``answered`` are promises that the sent data speaks of, due or not;
    without ``asks`` the third "no change" is not asked its one question (it was sent before). ``fewer`` leaves
    out what bypasses the village."""
    answered = set(answered)
    waiting = Q(state__in=[Promise.State.OPEN, Promise.State.DONE])
    promises = household.promises.filter(waiting | Q(public_id__in=answered))
    if fewer:
        promises = promises.unrestricted()
    members = household.memberships.present().values_list(
        "person_id", "person__public_id", "person__name", named=True
    )
    known = Known(household, day) if asks and not entered_for else None
    read(promises, members, *(known.rows if known else []))
    due = [p for p in promises if p.public_id in answered or _is_due(p, day)]
    names = {m.person_id: m.person__name for m in members}

    def told() -> list[KnownFact]:
        return (known or Known(household, day)).facts(names)

    facts: Any = (
        [] if entered_for else SimpleLazyObject(told)
    )  # a sent form that speaks of none asks for none
    ask = None  # the third "no change" in succession asks one question
    if known and facts and list(known.talks) == [True, True]:
        ask = min(facts, key=lambda fact: fact.known_on or date.min)
    return Subject(
        household=household,
        people=[(str(m.person__public_id), m.person__name) for m in members],
        due=due,
        facts=facts,
        ask=ask,
        entered_for=entered_for,
    )


def _is_due(promise: Promise, day: date) -> bool:
    if promise.state == Promise.State.DONE:
        return True
    return promise.state == Promise.State.OPEN and promise.due_on <= day + DUE_SOON


class Known:
    """What the file knows on a day, and what the last two talks said of it: read together, when first asked."""

    def __init__(self, household: Household, day: date) -> None:
        self.absences = household.absences.on(day)
        self.person_years = household.person_years.order_by("person_id", "-year").distinct("person_id")
        self.years = household.years.order_by("-year")[:1]
        talks = household.visits.valid().exclude(method=Visit.Method.NOT_MET)
        self.talks = talks.values_list("no_change", flat=True)[:2]
        self.rows = (self.absences, self.person_years, self.years, self.talks)

    def facts(self, names: dict[int, str]) -> list[KnownFact]:
        """Up to five facts as sentences, the likeliest to have changed first. ``names`` are the members'."""
        read(*self.rows)
        found = [*_absences(self.absences, names), *_people(self.person_years, names), *_home(self.years)]
        return found[:FACTS]


def _absences(absences: Iterable[Absence], names: dict[int, str]) -> Iterable[KnownFact]:
    for absence in absences:
        who = names.get(absence.person_id) if absence.person_id else _("The whole family")
        if who is None:
            continue
        where = codelists.label("place_away", absence.where) if absence.where else _("away")
        words = {"who": who, "where": where, "back": absence.expected_back}
        sentence = (
            _("%(who)s: %(where)s, back around %(back)s")
            if absence.expected_back
            else _("%(who)s: %(where)s")
        )
        yield KnownFact(f"absence-{absence.public_id}", sentence % words, absence.away_from)


def _people(newest_rows: Iterable[PersonYear], names: dict[int, str]) -> Iterable[KnownFact]:
    newest = {row.person_id: row for row in newest_rows if row.person_id in names}
    for kind, say in (("schooling", _schooling), ("work", _work), ("health", _health)):
        for person, row in newest.items():
            if sentence := say(row):
                known_on = row.known_on or date(row.year, 12, 31)
                yield KnownFact(f"{kind}-{row.public_id}", said_of(names[person], sentence), known_on)


def _schooling(row: PersonYear) -> str:
    return codelists.label("schooling", row.schooling) if row.schooling else ""


def _work(row: PersonYear) -> str:
    if not row.work_place:
        return ""
    place = codelists.label("work_place", row.work_place)
    if row.work_months is None:
        return _("works %(place)s") % {"place": place}
    months = ngettext(
        "works %(place)s, %(months)d month", "works %(place)s, %(months)d months", row.work_months
    )
    return months % {"place": place, "months": row.work_months}


def _health(row: PersonYear) -> str:
    ill = [code for code in row.health if code != "healthy"]
    return listed(codelists.label("health", code) for code in ill)


def _home(newest: Iterable[HouseholdYear]) -> Iterable[KnownFact]:
    for year in newest:
        known_on = year.known_on or date(year.year, 12, 31)
        if year.housing_grade:
            grade = codelists.label("housing_grade", year.housing_grade)
            yield KnownFact(f"housing-{year.public_id}", _("House: %(grade)s") % {"grade": grade}, known_on)
        if year.water_safe is not None:
            safe, unsafe = _("The drinking water is safe"), _("The drinking water is not safe")
            yield KnownFact(f"water-{year.public_id}", safe if year.water_safe else unsafe, known_on)
