"""What a household's file counts of its visits: kept in the transaction of each save, recounted at will."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from households import rules
from households.models import Household
from households.models.months import covered_months
from pairing.errors import Refused
from pairing.roles import P


def lock(household_ids: Iterable[int]) -> dict[int, Household]:
    """The households by key, locked against other writers in key order, so that no two saves deadlock."""
    rows = (
        Household.everything.select_for_update(no_key=True).filter(pk__in=set(household_ids)).order_by("pk")
    )
    return {row.pk: row for row in rows}


def lock_for(by: Any, permission: P, household_id: int) -> Household:
    """One household, locked, if ``by`` reaches it still. Raises Refused."""
    household = lock([household_id])[household_id]
    rules.check_reach(household, by, permission)
    return household


def lock_all_for(by: Any, permission: P, household_ids: Sequence[int]) -> list[Household]:
    """These households in the order given, locked, if ``by`` reaches all of them still. Raises Refused."""
    rows = lock(household_ids)
    if Household.everything.visible_to(by, permission).filter(pk__in=rows).count() < len(rows):
        raise Refused(rules.NO_LONGER)
    return [rows[key] for key in household_ids]


# Promises that belong to a restricted problem are left out: village clerks filter the register by this number.
# By hand, since every save runs it and building it from querysets took a third of a save. It repeats
# `Visit.home()`, `Problem.open()` and `Promise.open().unrestricted()`; a test recounts with those and compares. Triggers of
# households take what changes in `visit_months` to the village's months in the same statement.
_RECOUNT = f"""
UPDATE households_household h SET
    (last_visit_on, visit_months) = (
        SELECT max(v.visited_on), coalesce(range_agg({covered_months("v.visited_on")}), '{{}}')
        FROM visits_visit v WHERE v.household_id = h.id
        AND v.method = 'home' AND v.state <> 'withdrawn' AND v.confirmed_at IS NOT NULL),
    open_problems = (SELECT count(*) FROM visits_problem p
        WHERE p.household_id = h.id AND p.state <> 'closed'),
    open_promises = (SELECT count(*) FROM visits_promise p
        WHERE p.household_id = h.id AND p.state = 'open'
        AND NOT EXISTS (SELECT FROM visits_problem b WHERE b.id = p.problem_id AND b.restricted))
WHERE h.id = ANY(%s)
"""  # noqa: S608  # our own columns only


def recount(household_ids: Iterable[int]) -> None:
    """Set ``last_visit_on``, ``visit_months`` and the open counts of these households from their rows.

    The last visit is the latest home visit that is confirmed and not withdrawn. The file's ``version`` stays:
    counters are nobody's edit.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, [sorted(set(household_ids))])
