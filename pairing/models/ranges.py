"""Dated facts are half-open ranges ``[from, until)`` of whole days."""

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db.models import Func


class DateRange(Func):
    """PostgreSQL's ``daterange(from, until, bounds)``; an empty ``until`` is open."""

    function = "daterange"
    output_field = DateRangeField()


def half_open() -> RangeBoundary:
    """The bounds ``[)``: a fact may end on the day on which the next begins."""
    return RangeBoundary()
