"""What villages' months are counted from: a row says how much changed in a month, sums up to it say how things stood.

A household on the pairing list counts at the end of each month from its listing until its closing, and is
covered at those ends that lie at most ``GAP_DAYS`` after its listing or a home visit. Both are periods of
months; where one begins a village's row gains one, where it ends the row loses one. So a row changes only when
a household does, never because time goes by, and a county's months are a sum over rows of its villages.

Statement triggers of households keep the rows: whoever writes a file, one or twenty thousand, old contributions
go and new ones come in the same statement (decision 16).
"""

from datetime import date, timedelta
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from households.models.scoped import ScopedModel, ScopedQuerySet
from pairing import clock
from pairing.access import NOTHING

GAP_DAYS = 120  # a listed household is overdue after this many days without a home visit


def gap_begins(listed_on: date | None, last_visit_on: date | None) -> date | None:
    """The day from which the gap counts: the later of listing and last home visit; None without either."""
    return max(filter(None, (listed_on, last_visit_on)), default=None)


def is_overdue(begins: date | None, on: date) -> bool:
    """Has a listed household waited for over ``GAP_DAYS`` days? Source: the township's figures 2 and 3."""
    return begins is not None and on - begins > timedelta(days=GAP_DAYS)


class VillageMonthQuerySet(ScopedQuerySet):
    def of_open_pairings(self, user: Any) -> Q:
        """Sums over a village are nobody's own households."""
        return NOTHING


class VillageMonth(ScopedModel):
    """How much changed in one month of one village; ``month`` is its first day."""

    public_id = None  # type: ignore[assignment]  # it stands in no address
    month = models.DateField()
    opened = models.IntegerField(default=0)  # files opened, less files closed
    listed = models.IntegerField(default=0)  # households on the pairing list
    covered = models.IntegerField(default=0)  # of them within the gap at the month's end

    everything = VillageMonthQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["county_code"], name="village_month_by_county"),
            models.Index(fields=["township_code"], name="village_month_by_township"),
        ]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(fields=["village_code", "month"], name="village_month_once"),
        ]


def month_of(day: str) -> str:
    """SQL: the first day of the month of ``day``."""
    return f"date_trunc('month', ({day})::timestamp)::date"


def covered_months(day: str) -> str:
    """SQL: the months at whose end a home visit (or the listing) on ``day`` lies within the gap."""
    return f"daterange({month_of(day)}, {month_of(f'{day} + {GAP_DAYS + 1}')})"


def changes(households: str) -> str:
    """SQL: what households contribute. Their rows have ``sign``: 1 puts a contribution in, -1 takes it out.

    Gives village_code, month, opened, listed, covered, nothing of which is zero throughout, in key order.
    """
    closed = month_of("closed_on")
    return f"""
SELECT village_code, month, sum(opened) AS opened, sum(listed) AS listed, sum(covered) AS covered
FROM {households} AS h
CROSS JOIN LATERAL (SELECT {month_of("listed_on")} AS since) listing
CROSS JOIN LATERAL (
    SELECT CASE WHEN since IS NULL THEN 'empty'
        ELSE daterange(since, CASE WHEN closed_on IS NOT NULL THEN greatest(since, {closed}) END) END AS counted
) months
CROSS JOIN LATERAL (
    SELECT {month_of(f"created_at AT TIME ZONE '{clock.business_timezone}'")}, sign, 0, 0
    UNION ALL SELECT {closed}, -sign, 0, 0
    UNION ALL SELECT lower(counted), 0, sign, 0
    UNION ALL SELECT upper(counted), 0, -sign, 0
    UNION ALL SELECT unnest(ARRAY[lower(part), upper(part)]), 0, 0, unnest(ARRAY[sign, -sign])
        FROM unnest((visit_months + {covered_months("listed_on")}::datemultirange) * counted::datemultirange) part
) AS mark (month, opened, listed, covered)
WHERE month IS NOT NULL
GROUP BY village_code, month
HAVING sum(opened) <> 0 OR sum(listed) <> 0 OR sum(covered) <> 0
ORDER BY village_code, month"""  # noqa: S608  # our own columns only


def adding(households: str) -> str:
    """SQL: add what ``households`` contribute (as in ``changes``) to the rows of their villages' months."""
    return f"""
INSERT INTO households_villagemonth AS kept
    (county_code, township_code, village_code, month, opened, listed, covered)
SELECT left(village_code, 6), left(village_code, 9), village_code, month, opened, listed, covered
FROM ({changes(households)}) AS changed
ON CONFLICT (village_code, month) DO UPDATE SET opened = kept.opened + excluded.opened,
    listed = kept.listed + excluded.listed, covered = kept.covered + excluded.covered"""  # noqa: S608


COUNTED = "village_code, created_at, closed_on, listed_on, visit_months"
_NEW = f"SELECT {COUNTED}, 1 AS sign FROM new_rows"  # noqa: S608
_OLD = f"SELECT {COUNTED}, -1 AS sign FROM old_rows"  # noqa: S608
# By sets, not by key: a plan made for one row must also do for twenty thousand.
_CHANGED = f"SELECT {COUNTED} FROM new_rows EXCEPT ALL SELECT {COUNTED} FROM old_rows"  # noqa: S608


def triggers() -> list[pgtrigger.Trigger]:
    """The triggers of Household that keep the months. One event each, as transition tables want it."""
    return [
        pgtrigger.Trigger(
            name=f"months_{name}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(**tables),
            func=f"{body}; RETURN NULL;",
        )
        for name, operation, tables, body in (
            ("insert", pgtrigger.Insert, {"new": "new_rows"}, adding(f"({_NEW})")),
            (
                "update",
                pgtrigger.Update,
                {"old": "old_rows", "new": "new_rows"},
                f"IF EXISTS ({_CHANGED}) THEN {adding(f'({_NEW} UNION ALL {_OLD})')}; END IF",
            ),
            ("delete", pgtrigger.Delete, {"old": "old_rows"}, adding(f"({_OLD})")),
        )
    ]
