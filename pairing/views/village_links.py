"""Units linked to villages (联村): seen from the villages, begun and ended."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairing.access import permission_required, prefixes
from pairing.actions import village_links
from pairing.errors import Refused, add_refusal
from pairing.forms.places import MOST_AT_ONCE
from pairing.forms.units import TownshipFilter, VillageLinkEndForm, VillageLinkForm
from pairing.models import Area, User, VillageLink
from pairing.models.areas import AreaQuerySet
from pairing.roles import P


@require_GET
@permission_required(P.PAIRING_MANAGE)
def village_link_list(request: HttpRequest) -> HttpResponse:
    """The villages of one's county or township in code order, each with the units linked to it today."""
    user = cast(User, request.user)
    filters = TownshipFilter(request.GET, by=user)
    villages = Area.objects.active().villages().within(*prefixes(user, P.PAIRING_MANAGE))
    if filters.is_valid() and filters.cleaned_data["township"]:
        villages = villages.within(filters.cleaned_data["township"])
    without = villages.exclude(pk__in=VillageLink.objects.open().values("village"))
    only_without = request.GET.get("show") == "without"
    rows = without if only_without else villages
    by_township = not filters.cleaned_data.get("township") and rows.count() > MOST_AT_ONCE
    context = {
        "filters": filters,
        "townships": townships_with_counts(villages, without) if by_township else [],
        "rows": [] if by_township else with_links(list(rows.order_by("code"))),
        "without": without.count(),
        "only_without": only_without,
    }
    return render(request, "pairing/village_link_list.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.PAIRING_MANAGE)
def village_link_create(request: HttpRequest) -> HttpResponse:
    """Link a unit to a village; the page comes from either side, which is then chosen already."""
    chosen = {name: request.GET[name] for name in ("unit", "village") if name in request.GET}
    form = VillageLinkForm(request.POST or None, by=cast(User, request.user), initial=chosen)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            village_links.link_village(**data, by=cast(User, request.user))
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, _("Saved. Cadres of this unit are offered first when a household there is paired.")
            )
            return redirect("pairing:unit_detail", public_id=data["unit"].public_id)
    return render(request, "pairing/village_link_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required(P.PAIRING_MANAGE)
def village_link_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """End the link of a unit to a village, with day and reason."""
    links = VillageLink.objects.visible_to(request.user, P.PAIRING_MANAGE).select_related("unit", "village")
    link = get_object_or_404(links, public_id=public_id)
    form = VillageLinkEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            village_links.end_village_link(link=link, **form.cleaned_data, by=cast(User, request.user))
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The link has ended. It stays readable on the unit's page."))
            return redirect("pairing:unit_detail", public_id=link.unit.public_id)
    return render(request, "pairing/village_link_end.html", {"form": form, "link": link})


def townships_with_counts(villages: AreaQuerySet, without: AreaQuerySet) -> list[dict[str, Any]]:
    """Each township with how many villages it has and how many of them no unit is linked to: three queries."""
    counted = [
        Counter(code[:9] for code in rows.order_by().values_list("code", flat=True))
        for rows in (villages, without)
    ]
    places = Area.objects.filter(pk__in=counted[0]).order_by("code")
    return [{"place": a, "villages": counted[0][a.pk], "without": counted[1][a.pk]} for a in places]


def with_links(villages: list[Area]) -> list[dict[str, Any]]:
    """Each village with its township and its links of today: two queries, whatever their number."""
    links: dict[str, list[VillageLink]] = {}
    for link in VillageLink.objects.today_in(*(village.pk for village in villages)):
        links.setdefault(link.village_id, []).append(link)
    townships = {a.pk: a.label for a in Area.objects.filter(pk__in={village.pk[:9] for village in villages})}
    return [
        {"village": v, "township": townships.get(v.pk[:9], ""), "links": links.get(v.pk, [])}
        for v in villages
    ]


def name_townships(links: Iterable[VillageLink]) -> None:
    """Give each link the name of its village's township (``township``), in one query."""
    rows: list[Any] = list(links)
    names = {a.pk: a.label for a in Area.objects.filter(pk__in={row.village_id[:9] for row in rows})}
    for row in rows:
        row.township = names.get(row.village_id[:9], "")
