"""Units that send helpers."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from pairing import codelists
from pairing.access import below, carries, covers, permission_required, prefixes
from pairing.actions import units
from pairing.errors import Refused, add_refusal
from pairing.forms.units import UnitForm
from pairing.models import Unit, User, VillageLink
from pairing.numbers import mask_phone
from pairing.roles import P
from pairing.tables import Column, Table, keyset_page
from pairing.views.village_links import name_townships


@require_GET
@permission_required(P.PEOPLE_MANAGE)
def unit_list(request: HttpRequest) -> HttpResponse:
    """The units of one's area and of the areas above it, with how many people of one's area have accounts."""
    q = request.GET.get("q", "")[:60]
    here = Unit.objects.visible_to(request.user, P.PEOPLE_MANAGE).select_related("area")
    people = Q(people__in=_people(request))
    villages = below("village_links__village_id", prefixes(request.user, P.PEOPLE_MANAGE))
    here = here.annotate(
        people_open=Count("people", filter=people, distinct=True),
        villages_open=Count(
            "village_links", filter=Q(village_links__ended_on=None) & villages, distinct=True
        ),
    )
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
            Column("name", _("Unit"), link=lambda u: reverse("pairing:unit_detail", args=[u.public_id])),
            Column("area", _("Place"), value=lambda u: u.area.label),
            Column("kind", _("Kind of unit"), labels=kinds),
            Column("level", _("Subordinate to"), labels=levels),
            Column("villages_open", _("Linked villages"), kind="number"),
            Column("people_open", _("People"), kind="number"),
            Column("active", _("State"), kind="state", states=states),
        ],
        rows=page.rows,
        empty=_("No unit yet."),
    )
    context = {"table": table, "pager": page, "q": q, "may_link": carries(request.user, P.PAIRING_MANAGE)}
    return render(request, "pairing/unit_list.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.PEOPLE_MANAGE)
def unit_create(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    form = UnitForm(request.POST or None, by=cast(User, request.user))
    if request.method == "POST" and form.is_valid():
        try:
            unit = units.create_unit(**form.values(), by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. Now say which villages the unit is linked to."))
            return redirect("pairing:unit_detail", public_id=unit.public_id)
    return render(request, "pairing/unit_create.html", {"form": form})


@require_GET
@permission_required(P.PEOPLE_MANAGE)
def unit_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One unit: what it is, and to which villages of one's area it is and was linked."""
    rows = Unit.objects.visible_to(request.user, P.PEOPLE_MANAGE).select_related("area")
    unit = get_object_or_404(rows, public_id=public_id)
    here = VillageLink.objects.visible_to(request.user, P.PEOPLE_MANAGE).filter(unit=unit)
    links: list[Any] = list(here.select_related("village").order_by("village_id", "started_on"))
    name_townships(links)
    for link in links:
        link.may_end = covers(request.user, P.PAIRING_MANAGE, link.village_id)
    context = {
        "unit": unit,
        "unit_key": str(unit.public_id),
        "kind": codelists.label("unit_kind", unit.kind),
        "level": codelists.label("unit_level", unit.level),
        "phone": mask_phone(unit.contact_phone.open()),
        "people": _people(request).filter(unit=unit).count(),
        "open": [link for link in links if link.ended_on is None],
        "ended": [link for link in links if link.ended_on is not None],
        "may_edit": covers(request.user, P.PEOPLE_MANAGE, unit.area_id),
        "may_link": unit.active and carries(request.user, P.PAIRING_MANAGE),
    }
    return render(request, "pairing/unit_detail.html", context)


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
            units.edit_unit(unit=unit, by=request.user, **form.values())  # type: ignore[arg-type]
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("pairing:unit_detail", public_id=unit.public_id)
    return render(request, "pairing/unit_edit.html", {"form": form, "unit": unit})


def _people(request: HttpRequest) -> QuerySet[User]:
    """Those with an account whom the reader manages; the others are not even counted for him."""
    return User.objects.visible_to(request.user, P.PEOPLE_MANAGE).filter(is_active=True)
