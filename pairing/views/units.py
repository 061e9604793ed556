"""Units that send helpers."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from pairing import codelists
from pairing.access import covers, permission_required
from pairing.actions import units
from pairing.errors import Refused
from pairing.forms.people import UnitForm
from pairing.models import Unit, User
from pairing.roles import P
from pairing.tables import Column, Table, keyset_page


@require_GET
@permission_required(P.PEOPLE_MANAGE)
def unit_list(request: HttpRequest) -> HttpResponse:
    """The units of one's area and of the areas above it, with how many of their people have accounts."""
    q = request.GET.get("q", "")[:60]
    here = Unit.objects.visible_to(request.user, P.PEOPLE_MANAGE).select_related("area")
    here = here.annotate(people_open=Count("people", filter=Q(people__is_active=True)))
    page = keyset_page(
        here.filter(name__contains=q) if q else here,
        ("name", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    kinds, levels = codelists.labels("unit_kind"), codelists.labels("unit_level")
    states = {True: (_("active"), "done"), False: (pgettext("unit", "closed"), "neutral")}
    table = Table(
        columns=[
            Column("name", _("Unit"), link=lambda u: _edit_url(request, u)),
            Column("area", _("Place"), value=lambda u: u.area.label),
            Column("kind", _("Kind of unit"), labels=kinds),
            Column("level", _("Subordinate to"), labels=levels),
            Column("contact", _("Contact person")),
            Column("people_open", _("People"), kind="number"),
            Column("active", _("State"), kind="state", states=states),
        ],
        rows=page.rows,
        caption=_("Units"),
        empty=_("No unit yet."),
    )
    return render(request, "pairing/unit_list.html", {"table": table, "pager": page, "q": q})


@require_http_methods(["GET", "POST"])
@permission_required(P.PEOPLE_MANAGE)
def unit_create(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    form = UnitForm(request.POST or None, by=cast(User, request.user))
    if request.method == "POST" and form.is_valid():
        try:
            units.create_unit(**form.cleaned_data, by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("pairing:unit_list")
    return render(request, "pairing/unit_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required(P.PEOPLE_MANAGE)
def unit_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Correct a unit of one's own area."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user, P.PEOPLE_MANAGE), public_id=public_id)
    if not covers(request.user, P.PEOPLE_MANAGE, unit.area_id):
        raise PermissionDenied
    form = UnitForm(request.POST or None, instance=Unit.objects.get(pk=unit.pk), by=cast(User, request.user))
    if request.method == "POST" and form.is_valid():
        try:
            units.edit_unit(unit=unit, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("pairing:unit_list")
    return render(request, "pairing/unit_edit.html", {"form": form, "unit": unit})


def _edit_url(request: HttpRequest, unit: Unit) -> str | None:
    if not covers(request.user, P.PEOPLE_MANAGE, unit.area_id):
        return None
    return reverse("pairing:unit_edit", args=[unit.public_id])
