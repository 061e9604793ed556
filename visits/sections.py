"""Blocks of this floor on pages: the two-minute brief and the time line, and what a visit form asks about.

``settings.HOUSEHOLD_SECTIONS`` names the functions with the signature ``(request, household)`` that the
household's page shows. Each looks after its own scope: it shows nothing to who may not see visits.
"""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from households.forms.changes import change_label
from households.models import Absence, ChangeRequest, Household, HouseholdYear, Membership, PersonYear
from pairing import clock, codelists
from pairing.access import carries
from pairing.roles import P
from pairing.together import read
from pairing.wording import colon, overdue_days, short_day
from visits import rules
from visits.forms.visit import KnownFact, Subject
from visits.models import Help, Problem, Promise, Visit, VisitEffect

DUE_SOON = timedelta(days=7)  # a promise is asked about from a week before its day on
TALKS = 3  # the last talks of the brief
MOMENTS = 30  # entries of the time line, of each kind
HEAVY = ("restricted", "facts", "body_hmac", "tasks", "met")  # of a visit, and not for lists
FACTS = 5  # facts that "no change" confirms
COMING = timedelta(days=365)  # how far ahead the brief looks for birthdays that matter
# At which age something begins. Source: labour contracts, school, basic pension, old-age allowance.
AGES = (
    (7, gettext_lazy("school age")),
    (16, gettext_lazy("may work")),
    (18, gettext_lazy("of age")),
    (60, gettext_lazy("basic pension")),
    (80, gettext_lazy("old-age allowance")),
)


# --- for the household's page -----------------------------------------------------------------------


def brief(request: HttpRequest, household: Household) -> SafeString | None:
    """What a helper reads in two minutes before he knocks: promises, last talks, coming dates."""
    if not carries(request.user, P.VISIT_LOG):
        return None
    today = clock.today()
    visits = household.visits.valid().filter(confirmed_at__isnull=False).select_related("visited_by")
    talks = visits.exclude(said="", no_change=False).defer(*HEAVY)[:TALKS]
    promises, problems = household.promises.outstanding(), household.problems.open()
    if rules.sees_fewer_fields(request.user, household):
        problems = problems.filter(restricted=False)
    members = household.memberships.present().values_list("person__name", "person__birth_date")
    notes = handover_notes(request.user, household)
    read(promises, talks, members, notes, *([problems] if household.open_problems else []))
    context = {
        "household": household,
        "promises": [promise_line(p, today) for p in promises],
        "problems": open_problems(problems) if household.open_problems else [],
        "talks": list(talks),
        "coming": coming_dates(members, today),
        "handover_note": next(iter(notes), ""),
    }
    return render_to_string("visits/sections/brief.html", context, request)


def open_problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems for which the household is still owed something; those with an answer to tell come first."""
    rows = [(problem.state not in Problem.OUTCOMES, problem) for problem in problems]
    return [
        {
            "url": reverse("visits:problem_detail", args=[problem.public_id]),
            "kind": codelists.label("problem_kind", problem.kind),
            "words": problem.words,
            "state": problem.get_state_display(),
            "tone": "info" if waits else "due",
            "answer": problem.outcome or problem.reason,
            "to_tell": not waits,
        }
        for waits, problem in sorted(rows, key=lambda row: row[0])
    ]


def timeline(request: HttpRequest, household: Household) -> SafeString | None:
    """Visits, problems, promises and help of a household, latest first."""
    if not carries(request.user, P.HOUSEHOLD_VIEW):
        return None
    entries = moments(household, fewer=rules.sees_fewer_fields(request.user, household))
    return render_to_string("visits/sections/timeline.html", {"entries": entries}, request)


def moments(household: Household, *, fewer: bool) -> list[dict[str, Any]]:
    """The time line's entries. ``fewer`` leaves out what bypasses the village."""
    of_all = household.problems.filter(restricted=False) if fewer else household.problems.all()
    visits = household.visits.select_related("visited_by").defer(*HEAVY)[:MOMENTS]
    problems, help = of_all[:MOMENTS], household.help.all()[:MOMENTS]
    promises = household.promises.order_by("-made_on", "-pk")[:MOMENTS]
    read(visits, problems, promises, help)
    entries = [
        *map(_visit_moment, visits),
        *(_problem_moment(problem, linked=not fewer) for problem in problems),
        *map(_promise_moment, promises),
        *map(_help_moment, help),
    ]
    return sorted(entries, key=lambda entry: entry["date"], reverse=True)


def _visit_moment(visit: Visit) -> dict[str, Any]:
    withdrawn = visit.state == Visit.State.WITHDRAWN
    text = visit.said or (_("No change.") if visit.no_change else "")
    meta = [visit.visited_by.name]
    if visit.is_late:
        meta.append(_("late entry, recorded %(date)s") % {"date": short_day(visit.recorded_on)})
    return {
        "date": visit.visited_on,
        "title": visit.get_method_display(),
        "text": "" if withdrawn else text[:160] + ("…" if len(text) > 160 else ""),
        "icon": METHOD_ICONS[Visit.Method(visit.method)],
        "tone": "neutral" if withdrawn or visit.method != Visit.Method.HOME else "primary",
        "url": reverse("visits:visit_detail", args=[visit.public_id]),
        "badge_word": visit.get_state_display() if withdrawn else "",
        "meta": " · ".join(meta),
    }


METHOD_ICONS = {
    Visit.Method.HOME: "home",
    Visit.Method.CALL: "phone",
    Visit.Method.ELSEWHERE: "map-pin",
    Visit.Method.NOT_MET: "user-minus",
}
PROBLEM_TONES = {
    Problem.State.MINE: "due",
    Problem.State.REFERRED: "due",
    Problem.State.NOT_NOW: "due",
    Problem.State.CLOSED: "done",
    Problem.State.TOLD: "done",
}


def _problem_moment(problem: Problem, *, linked: bool) -> dict[str, Any]:
    return {
        "url": reverse("visits:problem_detail", args=[problem.public_id]) if linked else "",
        "date": problem.raised_on,
        "title": f"{_('Problem')}{colon()}{codelists.label('problem_kind', problem.kind)}",
        "text": problem.words,
        "icon": "chat-bubble-left-ellipsis",
        "tone": PROBLEM_TONES.get(Problem.State(problem.state), "info"),
        "badge_word": problem.get_state_display(),
        "badge_tone": PROBLEM_TONES.get(Problem.State(problem.state), "info"),
        "meta": codelists.label("office", problem.office) if problem.office else "",
    }


def _promise_moment(promise: Promise) -> dict[str, Any]:
    tone = promise_tone(promise, clock.today())
    return {
        "date": promise.made_on,
        "title": f"{_('Promise')}{colon()}{promise.what}",
        "text": promise.done_what,
        "icon": "hand-raised",
        "tone": tone,
        "badge_word": promise.get_state_display(),
        "badge_tone": tone,
        "meta": _("due %(date)s") % {"date": short_day(promise.due_on)},
    }


def _help_moment(help: Help) -> dict[str, Any]:
    yuan = _("%(amount)s yuan") % {"amount": help.amount} if help.amount is not None else ""
    return {
        "date": help.given_on,
        "title": f"{_('Help')}{colon()}{codelists.label('help_kind', help.kind)}",
        "text": " ".join(part for part in (help.what, help.quantity, yuan) if part),
        "icon": "gift",
        "tone": "info",
        "meta": codelists.label("help_source", help.source) if help.source else "",
    }


def promise_tone(promise: Promise, today: date) -> str:
    """The colour of a promise: due when it waits, done when it is settled."""
    if promise.state in (Promise.State.KEPT, Promise.State.PARTLY):
        return "done"
    if promise.is_overdue(today):
        return "due"
    return "neutral" if promise.state == Promise.State.DROPPED else "info"


def promise_line(promise: Promise, today: date) -> dict[str, Any]:
    """One promise as a line: what, by when in words, and how it stands."""
    done = promise.state == Promise.State.DONE
    return {
        "promise": promise,
        "when": _("done %(date)s; ask the household") % {"date": short_day(promise.done_on)}
        if done
        else f"{short_day(promise.due_on)} · {overdue_days(promise.due_on)}",
        "tone": promise_tone(promise, today),
    }


def handover_notes(user: Any, household: Household) -> QuerySet[Any]:
    """What the former helper left for ``user``, where he took this household over."""
    pairings = household.pairings.open().filter(cadre=user).exclude(handover_note="")
    return pairings.order_by("pk").values_list("handover_note", flat=True)[:1]


def coming_dates(members: Iterable[tuple[str, date | None]], today: date) -> list[tuple[date, str]]:
    """Birthdays of members (name and day of birth) within a year at which something begins, with what it is."""
    found = []
    for name, born in members:
        if born is None:
            continue
        for age, what in AGES:
            day = _birthday(born, age)
            if today <= day <= today + COMING:
                words = _("%(name)s turns %(age)d: %(what)s")
                found.append((day, words % {"name": name, "age": age, "what": what}))
    return sorted(found)


def _birthday(born: date, age: int) -> date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # born on 29 February
        return date(born.year + age, 3, 1)


# --- what a visit did to the file ----------------------------------------------------------------------


def effect_lines(visit: Visit, user: Any) -> list[dict[str, Any]]:
    """What a visit did to the file and asked for, each as a line with its state and, where ``user`` may, a way."""
    effects = visit.effects.select_related("absence__person", "request").prefetch_related(
        "request__changes__person"
    )
    return [_effect_line(effect, user) for effect in effects]


def _effect_line(effect: VisitEffect, user: Any) -> dict[str, Any]:
    line = {"effect": effect, "can_take_back": rules.can_take_back(effect), "url": ""}
    if request := effect.request:
        facts = _(", ").join(change_label(change) for change in request.changes.all())
        may_open = request.proposed_by_id == user.pk or carries(user, P.CHANGE_DECIDE)
        url = reverse("households:change_detail", args=[request.public_id]) if may_open else ""
        tone = "due" if request.state == ChangeRequest.State.WAITING else "info"
        return line | {"words": facts, "state": request.get_state_display(), "tone": tone, "url": url}
    taken = effect.taken_back_at is not None
    state = {
        "state": _("taken back") if taken else _("stands in the file"),
        "tone": "neutral" if taken else "done",
    }
    return line | state | {"words": _absence_words(effect)}


def _absence_words(effect: VisitEffect) -> str:
    absence = effect.absence
    assert absence is not None  # noqa: S101  a constraint of the table
    who = absence.person.name if absence.person else _("The whole family")
    return f"{who}{colon()}{effect.get_kind_display()}"


def change_source(request: HttpRequest, change: ChangeRequest) -> SafeString | None:
    """From which visit a change request came, on its own page."""
    visits = Visit.objects.visible_to(request.user, P.HOUSEHOLD_VIEW).filter(effects__request=change)
    visit = visits.select_related("visited_by").defer("restricted", "facts").first()
    if visit is None:
        return None
    return render_to_string("visits/sections/change_source.html", {"visit": visit}, request)


# --- for the visit form -----------------------------------------------------------------------------


def subject_of(
    household: Household,
    *,
    day: date,
    entered_for: bool = False,
    answered: Iterable[uuid.UUID] = (),
    asks: bool = True,
) -> Subject:
    """What the visit form asks about. ``answered`` are promises that the sent data speaks of, due or not;
    without ``asks`` the third "no change" is not asked its one question (it was sent before)."""
    answered = set(answered)
    waiting = Q(state__in=[Promise.State.OPEN, Promise.State.DONE])
    promises = household.promises.filter(waiting | Q(public_id__in=answered))
    members = household.memberships.present().select_related("person")
    absences, years = household.absences.on(day), household.years.order_by("-year")[:1]
    person_years = household.person_years.order_by("person_id", "-year").distinct("person_id")
    talks = (
        household.visits.valid().exclude(method=Visit.Method.NOT_MET).values_list("no_change", flat=True)[:2]
    )
    known = [absences, person_years, years]
    read(promises, members, *([*known, talks] if asks and not entered_for else []))
    due = [p for p in promises if p.public_id in answered or _is_due(p, day)]
    present = list(members)

    def told() -> list[KnownFact]:
        read(*known)
        return known_facts(present, absences, person_years, years)

    facts: Any = (
        [] if entered_for else SimpleLazyObject(told)
    )  # a sent form that speaks of none asks for none
    ask = None  # the third "no change" in succession asks one question
    if asks and facts and list(talks) == [True, True]:
        ask = min(facts, key=lambda fact: fact.known_on or date.min)
    return Subject(
        household=household,
        people=[(str(m.person.public_id), m.person.name) for m in present],
        due=due,
        facts=facts,
        ask=ask,
        entered_for=entered_for,
    )


def _is_due(promise: Promise, day: date) -> bool:
    if promise.state == Promise.State.DONE:
        return True
    return promise.state == Promise.State.OPEN and promise.due_on <= day + DUE_SOON


def known_facts(
    present: Iterable[Membership],
    absences: Iterable[Absence],
    person_years: Iterable[PersonYear],
    years: Iterable[HouseholdYear],
) -> list[KnownFact]:
    """Up to five facts of the file as sentences, the likeliest to have changed first."""
    names = {m.person_id: m.person.name for m in present}
    facts = [*_absences(absences, names), *_people(person_years, names), *_home(years)]
    return facts[:FACTS]


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
                yield KnownFact(f"{kind}-{row.public_id}", f"{names[person]}{colon()}{sentence}", known_on)


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
    return ", ".join(codelists.label("health", code) for code in ill)


def _home(newest: Iterable[HouseholdYear]) -> Iterable[KnownFact]:
    for year in newest:
        known_on = year.known_on or date(year.year, 12, 31)
        if year.housing_grade:
            grade = codelists.label("housing_grade", year.housing_grade)
            yield KnownFact(f"housing-{year.public_id}", _("House: %(grade)s") % {"grade": grade}, known_on)
        if year.water_safe is not None:
            safe, unsafe = _("The drinking water is safe"), _("The drinking water is not safe")
            yield KnownFact(f"water-{year.public_id}", safe if year.water_safe else unsafe, known_on)


# --- for the handover of a household (settings.HANDOVER_SECTIONS) -------------------------------------


def handover_lines(user: Any, household_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """What a successor must know of each household: promises and problems that wait, the last two talks.

    Each line has ``label``, ``text``, ``date`` and ``tone``. Three queries, whatever the number of
    households; nothing restricted.
    """
    ids, today = list(household_ids), clock.today()
    lines: dict[int, list[dict[str, Any]]] = {}

    def add(household: int, label: str, text: str, date: date, tone: str) -> None:
        line = {"label": label, "text": text, "date": date, "tone": tone}
        lines.setdefault(household, []).append(line)

    promises = Promise.objects.visible_to(user, P.HOUSEHOLD_VIEW).outstanding().filter(household__in=ids)
    for promise in promises:
        add(promise.household_id, _("Promise"), promise.what, promise.due_on, promise_tone(promise, today))
    problems = Problem.objects.visible_to(user, P.HOUSEHOLD_VIEW).open().filter(household__in=ids)
    for problem in problems:
        words = f"{codelists.label('problem_kind', problem.kind)}{colon()}{problem.words}"
        add(problem.household_id, _("Problem"), words, problem.raised_on, "due")
    newest = Window(RowNumber(), partition_by="household", order_by=["-visited_on", "-pk"])
    talks = Visit.objects.visible_to(user, P.HOUSEHOLD_VIEW).valid().filter(household__in=ids)
    for visit in talks.exclude(method=Visit.Method.NOT_MET).annotate(nth=newest).filter(nth__lte=2):
        words = visit.said or (_("No change.") if visit.no_change else "")
        add(visit.household_id, _("Talk"), words[:160], visit.visited_on, "neutral")
    return lines
