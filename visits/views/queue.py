"""Queue 今日待办: what came in, oldest first. There is no way to settle many at once."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from households.forms.changes import what_changes
from households.models import ChangeRequest
from households.rules import words
from pairing import audit, clock, codelists
from pairing.access import permission_required
from pairing.models.areas import village_names
from pairing.roles import P
from pairing.tables import keyset_page, number_of
from pairing.together import read
from visits import rules
from visits.models import Problem, Visit
from visits.reports.figures import Scope, visits_to_read

TABS = {
    "visits": gettext_lazy("Visits"),
    "changes": gettext_lazy("Changes"),
    "referrals": gettext_lazy("Referrals"),
}


@require_GET
@permission_required(P.VISIT_READ)
def queue_list(request: HttpRequest) -> HttpResponse:
    """Three tabs: visits to read, changes to review, referrals to answer; the first one open is the task."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "visits"
    rows = {name: _ROWS[name](request) for name in TABS}
    page = keyset_page(
        rows[tab],
        _ORDER.get(tab, ("pk",)),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    counts = counted(rows)
    lines = [_LINES[tab](row) for row in page.rows]
    _name_places(page.rows, lines)
    audit.read(f"queue.{tab}", by=request.user, objects=page.rows, permission=P.VISIT_READ,
               object_type="visits.visit")  # fmt: skip
    context = {
        "tab": tab,
        "tabs": [(name, str(TABS[name]), counts[name]) for name in TABS],
        "clear": not any(counts.values()),
        "elsewhere": next(((name, TABS[name]) for name in TABS if counts[name]), None),
        "page": page,
        "lines": lines,
        "query": f"tab={tab}",
    }
    return render(request, "visits/queue_list.html", context)


#: Of a visit, a line shows this; its words, some of them sealed, stay where they are.
_SHOWN = (
    "public_id", "township_code", "village_code", "method", "visited_on", "recorded_at", "reading_reasons", "state",
    "household__public_id", "household__head_name", "household__group_name", "visited_by__name",
)  # fmt: skip


def _visits(request: HttpRequest) -> Any:
    scope = Scope(request.user, P.VISIT_READ, clock.today())
    others = visits_to_read(scope).exclude(visited_by=request.user).exclude(author=request.user)
    return others.select_related("household", "visited_by").only(*_SHOWN)


def _changes(request: HttpRequest) -> Any:
    waiting = ChangeRequest.objects.visible_to(request.user, P.CHANGE_DECIDE).waiting()
    others = waiting.exclude(proposed_by=request.user).select_related("household", "proposed_by")
    return others.prefetch_related("changes__person")


def _referrals(request: HttpRequest) -> Any:
    problems = Problem.objects.visible_to(request.user, P.PROBLEM_ANSWER).referred()
    return problems.filter(level__in=rules.levels_of(request.user)).select_related("household")


_ROWS: dict[str, Callable[[HttpRequest], Any]] = {
    "visits": _visits,
    "changes": _changes,
    "referrals": _referrals,
}


#: Visits are entered late, and by several: what came in first is what was recorded first.
_ORDER = {"visits": ("recorded_at", "pk")}


def _visit_line(visit: Visit) -> dict[str, Any]:
    reasons = [str(Visit.Reason(reason).label) for reason in visit.reading_reasons if reason in Visit.Reason]
    answered = visit.state == Visit.State.ANSWERED
    return {
        "household": visit.household,
        "url": reverse("visits:visit_read", args=[visit.public_id]),
        "what": visit.get_method_display(),
        "day": visit.visited_on,
        "who": visit.visited_by.name,
        "since": visit.since,  # type: ignore[attr-defined]
        "badges": [(_("added"), "info")] if answered else [(reason, "neutral") for reason in reasons],
    }


def _change_line(change: ChangeRequest) -> dict[str, Any]:
    return {
        "household": change.household,
        "url": reverse("households:change_detail", args=[change.public_id]),
        "what": what_changes(change),
        "day": None,
        "who": change.proposed_by.name,
        "since": change.proposed_at,
        "badges": [
            (_("Import") if change.batch_id else words.reason_of(change.reason), "neutral"),
            *([(_("sent again"), "info")] if change.round > 1 else []),
        ],
    }


def _problem_line(problem: Problem) -> dict[str, Any]:
    late = problem.is_late(clock.today())
    badges = [(codelists.label("office", problem.office), "neutral")]
    return {
        "household": problem.household,
        "url": reverse("visits:problem_detail", args=[problem.public_id]),
        "what": codelists.label("problem_kind", problem.kind),
        "day": None,
        "who": "",
        "since": problem.referred_on,
        "badges": [*badges, (_("past the limit"), "danger")] if late else badges,
    }


def counted(rows: dict[str, Any]) -> dict[str, int]:
    """How many rows each queryset has, in one query."""
    numbers = {name: number_of(found) for name, found in rows.items()}
    read(*numbers.values())
    return {name: next(iter(found), (0,))[0] for name, found in numbers.items()}


_LINES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "visits": _visit_line,
    "changes": _change_line,
    "referrals": _problem_line,
}


def _name_places(rows: list[Any], lines: list[dict[str, Any]]) -> None:
    """Give each line its village's name, in one query."""
    names = village_names(row.village_code for row in rows)
    for row, line in zip(rows, lines, strict=True):
        line["village"] = names[row.village_code]
