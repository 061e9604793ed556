"""The register (户台账): find files by name, number, village, type and state; fifty masked rows a page."""

from typing import Any, cast

from django.db.models import CharField, F, Func, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from households.forms.households import FindForm, HouseholdFilter, places_of, within_township
from households.models import Household
from households.models.files import HouseholdQuerySet
from households.models.months import gap_begins, is_overdue
from pairing import audit, clock, codelists
from pairing.access import carries, permission_required
from pairing.models import Area, AuditEvent, User
from pairing.models.areas import LENGTH, village_names
from pairing.roles import P
from pairing.tables import Column, Page, Table, capped_count, keyset_page

ORDER = {
    "name": ("head_key", "id"),
    "number": ("file_number", "id"),
    "visit": ("last_visit_on", "id"),
}
#: The same order, but by no index: what a search finds is sorted, where PostgreSQL would rather walk the whole
#: county in order of names until it has met fifty that match.
FOUND_ORDER = Func(F("head_key"), template="%(expressions)s || ''", output_field=CharField(db_collation="C"))
#: As a subquery, for the rows of the page only: a join would meet all that match before they are sorted.
LEAD_NAME = Subquery(User.objects.filter(pk=OuterRef("lead")).values("name"))
MANY_MISSES = 30  # numbers in a day that stand nowhere: from then on the auditor is warned
MOST_MISSES = 200  # and no more are searched
COLUMNS = (
    "public_id", "head_name", "file_number", "village_code", "group_name", "household_type", "member_count",
    "lead_name", "lead_id", "listed_on", "last_visit_on", "status",
)  # fmt: skip


@require_GET
@permission_required(P.HOUSEHOLD_VIEW)
def household_list(request: HttpRequest) -> HttpResponse:
    """Files in the reader's scope, filtered, in a stable order."""
    places = places_of(request.user, P.HOUSEHOLD_VIEW, request.GET.get("village", ""))
    form = HouseholdFilter(request.GET, villages=grouped(places))
    chosen = form.chosen()
    rows = filtered(Household.objects.visible_to(request.user, P.HOUSEHOLD_VIEW), chosen)
    order = ORDER[chosen.get("sort") or "name"]
    if "q" in chosen and order == ORDER["name"]:
        rows, order = rows.annotate(found_order=FOUND_ORDER), ("found_order", "id")
    # Within a township people compare the number with their own lists.
    small = within_township(request.user, P.HOUSEHOLD_VIEW, chosen.get("village", ""))
    page = keyset_page(
        rows.annotate(lead_name=LEAD_NAME).values(*dict.fromkeys([*COLUMNS, *order])),
        order,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    _record(request, "household.list", page, sorted(chosen))
    query = QueryDict(mutable=True)
    query.update(chosen)
    context = {
        "form": form,
        "find": FindForm(),
        "may_find": carries(request.user, P.HOUSEHOLD_EDIT),
        "may_create": carries(request.user, P.HOUSEHOLD_EDIT),
        "may_list": carries(request.user, P.PAIRING_MANAGE) and chosen.get("state") != "closed",
        "table": _table(page.rows, places),
        "pager": page,
        "query": query.urlencode(),
        "count": str(rows.count()) if small else capped_count(rows),
        "filtered": bool(set(chosen) - {"sort"}),
    }
    return render(request, "households/household_list.html", context)


@require_POST
@permission_required(P.HOUSEHOLD_EDIT)
def household_find(request: HttpRequest) -> HttpResponse:
    """Files in which somebody has this certificate or phone number; the number stands in no address."""
    form = FindForm(request.POST)
    found: list[Any] = []
    misses = _misses(request.user)
    if misses >= MOST_MISSES:
        form.add_error(
            "number", _("You have searched for too many numbers that stand nowhere. Please go on tomorrow.")
        )
        _warn(request, AuditEvent.Result.REFUSED)
    elif form.is_valid():
        rows = Household.objects.visible_to(request.user, P.HOUSEHOLD_EDIT)
        rows = rows.having_number(form.cleaned_data["number"])
        found = list(rows.annotate(lead_name=LEAD_NAME).order_by("head_key", "id").values(*COLUMNS)[:50])
        _record(request, "household.find", Page(found), ["number"])
        if not found and misses >= MANY_MISSES:
            _warn(request, AuditEvent.Result.OK)
        if len(found) == 1:
            return redirect("households:household_detail", found[0]["public_id"])
    table = _table(found, [])
    return render(request, "households/household_find.html", {"form": form, "table": table})


def _misses(user: Any) -> int:
    """How many numbers somebody has searched within a day that stood nowhere in his reach.

    A mask leaves some five hundred identity numbers to be tried.
    """
    return audit.within_a_day("household.find", user).filter(object_ids=[])[:MOST_MISSES].count()


def _warn(request: HttpRequest, result: str) -> None:
    """A row for the auditor: somebody tries many numbers."""
    detail = {"limit": MANY_MISSES}
    audit.write(
        "household.find_many", by=request.user, permission=P.HOUSEHOLD_EDIT, result=result, detail=detail
    )


def filtered(rows: HouseholdQuerySet, chosen: dict[str, str]) -> HouseholdQuerySet:
    """The rows that the filters choose; without a state, the open files."""
    today = clock.today()
    states = {
        "": rows.open,
        "unpaired": rows.unpaired,
        "overdue": lambda: rows.overdue(today),
        "promise": lambda: rows.open().filter(open_promises__gt=0),
        "question": lambda: rows.open().questioned(),
        "away": lambda: rows.open().away(today),
        "closed": lambda: rows.filter(status=Household.Status.CLOSED),
    }
    rows = states[chosen.get("state", "")]()
    if village := chosen.get("village"):
        rows = rows.filter(village_code=village) if len(village) == 12 else rows.filter(township_code=village)
    if kind := chosen.get("type"):
        rows = rows.filter(household_type=kind)
    return rows.matching(chosen["q"]) if "q" in chosen else rows


def _record(request: HttpRequest, name: str, page: Page, filters: list[str]) -> None:
    audit.read(
        name,
        by=request.user,
        permission=P.HOUSEHOLD_VIEW,
        object_type="households.household",
        object_ids=[row["public_id"] for row in page.rows],
        object_area=audit.area_around(row["village_code"] for row in page.rows),
        detail={"filters": filters},
    )


def grouped(places: list[Area]) -> list[tuple[str, Any]]:
    """Places for the filter: villages under their township; a township without villages stands alone."""
    groups: dict[str, list[tuple[str, Any]]] = {}
    for area in places:
        groups.setdefault(area.pk[:9], []).append((area.pk, area.label))
    found: list[tuple[str, Any]] = []
    for (code, label), *villages in groups.values():
        if len(code) == LENGTH[Area.Level.VILLAGE]:  # the township itself is out of reach
            found += [(code, label), *villages]
        elif villages:
            found.append((label, [(code, _("all of %(township)s") % {"township": label}), *villages]))
        else:
            found.append((code, label))
    return found


def _table(rows: list[Any], known: list[Area]) -> Table:
    today, root = clock.today(), reverse("households:household_list")
    places, villages = {area.pk: area.label for area in known}, {row["village_code"] for row in rows}
    if len({code[: LENGTH["township"]] for code in villages}) > 1 or villages - places.keys():
        places = village_names(villages)
    states = {
        "unpaired": (_("without a helper"), "due"),
        "overdue": (_("over 120 days"), "due"),
        "closed": (_("closed"), "neutral"),
    }
    return Table(
        columns=[
            Column(
                "head_name",
                _("Head"),
                value=lambda row: row["head_name"] or _("no head"),
                link=lambda row: f"{root}{row['public_id']}/",
            ),
            Column("village_code", _("Village"), value=lambda row: _place(row, places)),
            Column("household_type", _("Type"), labels=cast(Any, codelists.labels("household_type"))),
            Column("member_count", _("Members"), "number"),
            Column("lead_name", _("Lead helper")),
            Column("last_visit_on", _("Last home visit"), "date"),
            Column(
                "state", _("State"), "state", value=lambda row: _state(row, today), states=cast(Any, states)
            ),
            Column("file_number", _("File number"), "number"),
        ],
        rows=rows,
        empty=_("No match. Remove a filter."),
    )


def _place(row: Any, places: dict[str, str]) -> str:
    return " ".join(filter(None, [places.get(row["village_code"], row["village_code"]), row["group_name"]]))


def _state(row: Any, today: Any) -> str | None:
    """The one thing about a row that somebody should act on."""
    if row["status"] == Household.Status.CLOSED:
        return "closed"
    if row["listed_on"] is None:
        return None
    if row["lead_id"] is None:
        return "unpaired"
    return "overdue" if is_overdue(gap_begins(row["listed_on"], row["last_visit_on"]), today) else None
