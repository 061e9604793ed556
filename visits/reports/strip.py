"""The village strip: month by month, the share of listed households within 120 days of a home visit.

Finished months are sums of ``VillageMonth``, which say how a village changed from month to month. The present
month ends today, in the middle of what those rows can tell: its households are those on the list by now, and
covered is who is not overdue today, so that the last cell and the figure can never differ.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Greatest, Left

from households.models import Household, VillageMonth
from visits.reports.figures import Rows, Scope
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
    first = ends[0].replace(day=1)

    def build() -> list[Rows]:
        months = scope.of(VillageMonth).filter(~Q(listed=0, covered=0), month__lte=scope.day)
        by_month = months.values_list(Left("village_code", length), Greatest("month", Value(first)))
        overdue = scope.of(Household).overdue(scope.day).order_by()  # type: ignore[attr-defined]
        return [
            by_month.annotate(Sum("listed"), Sum("covered")).order_by(),
            overdue.values_list(Left("village_code", length)).annotate(Count("pk")),
        ]

    sums, late = scope.asked(f"strips {length}", build)
    changes: dict[str, Counter[tuple[date, str]]] = defaultdict(Counter)
    for area, day, listed, covered in sums:
        month = date.fromisoformat(day)
        changes[area][month, "listed"] += listed
        changes[area][month, "covered"] += covered
    overdue_in = dict(late)
    return {area: _cells(ends, changes[area], overdue_in.get(area, 0)) for area in sorted(changes)}


def _cells(ends: list[date], changes: Counter[tuple[date, str]], late: int) -> list[Cell]:
    """The months of one area; ``late`` of its households are overdue on the last day."""
    cells, listed, covered = [], 0, 0
    for end in ends:
        month = end.replace(day=1)
        listed += changes[month, "listed"]
        covered += changes[month, "covered"]
        cells.append(Cell(end, covered, listed))
    return [*cells[:-1], Cell(ends[-1], listed - late, listed)]
