"""What a household's file counts of its visits: kept in the transaction of each save, recounted at will."""

from collections.abc import Iterable

from django.db.models import Count, IntegerField, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from households.models import Household
from visits.models import Problem, Promise, Visit


def lock(household_ids: Iterable[int]) -> dict[int, Household]:
    """The households by key, locked against other writers in key order, so that no two saves deadlock."""
    rows = (
        Household.everything.select_for_update(no_key=True).filter(pk__in=set(household_ids)).order_by("pk")
    )
    return {row.pk: row for row in rows}


def recount(household_ids: Iterable[int]) -> None:
    """Set ``last_visit_on``, ``open_problems`` and ``open_promises`` of these households from their rows.

    The last visit is the latest home visit that is confirmed and not withdrawn. The file's ``version`` stays:
    counters are nobody's edit.
    """
    mine = {"household": OuterRef("pk")}
    last = Visit.everything.home().filter(**mine).order_by().values("household").annotate(n=Max("visited_on"))
    problems = Problem.everything.open().filter(**mine).order_by().values("household").annotate(n=Count("pk"))
    promises = Promise.everything.open().filter(**mine).order_by().values("household").annotate(n=Count("pk"))
    Household.everything.filter(pk__in=set(household_ids)).update(
        last_visit_on=Subquery(last.values("n")),
        open_problems=Coalesce(Subquery(problems.values("n"), output_field=IntegerField()), 0),
        open_promises=Coalesce(Subquery(promises.values("n"), output_field=IntegerField()), 0),
    )
