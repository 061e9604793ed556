"""The one place that time comes from. Everything else asks here, so that tests can move the clock."""

import contextvars
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

#: Where a business day begins and ends, whatever zone the server or a phone is in.
business_timezone = ZoneInfo("Asia/Shanghai")

_pretended: contextvars.ContextVar[dt.datetime | None] = contextvars.ContextVar("pretended_now", default=None)


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _pretended.get() or dt.datetime.now(dt.UTC)


@contextmanager
def pretending(moment: dt.datetime) -> Iterator[None]:
    """Let ``moment`` be the present: the demo lives through two years of visits this way."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)


def today() -> dt.date:
    """The present business day, in Asia/Shanghai."""
    return now().astimezone(business_timezone).date()


def day_of(moment: dt.datetime) -> dt.date:
    """The business day of an aware moment."""
    return moment.astimezone(business_timezone).date()
