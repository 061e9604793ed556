"""Overview 全镇概况: the eight figures with their definitions, the strip of months, and the rows behind each.

Staff and administrators come to exactly the rows that are counted. Leaders and auditors see figures only, and
no number from which a few households could be told (``reports.small_cells``).
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pairing import audit, clock, codelists, wording
from pairing.access import carries, permission_required, prefixes
from pairing.models import Area, VillageLink
from pairing.roles import P
from pairing.tables import Column, Table, keyset_page
from visits.reports.figures import BY_KEY, FIGURES, Counted, Figure, Scope, count_all
from visits.reports.small_cells import WITHHELD, Shown, is_small, shown_apart, shown_part, shown_parts
from visits.reports.strip import Cell, strips
from visits.views.figure_rows import OF_FIGURE, TABLES

STUCK = "referrals_late"  # the figure whose rows leaders see by office and kind


@dataclass(frozen=True)
class Card:
    """One figure as it stands on the page. ``number`` is text: it may be "<5"."""

    figure: Figure
    number: str
    aside: str = ""
    url: str = ""


@require_GET
@permission_required(P.OVERVIEW_VIEW)
def overview_show(request: HttpRequest) -> HttpResponse:
    """Eight figures and the strip; each figure leads to its rows, where the reader may see rows."""
    return render(request, "visits/overview_show.html", _overview(request))


@require_GET
@permission_required(P.OVERVIEW_VIEW)
def overview_print(request: HttpRequest) -> HttpResponse:
    """One page 一页概况: A4, the figures on top and their definitions below."""
    found = _overview(request)
    return render(
        request, "visits/overview_print.html", found | {"check": check_of(found), "version": settings.VERSION}
    )


def check_of(found: Mapping[str, Any]) -> str:
    """Eight characters by which two papers are known to say the same: of the numbers as they are shown."""
    numbers = [(card.figure.key, card.number, card.aside) for card in found["cards"]]
    said = json.dumps([found["place"], found["scope"].day, numbers, found["strips"]], default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:8].upper()


def _overview(request: HttpRequest) -> dict[str, Any]:
    scope = _scope(request)
    length = 12 if all(len(code) >= 9 for code in _areas(scope)) else 9
    found = strips(scope, length)
    guarded = not sees_rows(request)
    names = _names([*found, *_areas(scope)])
    shares = _guarded_shares(scope, found) if guarded else {}
    lines = [
        (names.get(code, code), shares.get(code) or [(c.day, c.share) for c in cells])
        for code, cells in found.items()
    ]
    return {
        "scope": scope,
        "place": _place(scope, names),
        "cards": cards(request, scope),
        "guarded": guarded,
        "strips": lines,
        "by_township": length == 9,
        "township": len(_areas(scope)) == 1 and len(_areas(scope)[0]) == 9,
        "query": _query(scope),
        "narrower": [] if guarded or length == 12 else [(names.get(c, c), f"?area={c}") for c in found],
    }


def _guarded_shares(
    scope: Scope, found: Mapping[str, list[Cell]]
) -> dict[str, list[tuple[date, int | None]]]:
    """The strip for who sees no small cells. Its last month is the figure of today in per cent, from which few
    households' number can be worked out: it stands only where the villages' page tells that figure whole."""
    today = _guarded(BY_KEY["not_visited"], scope).parts
    hidden = [village for village, text in today.items() if not text.isdigit()]
    shares = {code: [(c.day, c.guarded_share) for c in cells] for code, cells in found.items()}
    for code, months in shares.items():
        if any(village.startswith(code) for village in hidden):
            months[-1] = (months[-1][0], None)
    return shares


def _query(scope: Scope) -> str:
    """The part of an address that keeps the narrower place; empty for the whole of one's own."""
    return f"?area={scope.area}" if scope.area else ""


def cards(request: HttpRequest, scope: Scope) -> list[Card]:
    """The eight figures as this reader may see them."""
    numbers = count_all(FIGURES, scope)
    if not sees_rows(request):
        return [_guarded_card(counted, scope) for counted in numbers]
    found = []
    for counted in numbers:
        figure = counted.figure
        aside = str(figure.aside_name) % {"number": counted.aside} if counted.aside else ""
        url = reverse("visits:figure_list", args=[figure.key]) + _query(scope)
        found.append(Card(figure, str(counted.number), aside, url))
    return found


def _guarded_card(counted: Counted, scope: Scope) -> Card:
    figure = counted.figure
    aside = shown_part(counted.aside, counted.number) if counted.aside else None
    words = str(figure.aside_name) % {"number": aside} if aside else ""
    return Card(figure, _guarded(figure, scope).total, words)


def _guarded(figure: Figure, scope: Scope) -> Shown[str]:
    """The figure by village and in all, such that no page gives a small cell away.

    Late referrals are also shown by office and kind; where the pages together would give one away, it stays there.
    """
    if figure.key == STUCK:
        return shown_apart(_stuck_counts(scope), figure.by_area(scope))[1]
    return shown_parts(figure.by_area(scope))


def _stuck(scope: Scope) -> dict[tuple[str, str], list[int]]:
    """Late referrals by kind and office: the days that each waits."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for rows in BY_KEY[STUCK].rows(scope):
        for kind, office, referred_on in rows.order_by().values_list("kind", "office", "referred_on"):
            groups[kind, office].append((scope.day - referred_on).days)
    return groups


def _stuck_counts(scope: Scope) -> dict[tuple[str, str], int]:
    return {key: len(days) for key, days in _stuck(scope).items()}


@require_GET
@permission_required(P.OVERVIEW_VIEW)
def village_list(request: HttpRequest) -> HttpResponse:
    """By village 分村: the definitions, then villages in the order of their codes. Never a ranking."""
    scope = _scope(request)
    guarded = not sees_rows(request)
    numbers: dict[str, dict[str, str]] = defaultdict(dict)
    none = dict.fromkeys(BY_KEY, "0")
    for figure in FIGURES:
        if guarded:
            found = _guarded(figure, scope)
            texts = found.parts
            if texts and set(texts.values()) == {found.total} == {WITHHELD}:
                none[figure.key] = WITHHELD  # held back whole: no village is told from another
        else:
            texts = {code: str(n) for code, n in figure.by_area(scope).items()}
        for code, text in texts.items():
            numbers[code][figure.key] = text
    names = _names(numbers)
    townships = _names({code[:9] for code in numbers})
    units = _linked_units(numbers)
    rows = [
        {
            "code": code,
            "name": names.get(code, code),
            "township": townships.get(code[:9], ""),
            "units": wording.listed(units.get(code, ())),
            **none,
            **numbers[code],
        }
        for code in sorted(numbers)
    ]
    columns = [Column("name", _("Village"))]
    if len(townships) > 1:
        columns.append(Column("township", _("Township")))
    columns += [
        Column(figure.key, figure.name, "number", link=None if guarded else _rows_in(figure.key))
        for figure in FIGURES
    ]
    if units:
        columns.append(Column("units", _("Linked units")))
    context = {
        "place": _place(scope),
        "query": _query(scope),
        "table": Table(columns, rows, empty=_("There are no such households.")),
        "figures": FIGURES,
        "guarded": guarded,
    }
    return render(request, "visits/village_list.html", context)


def _rows_in(key: str) -> Callable[[dict[str, Any]], str | None]:
    """Where a village's number leads: to exactly its rows; nowhere when it is 0."""
    root = reverse("visits:figure_list", args=[key])
    return lambda row: f"{root}?area={row['code']}" if row[key] != "0" else None


@require_GET
@permission_required(P.OVERVIEW_VIEW)
def stuck_list(request: HttpRequest) -> HttpResponse:
    """Stuck 需协调事项: late referrals by kind, office and days, without households."""
    scope = _scope(request)
    guarded = not sees_rows(request)
    groups = _stuck(scope)
    counts = {key: len(days) for key, days in groups.items()}
    shown = shown_apart(counts, BY_KEY[STUCK].by_area(scope))[0] if guarded else None
    offices = list(codelists.entries("office"))
    rows = [
        {
            "kind": codelists.label("problem_kind", kind),
            "office": codelists.label("office", office),
            "number": shown.parts[kind, office] if shown else counts[kind, office],
            "days": max(groups[kind, office]),
        }
        for kind, office in sorted(groups, key=lambda key: (_place_in(offices, key[1]), key[0]))
    ]
    columns = [
        Column("office", _("Office")),
        Column("kind", _("Kind")),
        Column("number", _("Matters"), "number"),
        Column("days", _("Longest wait in days"), "number"),
    ]
    context = {
        "place": _place(scope),
        "query": _query(scope),
        "table": Table(columns, rows, empty=_("Nothing is stuck.")),
        "definition": BY_KEY[STUCK].definition,
        "guarded": guarded,
        "any_small": guarded and any(is_small(number) for number in counts.values()),
    }
    return render(request, "visits/stuck_list.html", context)


@require_GET
@permission_required(P.OVERVIEW_ROWS)
def figure_list(request: HttpRequest, key: str) -> HttpResponse:
    """Exactly the rows that a figure counts, under its name and definition."""
    if key not in BY_KEY:
        raise Http404
    figure, scope = BY_KEY[key], _scope(request)
    counted = figure.count(scope)
    parts, objects = [], []
    chosen = request.GET.get("part", "")
    for n, rows in enumerate(figure.rows(scope)):
        lister = OF_FIGURE.get(key) or TABLES[rows.model]
        here = chosen == str(n) or (not chosen and n == 0)
        page = keyset_page(
            lister.prepared(rows),
            lister.order,
            after=request.GET.get("after", "") if here else "",
            before=request.GET.get("before", "") if here else "",
        )
        objects += page.rows
        query = "&".join(part for part in (f"area={scope.area}" if scope.area else "", f"part={n}") if part)
        parts.append((lister.caption, lister.table(page.rows, scope), page, query))
    audit.read(f"figure.{key}", by=request.user, objects=objects, permission=P.OVERVIEW_ROWS,
               object_type="households.household")  # fmt: skip
    aside = str(figure.aside_name) % {"number": counted.aside} if counted.aside else ""
    context = {
        "figure": figure,
        "number": counted.number,
        "aside": aside,
        "parts": parts,
        "place": _place(scope),
        "query": _query(scope),
    }
    return render(request, "visits/figure_list.html", context)


def sees_rows(request: HttpRequest) -> bool:
    """Does the reader come to the rows, or to figures only?"""
    return carries(request.user, P.OVERVIEW_ROWS)


def _scope(request: HttpRequest) -> Scope:
    """What is counted: the reader's areas, or for who sees rows one area inside them (``?area=``)."""
    permission = P.OVERVIEW_ROWS if sees_rows(request) else P.OVERVIEW_VIEW
    area = request.GET.get("area", "") if permission == P.OVERVIEW_ROWS else ""
    if area and not (
        any(area.startswith(code) for code in prefixes(request.user, permission))
        and Area.objects.filter(code=area).exists()
    ):
        raise Http404
    return Scope(request.user, permission, clock.today(), area)


def _areas(scope: Scope) -> list[str]:
    return [scope.area] if scope.area else prefixes(scope.user, scope.permission)


def _place(scope: Scope, names: dict[str, str] | None = None) -> str:
    """The names of the areas that are counted, from ``names`` where they are known."""
    names = _names(_areas(scope)) if names is None else names
    return wording.listed(names.get(code, code) for code in _areas(scope))


def _names(codes: Any) -> dict[str, str]:
    return {area.code: area.label for area in Area.objects.filter(code__in=list(codes))}


def _linked_units(villages: Iterable[str]) -> dict[str, list[str]]:
    """The names of the units that are linked to these villages today."""
    units: dict[str, list[str]] = defaultdict(list)
    for link in VillageLink.objects.today_in(*villages):
        units[link.village_id].append(link.unit.name)
    return units


def _place_in(offices: Sequence[str], office: str) -> int:
    return offices.index(office) if office in offices else len(offices)
