"""Files: opened, edited, closed and reopened."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from households import rules
from households.actions import households as files
from households.forms.households import CloseForm, HouseholdCreateForm, HouseholdEditForm, ReasonForm
from households.models import Household
from households.views.reach import household_or_404, record_shown
from pairing.access import covers, permission_required
from pairing.errors import Refused, add_refusal
from pairing.roles import P

IN_REVIEW = gettext_lazy(
    "In review: identity, head, income, status and bank keep the old value until a second person approves."
)


def say_saved(request: HttpRequest, change_request: Any, effect: str) -> None:
    """Say what saving did: at once, and what now waits for a second person."""
    messages.success(request, effect)
    if change_request is not None:
        messages.info(request, IN_REVIEW)


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def household_create(request: HttpRequest) -> HttpResponse:
    """Open a file with its head."""
    form = HouseholdCreateForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            household = files.register_household(**form.entry(), by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. The file is open; add the other members below."))
            return redirect("households:household_detail", household.public_id)
    return render(request, "households/household_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def household_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Edit the facts of a file that have no year."""
    household = household_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_open(household)
    form = HouseholdEditForm(request.POST or None, household=household)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = files.edit_household(
                household=household,
                values=form.values(),
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
    record_shown(request, household, P.HOUSEHOLD_EDIT)
    return render(request, "households/household_edit.html", {"form": form, "household": household})


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def household_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close a file, after saying what that does."""
    household = household_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_open(household)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            files.close_household(household=household, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The file is closed. It stays readable and can be reopened."))
            return redirect("households:household_detail", public_id)
    record_shown(request, household, P.HOUSEHOLD_EDIT)
    context = {
        "form": form,
        "household": household,
        "effects": closing_effects(household),
        "paired": list(household.pairings.open().select_related("cadre")),
        "may_end": covers(request.user, P.PAIRING_MANAGE, household.village_code),
    }
    return render(request, "households/household_close.html", context)


def closing_effects(household: Household) -> list[str]:
    """What becomes of all that waits on a file when it closes: one sentence for each kind."""
    number = household.change_requests.unsettled().count()
    asked = ngettext(
        "%(number)d change request is withdrawn; who handed it in reads why.",
        "%(number)d change requests are withdrawn; who handed them in reads why.",
        number,
    )
    said = [asked % {"number": number}] if number else []
    return [*said, *(line for name in settings.CLOSE_SECTIONS for line in import_string(name)(household))]


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def household_reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open a closed file again."""
    household = household_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_closed(household)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            files.reopen_household(household=household, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The file is open again."))
            return redirect("households:household_detail", public_id)
    record_shown(request, household, P.HOUSEHOLD_EDIT)
    return render(request, "households/household_reopen.html", {"form": form, "household": household})
