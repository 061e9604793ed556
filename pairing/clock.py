"""The one place that time comes from. Everything else asks here, so that tests can move the clock."""

import datetime as dt
from zoneinfo import ZoneInfo

#: Where a business day begins and ends, whatever zone the server or a phone is in.
business_timezone = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The present business day, in Asia/Shanghai."""
    return now().astimezone(business_timezone).date()
