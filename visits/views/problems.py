"""Problems: the referral inbox with days waiting, one problem with its steps, and each next step."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from pairing import audit, clock, codelists
from pairing.access import permission_required
from pairing.error_pages import answer
from pairing.errors import Conflict, Refused, add_refusal
from pairing.models import Area
from pairing.models.areas import village_names
from pairing.roles import P
from pairing.tables import Column, Table, capped_count, keyset_page
from pairing.wording import short_day
from visits import rules
from visits.forms.problems import form_for
from visits.models import Problem
from visits.sections.timelines import PROBLEM_TONES

State = Problem.State
AGAIN = gettext_lazy("It is the helper’s again. The steps so far stay readable.")
#: What the button of each step says, and the sentence that tells its effect.
STEPS = {
    State.ANSWERED: (
        gettext_lazy("Answer"),
        gettext_lazy("The household is then owed this answer; its helper sees it first thing."),
    ),
    State.REFERRED: (
        gettext_lazy("Refer"),
        gettext_lazy("The office has 15 days to answer; then it climbs to the county."),
    ),
    State.MINE: (gettext_lazy("Take back"), AGAIN),
    State.SOLVED: (gettext_lazy("Solved"), gettext_lazy("Next, the household is told.")),
    State.EXPLAINED: (gettext_lazy("Explained"), gettext_lazy("Next, write what the household says to it.")),
    State.NOT_NOW: (gettext_lazy("Not now"), gettext_lazy("On the day chosen somebody looks again.")),
    State.TOLD: (
        gettext_lazy("Tell the household"),
        gettext_lazy("Write its own view; then the problem can be closed."),
    ),
    State.CLOSED: (gettext_lazy("Close"), gettext_lazy("Nothing is left to do. It can be opened again.")),
}
REOPEN = (gettext_lazy("Open again"), AGAIN)


@require_GET
@permission_required(P.PROBLEM_ANSWER)
def referral_list(request: HttpRequest) -> HttpResponse:
    """Referrals that wait for an answer at one's level, those past their limit first."""
    problems = Problem.objects.visible_to(request.user, P.PROBLEM_ANSWER).referred()
    own = rules.levels_of(request.user)
    elsewhere = problems.exclude(level__in=own)
    show = "elsewhere" if request.GET.get("show") == "elsewhere" else ""
    rows = elsewhere if show else problems.filter(level__in=own)
    page = keyset_page(
        rows.select_related("household"),
        ("due_on", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    audit.read("problem.list", by=request.user, objects=page.rows, permission=P.PROBLEM_ANSWER,
               object_type="visits.problem")  # fmt: skip
    context = {
        "table": problem_table(page.rows, empty=_("No referral is waiting.")),
        "page": page,
        "count": capped_count(rows),
        "show": show,
        "elsewhere": elsewhere.count() if not show else 0,
        "query": f"show={show}" if show else "",
    }
    return render(request, "visits/referral_list.html", context)


@require_GET
@permission_required(P.PROBLEM_ANSWER, P.VISIT_LOG)
def problem_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One problem: what the household said, where it stands, every step, and what may come next."""
    problem = _problem(request, public_id)
    audit.read("problem.show", by=request.user, objects=[problem, problem.household])
    return render(request, "visits/problem_detail.html", _context(request, problem))


@require_http_methods(["GET", "POST"])
@permission_required(P.PROBLEM_ANSWER, P.VISIT_LOG)
def problem_move(request: HttpRequest, public_id: str, to: str) -> HttpResponse:
    """One step of a problem, with the sentence that says its effect."""
    problem = _problem(request, public_id)
    if to not in State:
        raise Http404
    if _is_taken(request, problem, to):
        return _taken(request, problem, from_inbox=to == State.ANSWERED)
    try:
        rules.check_move(problem, to)
        rules.check_problem_right(problem, request.user, to)
    except Refused as refusal:
        return answer(request, 403, str(refusal))
    form = form_for(problem, to)(request.POST or None, initial={"version": problem.version})
    if request.method == "POST" and form.is_valid():
        try:
            form.take(problem, request.user)
        except Conflict as conflict:
            problem.refresh_from_db(fields=["state", "version"])
            if _is_taken(request, problem, to):
                return _taken(request, problem, from_inbox=to == State.ANSWERED)
            sent = {str(form.fields[k].label): str(v) for k, v in form.cleaned_data.items() if k != "version"}
            stored = {label: str(text) for label, text in conflict.stored.items()}
            again = reverse("visits:problem_detail", args=[problem.public_id])
            return answer(request, 409, str(conflict), stored=stored, sent=sent, again_url=again)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return _taken(request, problem, from_inbox=problem.state == State.REFERRED)
    audit.read("problem.show", by=request.user, objects=[problem, problem.household])
    word, effect = _step(problem, to)
    context = _context(request, problem) | {"form": form, "word": word, "effect": effect}
    return render(request, "visits/problem_move.html", context, status=422 if form.errors else 200)


def _is_taken(request: HttpRequest, problem: Problem, to: str) -> bool:
    """Has this very form taken its step already, at the first of two taps?"""
    if request.method != "POST" or problem.state != to:
        return False
    last: Any = problem.steps.last()
    return bool(last and last.by == request.user and request.POST.get("version") == str(problem.version - 1))


def _taken(request: HttpRequest, problem: Problem, *, from_inbox: bool) -> HttpResponse:
    """On from a step that is saved."""
    messages.success(request, _("Saved."))
    if from_inbox and rules.levels_of(request.user):  # the inbox goes on
        return redirect("visits:referral_list")
    return redirect("visits:problem_detail", public_id=problem.public_id)


def _problem(request: HttpRequest, public_id: str) -> Problem:
    """A problem in one's office's area, or of a household in one's open pairing."""
    everywhere = Problem.objects.visible_to(request.user, P.PROBLEM_ANSWER) | Problem.objects.visible_to(
        request.user, P.VISIT_LOG
    )
    problem: Problem = get_object_or_404(
        everywhere.select_related("household__lead", "raised_by", "visit"), public_id=public_id
    )
    return problem


def _step(problem: Problem, to: str) -> tuple[Any, Any]:
    if to == State.MINE and problem.state in (State.TOLD, State.CLOSED):
        return REOPEN
    return STEPS[State(to)]


def _context(request: HttpRequest, problem: Problem) -> dict[str, Any]:
    today = clock.today()
    village = Area.objects.filter(code=problem.village_code).first()
    ways = [
        (to, _step(problem, to)[0], reverse("visits:problem_move", args=[problem.public_id, to]))
        for to in rules.steps_open_to(problem, request.user)
    ]
    first = [way for way in ways if way[0] in (State.ANSWERED, State.TOLD, State.CLOSED, State.SOLVED)][:1]
    return {
        "problem": problem,
        "tone": PROBLEM_TONES[State(problem.state)],
        "kind": codelists.label("problem_kind", problem.kind),
        "office": codelists.label("office", problem.office) if problem.office else "",
        "village": village.label if village else problem.village_code,
        "waiting": (today - problem.referred_on).days if problem.referred_on else None,
        "late": problem.is_late(today),
        "climbed": problem.level == Problem.Level.COUNTY and problem.office.startswith("township"),
        "steps": [_moment(step) for step in problem.steps.select_related("by")],
        "first": first[0] if first else None,
        "ways": [way for way in ways if way not in first],
    }


def _moment(step: Any) -> dict[str, Any]:
    """One step for the time line, as the household could be told it."""
    at_office = step.state in (State.REFERRED, State.ANSWERED)
    office = codelists.label("office", step.office) if at_office and step.office else ""
    by = step.by.name if step.by else _("by itself: past the limit it climbs to the county")
    return {
        "date": step.at,
        "title": State(step.state).label,
        "text": step.note,
        "icon": "arrow-right-circle" if step.state == State.REFERRED else "chat-bubble-left-ellipsis",
        "tone": PROBLEM_TONES[State(step.state)],
        "meta": " · ".join(part for part in (office, by) if part),
    }


_LATE = "late"


def problem_table(rows: list[Any], *, empty: str) -> Table:
    """Problems as a table: whose, what, at which office, and for how long."""
    today = clock.today()
    areas = village_names(row.village_code for row in rows)
    columns = [
        Column("household", _("Household"), value=lambda p: p.household.head_name,
               link=lambda p: reverse("visits:problem_detail", args=[p.public_id])),
        Column("village", _("Village"), value=lambda p: areas.get(p.village_code, p.village_code)),
        Column("kind", _("Kind"), labels=codelists.labels("problem_kind")),
        Column("words", _("In words"), value=lambda p: p.words[:60] + ("…" if len(p.words) > 60 else "")),
        Column("office", _("Office"), labels=codelists.labels("office")),
        Column("referred_on", _("Days waiting"), "number",
               value=lambda p: (today - p.referred_on).days if p.referred_on else None),
        Column("due_on", _("Answer until"), value=lambda p: short_day(p.due_on) if p.due_on else None),
        Column("state", _("State"), "state", value=lambda p: _LATE if p.is_late(today) else p.state,
               states={_LATE: (_("past the limit"), "danger")} | {s: (s.label, PROBLEM_TONES[s]) for s in State}),
    ]  # fmt: skip
    return Table(columns, rows, empty=empty)
