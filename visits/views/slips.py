"""Days on paper: printing slips, and entering one for a helper who then confirms (代录)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households.models import Household
from pairing import audit, clock
from pairing.access import permission_required
from pairing.errors import Conflict, Gone, Refused, add_refusal
from pairing.roles import P
from visits import booklet, rules
from visits.actions.slips import print_slips
from visits.actions.visits import save_visit
from visits.forms.words import SlipChoiceForm, SlipNumberForm
from visits.models import ConflictDraft, Slip
from visits.sections.subjects import subject_of
from visits.views.answers import refusal, sent
from visits.views.visits import DONE, offices, saved, saved_id, visit_form


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_LOG)
def slip_print(request: HttpRequest) -> HttpResponse:
    """Choose among my households; each gets a fresh slip, two on a sheet."""
    visible = Household.objects.visible_to(request.user, P.VISIT_LOG).open().order_by("head_key", "pk")
    mine = {str(household.public_id): household for household in visible}
    form = SlipChoiceForm(sent(request), households=mine.values())
    if request.method == "POST" and form.is_valid():
        chosen = [mine[key] for key in form.cleaned_data["households"]]
        slips = print_slips(
            households=chosen, cadre=request.user, print_id=form.cleaned_data["print_id"], by=request.user
        )
        # A slip asks for no facts, as the form that is filled from it, and passes through the village's hands.
        subjects = [subject_of(h, day=clock.today(), entered_for=True, fewer=True) for h in chosen]
        return _pdf(booklet.visit_slips(slips, subjects))
    audit.read("household.list", by=request.user, objects=mine.values(), permission=P.VISIT_LOG)
    return render(request, "visits/slip_print.html", {"form": form}, status=422 if form.errors else 200)


def _pdf(pdf: bytes) -> HttpResponse:
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="slips.pdf"'
    return answer


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_ENTER)
def slip_enter(request: HttpRequest) -> HttpResponse:
    """代录: the number of a slip leads to its form."""
    form = SlipNumberForm(sent(request))
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        slip = Slip.objects.visible_to(request.user, P.VISIT_ENTER).filter(number=number).first()
        try:
            rules.check_found(slip)
            return redirect("visits:visit_enter", slip.public_id)
        except Refused as refused:
            add_refusal(form, refused)
    kept = ConflictDraft.kept_for(request.user).exists()
    context = {"form": form, "saved": saved_id(request), "kept": kept}
    return render(request, "visits/slip_enter.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_ENTER)
def visit_enter(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same form as the helper's own, without the restricted part; he confirms what was typed."""
    slip = _slip(request, public_id)
    try:
        rules.check_open_file(slip.household)
        form = visit_form(request, slip.household, entered_for=True, initial={"client_id": slip.client_id})
        if request.method == "POST" and form.is_valid():
            typed, helper = form.visit(), slip.cadre
            visit = save_visit(
                household=slip.household, visit=typed, visited_by=helper, slip=slip, by=request.user
            )
            messages.success(request, DONE)
            messages.info(request, _("%(name)s is asked to confirm it.") % {"name": helper.name})
            return saved(request, visit, "visits:slip_enter")
        rules.check_slip(slip)
    except (Conflict, Gone) as refused:
        return refusal(request, refused)
    except Refused as refused:
        if rules.is_entered(slip) or not slip.household.is_open:
            return refusal(request, refused)
        form.refuse(refused)
    audit.read("visit.form", by=request.user, objects=[slip.household], permission=P.VISIT_ENTER)
    context = {
        "form": form,
        "household": slip.household,
        "helper": slip.cadre,
        "slip": slip,
        "offices": offices(),
    }
    return render(request, "visits/visit_enter.html", context, status=422 if form.is_wrong else 200)


def _slip(request: HttpRequest, public_id: str) -> Any:
    visible = Slip.objects.visible_to(request.user, P.VISIT_ENTER).select_related("household", "cadre")
    return get_object_or_404(visible, public_id=public_id)
