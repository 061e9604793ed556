"""Who changed what in a file, field by field, from the history that the database's triggers keep.

Scoped like the household: callers have it in reach. Numbers are never shown, only that they changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.models import (
    Absence,
    Household,
    HouseholdYear,
    Membership,
    Pairing,
    Person,
    PersonYear,
)
from households.rules import words
from pairing import wording
from pairing.fields import DOTS, Sealed
from pairing.models import Area, User

#: What the history keeps but nobody reads: keys, place, versions, and what follows from other fields.
SILENT: Final = frozenset(
    [
        *("id", "public_id", "version", "created_at", "recorded_at", "year"),
        *("county_code", "township_code", "village_code", "household", "person", "previous", "cadre"),
        *("moved_from", "head_key", "head_initials", "head_name", "name_key", "lead"),
    ]
)
#: What a file keeps of its newest year, where it is told.
_OF_YEAR: Final = frozenset(["household_type"])
LIMIT: Final = 200
ACTIONS: Final[dict[str, Promise]] = {
    "household.register": _("File opened"),
    "household.edit": _("File edited"),
    "household.list": _("Put on the pairing list"),
    "household.unlist": _("Taken off the pairing list"),
    "household.close": _("File closed"),
    "household.reopen": _("File reopened"),
    "household.move": _("File moved"),
    "member.add": _("Member added"),
    "member.edit": _("Member edited"),
    "member.remove": _("Member removed"),
    "member.year": _("Facts of a member recorded"),
    "year.record": _("Facts of the year recorded"),
    "absence.record": _("Absence recorded"),
    "absence.end": _("Absence ended"),
    "change.decide": _("Change approved"),
    "import.apply": _("Imported"),
    "import.undo": _("Import undone"),
    "pairing.start": _("Helper paired"),
    "member.relations": _("Relations to the head recorded"),
    "pairing.end": _("Pairing ended"),
    "pairing.roster": _("Helper paired"),
    "pairing.void": _("Pairing taken back"),
    "pairing.hand_over": _("Handed over"),
}


@dataclass
class Step:
    """What one action changed in a file."""

    at: datetime
    who: str
    action: str
    reason: str
    changes: list[dict[str, str]] = field(default_factory=list)


def file_history(household: Household) -> list[Step]:
    """The steps of a file's history, newest first, at most ``LIMIT`` of them."""
    events = [event for events in _events(household) for event in events]
    events.sort(key=lambda found: found[0].pgh_created_at)
    names = _names(event.pgh_context for event, _whose, _model in events)
    last: dict[tuple[Any, int], Any] = {}
    steps: dict[Any, Step] = {}
    for event, whose, model in events:
        before = last.get((model, event.pgh_obj_id))
        last[model, event.pgh_obj_id] = event
        changes = list(_changes(event, before, whose, model))
        if not changes:
            continue
        context = event.pgh_context or {}
        key = event.pgh_context_id or event.pgh_created_at
        if key not in steps:
            steps[key] = Step(
                at=event.pgh_created_at,
                who=names.get(context.get("user", 0), ""),
                action=str(ACTIONS.get(context.get("action", ""), _("Changed"))),
                reason=words.reason_of(context.get("reason") or "", context.get("action", "")),
            )
        steps[key].changes += changes
    return sorted(steps.values(), key=lambda step: step.at, reverse=True)[:LIMIT]


def _events(household: Household) -> Iterator[list[tuple[Any, str, Any]]]:
    """The events of each model of the file, with whose fact each is."""
    own = _model_of(Household).objects.filter(pgh_obj=household)
    yield [(event, "", Household) for event in own]
    memberships = list(_model_of(Membership).objects.filter(household=household).order_by("pgh_id"))
    times = _times_of(memberships)
    steps = {(event.person_id, event.pgh_context_id) for event in memberships if event.pgh_context_id}
    known = _model_of(Person).objects.filter(pgh_obj__in=times).order_by("pgh_id")
    # What became of somebody elsewhere, before he came or after he left, is that file's history; what was written
    # of him in the steps by which he came and left is this one's.
    persons = [
        event
        for event in known
        if (event.pgh_obj_id, event.pgh_context_id) in steps
        or any(since <= event.pgh_created_at <= until for since, until in times[event.pgh_obj_id])
    ]
    people = {event.pgh_obj_id: event.name for event in persons}  # as he was called here last
    yield [(event, people[event.pgh_obj_id], Person) for event in persons]
    yield [(event, people.get(event.person_id, ""), Membership) for event in memberships]
    absences = _model_of(Absence).objects.filter(household=household)
    yield [(event, people.get(event.person_id, ""), Absence) for event in absences]
    of_people = _model_of(PersonYear).objects.filter(household=household)
    yield [
        (event, f"{people.get(event.person_id, '')} {event.year}".strip(), PersonYear) for event in of_people
    ]
    years = _model_of(HouseholdYear).objects.filter(household=household)
    yield [(event, str(event.year), HouseholdYear) for event in years]
    pairings = list(_model_of(Pairing).objects.filter(household=household))
    helpers = dict(User.objects.filter(pk__in={p.cadre_id for p in pairings}).values_list("pk", "name"))
    yield [(event, helpers.get(event.cadre_id, ""), Pairing) for event in pairings]


def _times_of(memberships: Iterable[Any]) -> dict[int, list[tuple[datetime, datetime]]]:
    """From when to when the file knew each person as a member, by the moments at which that was recorded."""
    times: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    open_since: dict[int, datetime | None] = {}
    for event in memberships:
        since = open_since.setdefault(event.pgh_obj_id, event.pgh_created_at)
        if event.left_on is not None and since is not None:
            times[event.person_id].append((since, event.pgh_created_at))
            open_since[event.pgh_obj_id] = None
        elif event.left_on is None and since is None:
            open_since[event.pgh_obj_id] = event.pgh_created_at
    for event in memberships:
        if (since := open_since.pop(event.pgh_obj_id, None)) is not None:
            times[event.person_id].append((since, datetime.max.replace(tzinfo=UTC)))
    return dict(times)


def _model_of(model: Any) -> Any:
    return model._meta.get_field("events").related_model


def _changes(event: Any, before: Any, whose: str, model: Any) -> Iterator[dict[str, str]]:
    """The fields in which an event differs from the one before; a first one differs from nothing."""
    for column in model._meta.concrete_fields:
        name = column.name
        place = model is Household and name == "village_code"
        told_elsewhere = model is Household and name in _OF_YEAR
        if (name in SILENT and not place) or told_elsewhere or not hasattr(event, column.attname):
            continue
        new, old = getattr(event, column.attname), getattr(before, column.attname) if before else None
        if isinstance(new, Sealed):
            new_token, old_token = new.token, old.token if old else ""
            if new_token != old_token:
                yield _line(model, name, whose, DOTS if old_token else "", DOTS if new_token else "")
        elif (new or None) != (old or None):
            yield _line(model, name, whose, _said(column, old), _said(column, new))


def _said(column: Any, value: Any) -> str:
    """A value in words; states and roles by the label of their choice."""
    if column.name == "village_code":
        return place_in_words(value or "")
    if column.choices and column.name not in words.LISTS:
        return str(dict(column.choices).get(value, value or ""))
    return words.say(column.name, value)


def place_in_words(village_code: str) -> str:
    """Township and village of a code."""
    areas = Area.objects.filter(pk__in=[village_code[:9], village_code]).order_by("code")
    return " ".join(area.label for area in areas)


def _line(model: Any, name: str, whose: str, old: str, new: str) -> dict[str, str]:
    label = words.label(model.__name__, name)
    return {"label": wording.said_of(whose, label), "old": old, "new": new}


def _names(contexts: Iterable[Any]) -> dict[int, str]:
    ids = {context["user"] for context in contexts if context and context.get("user")}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
