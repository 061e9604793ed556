"""The village strip: month by month, the share of listed households within 120 days of a home visit.

Coverage does not add up over months, so each month is worked out for itself, all in one statement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.contrib.postgres.aggregates import BitOr
from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Left

from households.models import Household
from households.models.files import GAP_DAYS
from visits.models import Visit
from visits.reports.figures import Scope
from visits.reports.small_cells import is_small

MONTHS = 12


@dataclass(frozen=True)
class Cell:
    """One month of one area: of ``listed`` households, ``covered`` were within the gap at its end."""

    day: date
    covered: int
    listed: int

    @property
    def share(self) -> int | None:
        """Whole per cent, rounded down so that 100 means everybody; None without listed households."""
        return 100 * self.covered // self.listed if self.listed else None

    @property
    def guarded_share(self) -> int | None:
        """The share where it singles nobody out: not when those covered, or those not, are a few."""
        return None if is_small(self.covered) or is_small(self.listed - self.covered) else self.share


def month_ends(today: date, months: int = MONTHS) -> list[date]:
    """The last days of the past months, oldest first; the present month ends today."""
    ends, first = [today], today.replace(day=1)
    while len(ends) < months:
        last = first - timedelta(days=1)
        ends.append(last)
        first = last.replace(day=1)
    return ends[::-1]


def strips(scope: Scope, length: int = 12) -> dict[str, list[Cell]]:
    """For each area whose code has ``length`` digits its twelve cells, areas in code order. One query.

    A household counts at a month's end when it was listed and open then; it is covered when its last home
    visit up to then, by anyone, or its listing lies at most ``GAP_DAYS`` days back.
    """
    ends = month_ends(scope.day)
    gap = timedelta(days=GAP_DAYS)
    visited = (
        scope.of(Visit)
        .home()  # type: ignore[attr-defined]
        .filter(household=OuterRef("pk"), visited_on__gte=ends[0] - gap)
        .order_by()
        .values("household")
        .annotate(months=BitOr(_bits(ends, lambda end: Q(visited_on__gte=end - gap, visited_on__lte=end))))
        .values("months")
    )
    still_open = Q(closed_on__isnull=True)
    # Both masks are grouped by, not taken apart in SQL: that would look up the visits anew for every month.
    rows = (
        scope.of(Household)
        .filter(listed_on__isnull=False)
        .annotate(
            area=Left("village_code", length),
            counted=_bits(ends, lambda end: Q(listed_on__lte=end) & (still_open | Q(closed_on__gt=end))),
            covered=Coalesce(Subquery(visited, output_field=IntegerField()), 0).bitor(
                cast(Any, _bits(ends, lambda end: Q(listed_on__gte=end - gap)))
            ),
        )
        .order_by("area")
        .values_list("area", "counted", "covered")
        .annotate(Count("pk"))
    )
    found: dict[str, list[Cell]] = {}
    for area, counted, covered, number in rows:
        cells = found.setdefault(area, [Cell(end, 0, 0) for end in ends])
        for n, cell in enumerate(cells):
            if counted >> n & 1:
                cells[n] = Cell(cell.day, cell.covered + (covered >> n & 1) * number, cell.listed + number)
    return found


def _bits(ends: Sequence[date], holds: Callable[[date], Q]) -> Combinable:
    """The months at whose end something holds, as bits; the oldest month is the lowest bit."""
    total: Combinable = Value(0)
    for n, end in enumerate(ends):
        bit = When(holds(end), then=Value(1 << n))
        total = total + Case(bit, default=Value(0), output_field=IntegerField())
    return total
