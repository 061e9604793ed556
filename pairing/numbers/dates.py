"""Dates that know how exact they are: a day, a month, or only a year."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Literal

from pairing.numbers.malformed import Malformed
from pairing.numbers.text import fold_digits

_WRITTEN: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:[-/.年](?P<month>[0-9]{1,2})(?:[-/.月](?P<day>[0-9]{1,2})日?|月)?|年)?"
)
_PACKED: Final = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})?")
# Two days before 1900: Excel counts from one, and counts 29 February 1900, which never was.
_SERIAL_ZERO: Final = dt.date(1899, 12, 30)
_YEARS: Final = range(1880, 2101)


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year, a month of a year, or a day. `month` and `day` are None where the source did not say."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def precision(self) -> Literal["year", "month", "day"]:
        return "day" if self.day else "month" if self.month else "year"

    @property
    def first(self) -> dt.date:
        """The first day that it may mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> dt.date:
        """The last day that it may mean."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        return "-".join(f"{part:02d}" for part in (self.year, self.month, self.day) if part)


def parse_date(value: str, *, numeric: bool = False) -> PartialDate:
    """Read 20160301, 2016-03-01, 2016/3/1, 2016年3月1日, 2016年3月, 2016.3, 201603, 2016, or an Excel serial.

    `numeric` says that the text came from a number cell: 2016.1 may then have been 2016.10.
    Raises Malformed: date.form, date.impossible, date.ambiguous.
    """
    if ":" in value:  # a time of day behind the date says nothing here
        value = re.split(r"[\sT]", value.strip(), maxsplit=1)[0]
    text = fold_digits(value)
    text = text.removesuffix(".0") if not re.fullmatch(r"[0-9]{4}\.0", text) else text[:4]
    if numeric and re.fullmatch(r"[0-9]{4}\.1", text):
        raise Malformed("date.ambiguous")
    if re.fullmatch(r"[0-9]{5}", text):
        return _of(_SERIAL_ZERO + dt.timedelta(days=int(text)))
    found = _PACKED.fullmatch(text) or _WRITTEN.fullmatch(text)
    if not found:
        raise Malformed("date.form")
    year, month, day = (int(part) if part else None for part in found.group("year", "month", "day"))
    try:
        partial = PartialDate(year or 0, month, day)
        if month == 0 or day == 0 or partial.first.year not in _YEARS:
            raise Malformed("date.impossible")
    except ValueError as error:
        raise Malformed("date.impossible") from error
    return partial


def _of(day: dt.date) -> PartialDate:
    if day.year not in _YEARS:
        raise Malformed("date.impossible")
    return PartialDate(day.year, day.month, day.day)
