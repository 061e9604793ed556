"""The time line on a household's page: visits, problems, promises and help, latest first."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from households.models import Household
from households.rules.words import reason_of
from pairing import clock, codelists
from pairing.access import carries
from pairing.roles import P
from pairing.together import read
from pairing.wording import clauses, said_of, short_day, yuan
from visits import rules
from visits.models import Help, Problem, Promise, Visit
from visits.sections.promises import promise_tone

#: Of a visit, a line shows this.
SHOWN = (
    "household", "public_id", "visited_on", "recorded_at", "method", "state", "said", "no_change", "visited_by__name",
)  # fmt: skip
MOMENTS = 30  # entries of the time line, of each kind


def timeline(request: HttpRequest, household: Household) -> SafeString | None:
    """Visits, problems, promises and help of a household, latest first."""
    if not carries(request.user, P.HOUSEHOLD_VIEW):
        return None
    entries = moments(household, fewer=rules.sees_fewer_fields(request.user, household))
    return render_to_string("visits/sections/timeline.html", {"entries": entries}, request)


def moments(household: Household, *, fewer: bool) -> list[dict[str, Any]]:
    """The time line's entries. ``fewer`` leaves out what bypasses the village."""
    of_all = household.problems.filter(restricted=False) if fewer else household.problems.all()
    visits = household.visits.select_related("visited_by").only(*SHOWN)[:MOMENTS]
    problems, help = of_all[:MOMENTS], household.help.all()[:MOMENTS]
    promised = household.promises.unrestricted() if fewer else household.promises.all()
    promises = promised.order_by("-made_on", "-pk")[:MOMENTS]
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
#: One tone for one state, wherever a problem stands.
PROBLEM_TONES = {
    Problem.State.MINE: "due",
    Problem.State.REFERRED: "due",
    Problem.State.NOT_NOW: "neutral",
    Problem.State.SOLVED: "info",
    Problem.State.ANSWERED: "info",
    Problem.State.EXPLAINED: "info",
    Problem.State.TOLD: "done",
    Problem.State.CLOSED: "done",
}


def _problem_moment(problem: Problem, *, linked: bool) -> dict[str, Any]:
    return {
        "url": reverse("visits:problem_detail", args=[problem.public_id]) if linked else "",
        "date": problem.raised_on,
        "title": said_of(_("Problem"), codelists.label("problem_kind", problem.kind)),
        "text": problem.words,
        "icon": "chat-bubble-left-ellipsis",
        "tone": PROBLEM_TONES[Problem.State(problem.state)],
        "badge_word": problem.get_state_display(),
        "badge_tone": PROBLEM_TONES[Problem.State(problem.state)],
        "meta": codelists.label("office", problem.office) if problem.office else "",
    }


def _promise_moment(promise: Promise) -> dict[str, Any]:
    tone = promise_tone(promise, clock.today())
    due = _("due %(date)s") % {"date": short_day(promise.due_on)}
    word = (
        _("the household says: %(words)s") % {"words": promise.household_word}
        if promise.household_word
        else ""
    )
    return {
        "date": promise.made_on,
        "title": said_of(_("Promise"), promise.what),
        "text": clauses([promise.done_what, reason_of(promise.dropped_reason)]),
        "icon": "hand-raised",
        "tone": tone,
        "badge_word": promise.get_state_display(),
        "badge_tone": tone,
        "meta": " · ".join(filter(None, [due, word])),
    }


def _help_moment(help: Help) -> dict[str, Any]:
    return {
        "date": help.given_on,
        "title": said_of(_("Help"), codelists.label("help_kind", help.kind)),
        "text": " ".join(part for part in (help.what, help.quantity, yuan(help.amount)) if part),
        "icon": "gift",
        "tone": "info",
        "meta": codelists.label("help_source", help.source) if help.source else "",
    }
