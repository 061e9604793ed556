"""Visits, problems and promises for tests, straight into the tables."""

from datetime import timedelta
from typing import Any

from households.models import Household
from households.models.scoped import codes_of
from pairing import clock
from visits.actions import counters
from visits.models import Problem, Promise, Visit


def visit(row: Household, by: Any, days: int = 1, **more: Any) -> Visit:
    """A confirmed home visit so many days ago that waits to be read."""
    values = {"said": "said", "state": "to_read", "confirmed_at": clock.now()} | more
    return Visit.everything.create(
        household=row,
        author=values.pop("author", by),
        visited_by=by,
        visited_on=clock.today() - timedelta(days=days),
        body_hmac="",
        **codes_of(row),
        **values,
    )


def problem(row: Household, by: Any, state: str = "referred", waits: int = 3, **more: Any) -> Problem:
    """A problem, referred so many days ago to an office of the township unless told otherwise."""
    referred_on = clock.today() - timedelta(days=waits)
    values = {
        "kind": "water",
        "words": "words",
        "reason": "reason",
        "office": "township_affairs",
        "level": "township",
        "referred_on": referred_on,
        "raised_on": referred_on,
        "due_on": referred_on + timedelta(days=15),
    } | more
    return Problem.everything.create(household=row, raised_by=by, state=state, **codes_of(row), **values)


def promise(row: Household, by: Any, **more: Any) -> Promise:
    """A promise of today that is due today; the household counts it."""
    values = {"what": "问低保", "due_on": clock.today()} | more
    made = Promise.everything.create(household=row, made_by=by, holder=by, **codes_of(row), **values)
    counters.recount([row.pk])
    return made
