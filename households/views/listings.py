"""The pairing list (应结对): one file put on it or taken off, or all files that a filter chooses."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from households import rules
from households.actions import households as files
from households.forms.households import HouseholdFilter, ReasonForm, villages_of
from households.forms.moves import MOST_LISTED, ListingForm, UnlistForm, UnlistManyForm
from households.models import Household
from households.views.reach import household_or_404, record_shown
from households.views.register import filtered, grouped
from pairing.access import permission_required
from pairing.errors import Refused, add_refusal
from pairing.models import Area
from pairing.roles import P


@require_http_methods(["GET", "POST"])
@permission_required(P.PAIRING_MANAGE)
def listing_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a file on the pairing list, or take it off, with its pairings or without."""
    household = household_or_404(request, public_id, P.PAIRING_MANAGE)
    rules.check_open(household)
    paired = list(household.pairings.open().select_related("cadre"))
    form: Any = (
        UnlistForm(request.POST or None, paired=bool(paired))
        if household.listed_on
        else ReasonForm(request.POST or None)
    )
    if request.method == "POST" and form.is_valid():
        step = files.take_off_list if household.listed_on else files.put_on_list
        try:
            step(household=household, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("households:household_detail", public_id)
    record_shown(request, household, P.PAIRING_MANAGE)
    context = {"form": form, "household": household, "paired": paired}
    return render(request, "households/listing_edit.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.PAIRING_MANAGE)
def listing_create(request: HttpRequest) -> HttpResponse:
    """Put all files that the register's filters choose on the pairing list: how many first, then the deed."""
    filters, rows = chosen_rows(request)
    new = rows.filter(listed_on__isnull=True)
    places = by_village(new)
    number = sum(count for _place, count in places)
    form = ListingForm(request.POST or None, number=number)
    if request.method == "POST" and form.is_valid():
        try:
            listed = files.put_all_on_list(households=new, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            words = ngettext(
                "%(number)d household is on the pairing list now. Find it a helper next.",
                "%(number)d households are on the pairing list now. Find them helpers next.",
                listed,
            )
            messages.success(request, words % {"number": listed})
            return redirect("households:pairing_list")
    context = {"form": form, "number": number, "already": rows.count() - number}
    return render(request, "households/listing_create.html", context | in_words(filters, places))


@require_http_methods(["GET", "POST"])
@permission_required(P.PAIRING_MANAGE)
def listing_remove(request: HttpRequest) -> HttpResponse:
    """Take all files that the register's filters choose off the pairing list: how many first, then the deed."""
    filters, rows = chosen_rows(request)
    listed = rows.filter(listed_on__isnull=False)
    places = by_village(listed)
    number = sum(count for _place, count in places)
    form = UnlistManyForm(request.POST or None, number=number)
    if request.method == "POST" and form.is_valid():
        try:
            taken = files.take_all_off_list(households=listed, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            words = ngettext(
                "%(number)d household is off the pairing list.",
                "%(number)d households are off the pairing list.",
                taken,
            )
            messages.success(request, words % {"number": taken})
            return redirect("households:household_list")
    context = {"form": form, "number": number, "paired": listed.filter(pairing_count__gt=0).count()}
    return render(request, "households/listing_remove.html", context | in_words(filters, places))


def chosen_rows(request: HttpRequest) -> tuple[HouseholdFilter, Any]:
    """The register's filters as they stand in the address, and the open files that they choose."""
    filters = HouseholdFilter(request.GET, villages=grouped(villages_of(request.user, P.PAIRING_MANAGE)))
    chosen = filters.chosen()
    rows = filtered(Household.objects.visible_to(request.user, P.PAIRING_MANAGE), chosen).open()
    # Left out, a filter that cannot be read would choose more than was meant.
    return filters, rows.none() if filters.errors else rows


def by_village(rows: Any) -> list[tuple[str, int]]:
    """How many files there are in each village, by its name, in the order of codes."""
    return name_places(
        list(rows.order_by("village_code").values_list("village_code").annotate(number=Count("pk")))
    )


def in_words(filters: HouseholdFilter, places: list[tuple[str, int]]) -> dict[str, Any]:
    """What the page says of the choice."""
    chosen = filters.chosen()
    query = QueryDict(mutable=True)
    query.update(chosen)
    return {
        "filters": [(filters[name].label, said(filters, name)) for name in chosen if name != "sort"],
        "unreadable": bool(filters.errors),
        "by_village": places,
        "most": MOST_LISTED,
        "query": query.urlencode(),
    }


def said(filters: HouseholdFilter, name: str) -> str:
    """What was chosen in a filter, in words."""
    value = filters.cleaned_data[name]
    for choice, label in getattr(filters.fields[name], "choices", []):
        if isinstance(label, list | tuple):
            if found := dict(label).get(value):
                return str(found)
        elif choice == value:
            return str(label)
    return str(value)


def name_places(rows: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Village codes as township and village, in one query."""
    codes = {code[:n] for code, _number in rows for n in (9, 12)}
    names = {area.pk: area.label for area in Area.objects.filter(pk__in=codes)}
    return [(" ".join(names.get(code[:n], "") for n in (9, 12)), number) for code, number in rows]
