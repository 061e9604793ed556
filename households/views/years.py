"""The facts of the year of a file, and the rules' questions about it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households import rules
from households.actions.questions import answer_question
from households.actions.years import record_household_year
from households.forms.households import AnswerForm
from households.forms.years import YearForm
from households.models import FileQuestion
from households.rules.questions import sentence
from households.views.households import say_saved
from households.views.reach import household_or_404, present_members, record_shown
from pairing import clock
from pairing.access import permission_required
from pairing.errors import Refused, add_refusal
from pairing.roles import P


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def year_edit(request: HttpRequest, public_id: UUID, year: int) -> HttpResponse:
    """Write the facts of one year; what is known of the year before is offered."""
    household = household_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_open(household)
    if not 1990 <= year <= clock.today().year:
        raise Http404
    row, shown = household.years.filter(year=year).first(), household.year(year)
    form = YearForm(request.POST or None, year=year, row=row, shown=shown)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = record_household_year(
                household=household,
                facts=form.entry(),
                reason=data["reason"],
                proof=data["proof"],
                version=data["version"],
                by=request.user,
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            say_saved(request, saved.request, _("Saved."))
            return redirect("households:household_detail", public_id)
    record_shown(request, household, P.HOUSEHOLD_EDIT, "year.show")
    context = {
        "form": form,
        "household": household,
        "year": year,
        "carried_from": shown.year if shown and row is None else None,
        "first": shown is None,
        "earlier": sorted(set(household.years.values_list("year", flat=True)) - {year}, reverse=True)[:4],
    }
    return render(request, "households/year_edit.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def question_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer a rule's question in words: the file is right as it stands, and why."""
    rows = FileQuestion.objects.visible_to(request.user, P.HOUSEHOLD_EDIT).select_related("household")
    question = get_object_or_404(rows, public_id=public_id)
    rules.check_open(question.household)
    if question.answered_at is not None or question.cleared_on is not None:
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_question(question=question, answer=form.cleaned_data["answer"], by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. The question stays away while the file stays as it is."))
            return redirect("households:household_detail", question.household.public_id)
    record_shown(request, question.household, P.HOUSEHOLD_EDIT)
    names = {str(m.person.public_id): m.person.name for m in present_members(question.household)}
    text, clears = sentence(question.rule, names.get(question.subject, ""), question.facts)
    context = {"form": form, "question": question, "text": text, "clears": clears}
    return render(request, "households/question_answer.html", context)
