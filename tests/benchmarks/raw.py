"""The figures of an overview worked out from the rows themselves, as a yardstick for what is kept.

The strip looks up half a million visits, the figures count every row of their kind; there are no sums and no
columns that actions keep. The answers are those of the pages: a run compares them.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, cast

from django.contrib.postgres.aggregates import BitOr
from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Left

from households.models import Household
from households.models.files import GAP_DAYS
from pairing import clock
from pairing.models import User
from pairing.roles import P
from tests.benchmarks.browser import Answer
from visits.models import Visit
from visits.reports.figures import BY_KEY, FIGURES, Scope, count_all
from visits.reports.strip import month_ends, strips

KEPT = ("households", "not_visited")  # the figures that stand on what is kept


def operations(admin: User) -> tuple[Callable[[], Answer], Callable[[], Answer]]:
    """The strip and figures of a county from raw rows, and as the overview reads them."""
    scope = Scope(admin, P.OVERVIEW_ROWS, clock.today())

    def kept() -> Any:
        lines = {code: [(c.listed, c.covered) for c in cells] for code, cells in strips(scope, 9).items()}
        return lines, {counted.figure.key: counted.number for counted in count_all(FIGURES, scope)}

    def raw() -> Any:
        return raw_strips(scope, 9), raw_figures(scope)

    if kept() != raw():
        raise SystemExit("the sums kept are not those of the rows")
    return lambda: _timed(raw), lambda: _timed(kept)


def _timed(work: Callable[[], Any]) -> Answer:
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    return Answer(200, b"", seconds, seconds, 1)


def raw_figures(scope: Scope) -> dict[str, int]:
    """The eight figures; the gap from the visits themselves."""
    numbers = {figure.key: figure.count(scope).number for figure in FIGURES if figure.key not in KEPT}
    numbers["households"] = BY_KEY["households"].rows(scope)[0].count()
    limit = scope.day - timedelta(days=GAP_DAYS)
    near = scope.of(Visit).home().filter(visited_on__gte=limit).order_by()  # type: ignore[attr-defined]
    listed = scope.of(Household).listed().filter(listed_on__lt=limit)  # type: ignore[attr-defined]
    numbers["not_visited"] = listed.exclude(pk__in=near.values("household")).count()
    return numbers


def raw_strips(scope: Scope, length: int) -> dict[str, list[tuple[int, int]]]:
    """Listed and covered households at each month's end, by area, from the visits in one query."""
    ends, gap = month_ends(scope.day), timedelta(days=GAP_DAYS)
    visited = (
        scope.of(Visit)
        .home()  # type: ignore[attr-defined]
        .filter(household=OuterRef("pk"), visited_on__gte=ends[0] - gap)
        .order_by()
        .values("household")
        .annotate(months=BitOr(_bits(ends, lambda end: Q(visited_on__gte=end - gap, visited_on__lte=end))))
        .values("months")
    )
    rows = (
        scope.of(Household)
        .filter(listed_on__isnull=False)
        .annotate(
            area=Left("village_code", length),
            counted=_bits(
                ends, lambda end: Q(listed_on__lte=end) & (Q(closed_on=None) | Q(closed_on__gt=end))
            ),
            covered=Coalesce(Subquery(visited, output_field=IntegerField()), 0).bitor(
                cast(Any, _bits(ends, lambda end: Q(listed_on__gte=end - gap)))
            ),
        )
        .order_by("area")
        .values_list("area", "counted", "covered")
        .annotate(Count("pk"))
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for area, counted, covered, number in rows:
        cells = found.setdefault(area, [(0, 0)] * len(ends))
        for n, (listed, near) in enumerate(cells):
            if counted >> n & 1:
                cells[n] = (listed + number, near + (covered >> n & 1) * number)
    return found


def _bits(ends: Sequence[date], holds: Callable[[date], Q]) -> Combinable:
    """The months at whose end something holds, as bits; the oldest month is the lowest bit."""
    total: Combinable = Value(0)
    for n, end in enumerate(ends):
        bit = When(holds(end), then=Value(1 << n))
        total = total + Case(bit, default=Value(0), output_field=IntegerField())
    return total
