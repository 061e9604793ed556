"""The visit log and what becomes of a visit: read, corrected, withdrawn, confirmed, answered."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.models import Household
from pairing import audit, clock, codelists, wording
from pairing.access import carries, permission_required
from pairing.errors import Conflict, Gone, Refused, add_refusal
from pairing.roles import P
from visits import checks, rules
from visits.actions.corrections import confirm_visit, correct_visit, withdraw_visit
from visits.actions.late import is_late
from visits.actions.reading import answer_question
from visits.actions.visits import is_saved, save_visit
from visits.forms.visit import VisitForm, sent_promises
from visits.forms.words import CorrectionForm, QuestionAnswerForm, ReasonForm
from visits.models import Visit, VisitQuestion
from visits.sections.effects import effect_lines, fact_lines
from visits.sections.subjects import subject_of
from visits.sections.timelines import METHOD_ICONS, PROBLEM_TONES
from visits.views.answers import refusal, sent

BESIDE = ("household", "visited_by", "author", "confirmed_by", "read_by")
DONE = gettext_lazy("Saved.")
LATE = gettext_lazy(
    "You no longer help this household. The township reads what you wrote; in the file nothing follows from it."
)


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_LOG)
def visit_create(request: HttpRequest, public_id: str) -> HttpResponse:
    """记走访: one form, one save. After the pairing ended only what is dated inside it is taken."""
    household, ended = _to_log(request, public_id)
    try:
        if not ended:
            rules.check_open_file(household)
        form = visit_form(request, household)
        if request.method == "POST" and form.is_valid():
            visit = save_visit(household=household, visit=form.visit(), by=request.user)
            if visit.after_pairing:
                messages.info(request, LATE)
            return saved(request, visit)
    except (Conflict, Gone) as refused:
        return refusal(request, refused)
    except Refused as refused:
        if ended:
            raise Http404 from refused
        if not household.is_open:
            return refusal(request, refused)
        form.refuse(refused)
    if ended:
        raise Http404
    audit.read("visit.form", by=request.user, objects=[household], permission=P.VISIT_LOG)
    context = {"form": form, "household": household, "offices": offices()}
    return render(request, "visits/visit_create.html", context, status=422 if form.is_wrong else 200)


def _to_log(request: HttpRequest, public_id: str) -> tuple[Household, bool]:
    """The household to log a visit of, and whether the pairing has ended since (then only by POST)."""
    mine = Household.objects.visible_to(request.user, P.VISIT_LOG).filter(public_id=public_id).first()
    if mine is not None:
        return mine, False
    former = rules.former_household(request.user, public_id) if request.method == "POST" else None
    if former is None:
        raise Http404
    return former, True


def visit_form(
    request: HttpRequest, household: Household, *, entered_for: bool = False, **initial: Any
) -> VisitForm:
    """The form of one visit, sent or empty."""
    day, data = clock.today(), sent(request)
    subject = subject_of(
        household,
        day=day,
        entered_for=entered_for,
        fewer=entered_for and rules.sees_fewer_fields(request.user, household),
        answered=sent_promises(data),
        asks=data is None
        or ("no_change" in data and not is_saved(client_id=data.get("client_id", ""), by=request.user)),
    )
    return VisitForm(data, subject=subject, day=day, **initial)


def offices() -> dict[str, str]:
    """The name of the office to which each kind of problem usually goes, for the form's script."""
    return {kind: codelists.label("office", office) for kind, office in checks.OFFICE_FOR_KIND.items()}


def saved(request: HttpRequest, visit: Visit, to: str = "visits:today") -> HttpResponse:
    """Back to where the day goes on; a script that sent the form learns the address and drops its draft.

    That page says that the visit is saved: the address asks it (``saved_id``), so that nothing is kept in between.
    """
    url = f"{reverse(to)}?saved={visit.client_id}"
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"to": url})
    return redirect(url)


def saved_id(request: HttpRequest) -> str:
    """The id that the address says was saved, if this reader did save a visit under it; else nothing.

    Only then do page and script say so and drop the draft: anybody can send an address.
    """
    sent_id = request.GET.get("saved", "")
    return sent_id if sent_id and is_saved(client_id=sent_id, by=request.user) else ""


@require_GET
@permission_required(P.HOUSEHOLD_VIEW)
def visit_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One visit, its corrections and questions, what it opened; the restricted part for its few readers."""
    visit = _visit(request, public_id, P.HOUSEHOLD_VIEW)
    restricted = rules.can_read_restricted(request.user, visit)
    audit.write(
        "visit.show",
        by=request.user,
        permission=P.HOUSEHOLD_VIEW,
        object_type="visits.visit",
        object_ids=[visit.public_id, visit.household.public_id],
        object_area=visit.village_code,
        fields=["restricted"] if restricted else [],
    )
    context = detail(request, visit, restricted)
    context["may_answer"] = any(rules.can_answer(question, request.user) for question in context["questions"])
    return render(request, "visits/visit_detail.html", context)


def detail(request: HttpRequest, visit: Visit, restricted: bool) -> dict[str, Any]:
    """What the page of one visit shows; to a former helper who has yet to confirm it, what was typed for him and
    nothing that became of it."""
    fewer = rules.sees_fewer_fields(request.user, visit.household)
    names = dict(
        visit.household.memberships.filter(person__public_id__in=visit.met).values_list(
            "person__public_id", "person__name"
        )
    )
    people = [names[person] for person in visit.met if person in names]
    problems = visit.problems.filter(restricted=False) if fewer else visit.problems.all()
    promises = visit.promises.unrestricted() if fewer else visit.promises.all()
    asked = visit.promises_asked.unrestricted() if fewer else visit.promises_asked.all()
    facts = [] if fewer else fact_lines(visit, request.user)
    former = rules.waits_for_former(visit, request.user)
    questions = (
        visit.questions.exclude(field__in=["facts", "problem", "promise"]) if fewer else visit.questions.all()
    )
    return {
        "former": former,
        "visit": visit,
        "icon": METHOD_ICONS[Visit.Method(visit.method)],
        "whom": wording.listed([*people, visit.met_others]),
        "tasks": [codelists.label("visit_task", task) for task in visit.tasks],
        "facts": [fact for fact in facts if not is_late(fact)],
        "late": [fact for fact in facts if is_late(fact)],
        "effects": [] if fewer or former else effect_lines(visit, request.user),
        "restricted": visit.restricted.open() if restricted else "",
        "tones": PROBLEM_TONES,
        "problems": [(p, codelists.label("problem_kind", p.kind)) for p in problems],
        "promises": list(promises),
        "asked": [] if former else list(asked),
        "help_sources": codelists.labels("help_source"),
        "help": [(h, codelists.label("help_kind", h.kind)) for h in visit.help.all()],
        "corrections": list(visit.corrections.select_related("corrected_by")),
        "askable": rules.ASKABLE,
        "questions": [] if former else list(questions.select_related("asked_by", "answered_by")),
        "clock_off": checks.clock_is_off(visit.device_at, visit.recorded_at),
        "may_change": rules.can_change(visit, request.user),
        "may_confirm": rules.can_confirm(visit, request.user),
    }


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_LOG, P.VISIT_ENTER)
def visit_correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """A correction beside the old words."""
    visit = _own_visit(request, public_id)
    standing = [line for line in effect_lines(visit, request.user) if line["can_take_back"]]
    form = CorrectionForm(sent(request), effects=standing)
    if request.method == "POST" and form.is_valid():
        try:
            correct_visit(visit=visit, **form.cleaned_data, by=request.user)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            return _done(request, visit)
    return _page(request, "visits/visit_correct.html", visit, form)


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_LOG, P.VISIT_ENTER)
def visit_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a visit back, with a reason; the page says the effect first."""
    visit = _own_visit(request, public_id)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_visit(visit=visit, **form.cleaned_data, by=request.user)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            return _done(request, visit)
    return _page(request, "visits/visit_withdraw.html", visit, form)


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_LOG)
def visit_confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """The visitor reads what was typed for him, and says that it is so; also when he has handed over since."""
    visit = _typed_for_former(request, public_id) or _visit(request, public_id, P.VISIT_LOG)
    try:
        if request.method == "POST":
            confirm_visit(visit=visit, by=request.user)
            messages.success(request, DONE)
            return redirect("visits:today")
        rules.check_confirm(visit, request.user)
    except Refused as refused:
        return refusal(request, refused)
    audit.read("visit.show", by=request.user, objects=[visit], permission=P.VISIT_LOG)
    return render(request, "visits/visit_confirm.html", detail(request, visit, restricted=False))


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_LOG)
def visit_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """待补充: the township's questions, each beside the words, which stay; a successor answers too."""
    visit = _visit(request, public_id, P.VISIT_LOG)
    asked = visit.questions.select_related("asked_by", "visit__household")
    form = QuestionAnswerForm(sent(request), questions=[q for q in asked if _is_mine(q, request)])
    if not form.questions:
        return refusal(request, Refused(_("There is no open question for you at this visit.")))
    if request.method == "POST" and form.is_valid():
        try:
            for question, words in form.answers():
                answer_question(question=question, answer=words, by=request.user)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, DONE)
            return redirect("visits:today")
    return _show(request, "visits/visit_answer.html", visit, form)


def _is_mine(question: VisitQuestion, request: HttpRequest) -> bool:
    """Does it wait for the reader's answer, or does he send the one that he has just given a second time?"""
    again = question.answered_by_id == request.user.pk and f"answer-{question.public_id}" in request.POST
    return again or rules.can_answer(question, request.user)


def _visit(request: HttpRequest, public_id: str, permission: P) -> Visit:
    visible = Visit.objects.visible_to(request.user, permission)
    visit: Visit = get_object_or_404(visible.select_related(*BESIDE), public_id=public_id)
    return visit


def _typed_for_former(request: HttpRequest, public_id: str) -> Visit | None:
    typed = rules.typed_for_former(request.user).filter(public_id=public_id)
    visit: Visit | None = typed.select_related(*BESIDE).first()
    return visit


def _own_visit(request: HttpRequest, public_id: str) -> Visit:
    """A visit among one's own households, or where one enters for helpers, or that still waits for one's word."""
    if former := _typed_for_former(request, public_id):
        return former
    log = carries(request.user, P.VISIT_LOG)
    mine = log and Visit.objects.visible_to(request.user, P.VISIT_LOG).filter(public_id=public_id).exists()
    return _visit(request, public_id, P.VISIT_LOG if mine else P.VISIT_ENTER)


def _page(request: HttpRequest, template: str, visit: Visit, form: Any) -> HttpResponse:
    """The visit beside a small form; who may not touch it, or too late, is told why."""
    try:
        rules.check_own(visit, request.user)
    except Refused as refused:
        return refusal(request, refused)
    return _show(request, template, visit, form)


def _show(request: HttpRequest, template: str, visit: Visit, form: Any) -> HttpResponse:
    audit.read("visit.show", by=request.user, objects=[visit])
    context = detail(request, visit, restricted=False) | {"form": form}
    return render(request, template, context, status=422 if form.errors else 200)


def _done(request: HttpRequest, visit: Visit) -> HttpResponse:
    messages.success(request, DONE)
    if not Visit.objects.visible_to(request.user, P.HOUSEHOLD_VIEW).filter(pk=visit.pk).exists():
        return redirect("visits:today")  # of a household that he helps no more
    return redirect("visits:visit_detail", visit.public_id)
