"""Facts told at a visit: kept with it, and what follows in the file.

Who is away and who is back, a helper records himself with his visit. What else he is told of head, identity,
income, status and bank becomes one change request that names the visit and waits for a second person; all the
rest the township reads. Source: ADR 15.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.actions import members
from households.actions.change_values import head_value
from households.actions.changes import FieldChange, propose_change, withdraw_change
from households.models import Absence, Household, Person
from households.models.scoped import codes_of
from households.rules import words
from pairing import clock, codelists
from pairing.errors import Refused
from pairing.wording import day, said_of
from visits import checks, rules
from visits.models import Visit, VisitEffect

Kind = VisitEffect.Kind


@dataclass(frozen=True)
class Fact:
    """What was said of a known fact: ``still`` true, changed (with new ``words``), or not known (None)."""

    key: str
    sentence: str
    still: bool | None
    words: str = ""


@dataclass(frozen=True)
class Away:
    """These people are away since a day; None among them is the whole family."""

    who: Sequence[uuid.UUID | None]
    since: date
    where: str = ""
    expected_back: str = ""


@dataclass(frozen=True)
class Back:
    """Of an absence in the file: home since a day, or without one, back at another time than was thought."""

    absence: uuid.UUID
    since: date | None = None
    expected_back: str = ""


@dataclass(frozen=True)
class Asked:
    """One fact as it is now that waits for a second person. ``new`` is text, as ``FieldChange`` has it."""

    model: str
    field: str
    new: str
    person: uuid.UUID | None = None
    year: int | None = None


@dataclass(frozen=True)
class FileChanges:
    """All that one visit changes in the file or asks to have changed; ``proof`` is the paper seen."""

    away: Away | None = None
    back: Sequence[Back] = ()
    asked: Sequence[Asked] = ()
    proof: str = ""

    def __bool__(self) -> bool:
        return bool(self.away or self.back or self.asked)


UNCHANGED = FileChanges()


def told(household: Household, changes: FileChanges) -> list[Fact]:
    """The new facts in words, to stand in the visit itself; numbers masked.

    Who is back is among the known facts that were tapped already. Raises Refused for somebody who is no member.
    """
    if not (changes.away or changes.asked):
        return []
    people = _people(household)
    facts = []
    if away := changes.away:
        text = _away_words(away)
        names = [_person(people, who).name if who else _("The whole family") for who in away.who]
        facts += [Fact("away", name, False, text) for name in names]
    for asked in changes.asked:
        label, person = words.label(asked.model, asked.field), asked.person and _person(people, asked.person)
        if person and asked.field == "head":
            facts.append(Fact("household-head", label, False, person.name))
            continue
        sentence = said_of(person.name, label) if person else f"{label} {asked.year or ''}".strip()
        facts.append(Fact(f"{asked.model}-{asked.field}", sentence, False, words.say(asked.field, asked.new)))
    return facts


def _away_words(away: Away) -> str:
    place = codelists.label("place_away", away.where) if away.where else _("away")
    known = {"place": place, "day": day(away.since), "back": away.expected_back}
    if away.expected_back:
        return _("%(place)s since %(day)s, back around %(back)s") % known
    return _("%(place)s since %(day)s") % known


def go_away(household: Household, visit: Visit, away: Away, *, by: Any) -> None:
    """Record that people, or the whole family, are away. Raises Refused, at ``away_from``."""
    people = _people(household)
    if away.where and not codelists.holds("place_away", away.where, visit.visited_on):
        raise Refused(_("Choose from the list."), "where")
    for who in away.who:
        absence = members.record_absence(
            household=household,
            person=_person(people, who) if who else None,
            away_from=away.since,
            expected_back=checks.one_line(away.expected_back),
            where=away.where,
            by=by,
        )
        _keep(visit, Kind.AWAY, absence=absence, version_after=absence.version, former_until=away.since)


def come_back(household: Household, visit: Visit, back: Back, *, by: Any) -> None:
    """End an absence of this household, or write when somebody is expected. Raises Refused, at ``until``."""
    absence = Absence.everything.filter(household=household, public_id=back.absence).first()
    if absence is None:
        raise Refused(_("This absence stands in the file no more. Please open the form again."))
    former: dict[str, Any] = {"former_until": absence.until, "former_back": absence.expected_back}
    if back.since is None:
        expected = checks.one_line(back.expected_back)
        absence, kind = members.expect_back(absence=absence, expected_back=expected, by=by), Kind.LATER
    else:
        if absence.until is not None and absence.until <= clock.today():
            raise Refused(
                _("In the file they are back home since %(day)s.") % {"day": day(absence.until)}, "until"
            )
        absence, kind = members.end_absence(absence=absence, until=back.since, by=by), Kind.BACK
    _keep(visit, kind, absence=absence, version_after=absence.version, **former)


def ask(household: Household, visit: Visit, changes: FileChanges, *, by: Any) -> None:
    """Hand in all that needs a second person as one change request. Raises Refused, at the fact's name."""
    people = _people(household)
    wanted = []
    for asked in changes.asked:
        person = _person(people, asked.person) if asked.person else None
        new = head_value(person, "") if person and asked.field == "head" else asked.new
        wanted.append(FieldChange(asked.model, asked.field, new, person, asked.year))
    reason = "survey" if visit.method == Visit.Method.HOME else "household_report"
    proof = checks.one_line(changes.proof)
    request = propose_change(household=household, changes=wanted, reason=reason, proof=proof, by=by)
    _keep(visit, Kind.ASKED, request=request)


def take_back(effects: Iterable[VisitEffect], *, by: Any) -> list[VisitEffect]:
    """Undo what can still be undone, for an action that holds the household's lock; returns what was.

    A request that is decided and an absence that somebody has changed since stay as they are.
    """
    done = []
    for effect in effects:
        if not rules.can_take_back(effect):
            continue
        if effect.request is not None:
            withdraw_change(request=effect.request, by=by)
        elif effect.absence is not None and not members.restore_absence(
            absence=effect.absence,
            until=effect.former_until,
            expected_back=effect.former_back if effect.kind != Kind.AWAY else effect.absence.expected_back,
            version=effect.version_after or 0,
            by=by,
        ):
            continue
        effect.taken_back_at = clock.now()
        effect.save(update_fields=["taken_back_at"])
        done.append(effect)
    return done


def _keep(visit: Visit, kind: str, **of: Any) -> None:
    VisitEffect.everything.create(
        **codes_of(visit), visit=visit, household_id=visit.household_id, kind=kind, **of
    )


def _people(household: Household) -> dict[uuid.UUID, Person]:
    present = household.memberships.present().select_related("person")
    return {membership.person.public_id: membership.person for membership in present}


def _person(people: dict[uuid.UUID, Person], who: uuid.UUID) -> Person:
    if who not in people:
        raise Refused(NO_MEMBER)
    return people[who]


NO_MEMBER = gettext_lazy("Choose people of this household.")
