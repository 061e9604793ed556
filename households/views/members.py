"""Members of a file: added, edited, removed; their facts of the year; who is away and who is back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households import rules
from households.actions import members as member_actions
from households.forms.members import (
    AbsenceForm,
    BackForm,
    MemberEditForm,
    MemberForm,
    PersonYearForm,
    RemoveForm,
)
from households.models import Absence
from households.models.members import HEAD
from households.views.households import say_saved
from households.views.reach import household_or_404, membership_or_404, present_members, record_shown
from pairing import clock
from pairing.access import permission_required
from pairing.errors import Refused, add_refusal
from pairing.roles import P


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def member_create(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a member with day and reason."""
    household = household_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_open(household)
    has_head = any(m.relation == HEAD for m in present_members(household))
    form = MemberForm(request.POST or None, has_head=has_head, head_waits=rules.head_waits(household))
    if request.method == "POST" and form.is_valid():
        try:
            saved = member_actions.add_member(household=household, member=form.entry(), by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            say_saved(request, saved.request, _("Saved. The family has one member more."))
            return redirect("households:household_detail", public_id)
    record_shown(request, household, P.HOUSEHOLD_EDIT)
    return render(request, "households/member_create.html", {"form": form, "household": household})


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def member_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Edit a member; identity waits for a second person."""
    membership = membership_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_open(membership.household)
    form = MemberEditForm(request.POST or None, membership=membership)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = member_actions.edit_member(
                membership=membership,
                relation=data["relation"],
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
            return redirect("households:household_detail", membership.household.public_id)
    record_shown(request, membership, P.HOUSEHOLD_EDIT, "member.show")
    return render(request, "households/member_edit.html", {"form": form, "membership": membership})


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def member_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A member leaves, with day and reason."""
    membership = membership_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_open(membership.household)
    form = RemoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            member_actions.remove_member(
                membership=membership, left_on=data["left_on"], reason=data["left_reason"], by=request.user
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. The member is no longer counted; the history stays."))
            return redirect("households:household_detail", membership.household.public_id)
    record_shown(request, membership, P.HOUSEHOLD_EDIT, "member.show")
    return render(request, "households/member_remove.html", {"form": form, "membership": membership})


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def person_year_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Health, labour, schooling and work of a member this year."""
    membership = membership_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_open(membership.household)
    year = clock.today().year
    row = membership.person.years.order_by("-year").first()
    form = PersonYearForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            member_actions.record_person_year(membership=membership, facts=form.entry(year), by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("households:household_detail", membership.household.public_id)
    record_shown(request, membership, P.HOUSEHOLD_EDIT, "member.show")
    carried_from = row.year if row and row.year < year else None
    context = {"form": form, "membership": membership, "year": year, "carried_from": carried_from}
    return render(request, "households/person_year_edit.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def absence_create(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody, or the whole family, is away."""
    household = household_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_open(household)
    form = AbsenceForm(request.POST or None, members=present_members(household))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            member_actions.record_absence(
                household=household,
                person=form.person(),
                away_from=data["away_from"],
                expected_back=data["expected_back"],
                where=data["where"],
                by=request.user,
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("households:household_detail", public_id)
    record_shown(request, household, P.HOUSEHOLD_EDIT)
    return render(request, "households/absence_create.html", {"form": form, "household": household})


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def absence_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody is back."""
    rows = Absence.objects.visible_to(request.user, P.HOUSEHOLD_EDIT).select_related("household", "person")
    absence = get_object_or_404(rows, public_id=public_id)
    rules.check_open(absence.household)
    if absence.until is not None and absence.until <= clock.today():
        raise Http404
    form = BackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            member_actions.end_absence(absence=absence, until=form.cleaned_data["until"], by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("households:household_detail", absence.household.public_id)
    record_shown(request, absence.household, P.HOUSEHOLD_EDIT)
    return render(request, "households/absence_end.html", {"form": form, "absence": absence})
