"""Dates, spans and lists in the reader's words; used by templates, tables and prints alike."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, gettext, ngettext

from pairing import clock

NOTHING = "—"  # what stands where a value is not known


def _chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")


def _day_of(value: dt.date) -> dt.date:
    """The business day of a date or of an aware moment."""
    if isinstance(value, dt.datetime):
        return value.astimezone(clock.business_timezone).date()
    return value


def colon() -> str:
    """What stands between a name and what is said of it: a wide ``：`` in Chinese, ``: `` else."""
    return "：" if _chinese() else ": "


def said_of(name: object, words: object) -> str:
    """A name and what is said of it, with a colon between; where one is empty, the other alone."""
    return colon().join(text for part in (name, words) if (text := str(part)))


def listed(parts: Iterable[object]) -> str:
    """Things side by side: with ``、`` in Chinese, ``, `` else; empty ones are left out."""
    return ("、" if _chinese() else ", ").join(text for part in parts if (text := str(part)))


def clauses(parts: Iterable[object]) -> str:
    """Statements side by side: with ``；`` in Chinese, ``; `` else; empty ones are left out."""
    return ("；" if _chinese() else "; ").join(text for part in parts if (text := str(part)))


def yuan(value: Decimal | None) -> str:
    """An amount of money: ``200元`` or ``35.50 yuan``; fen only where there are any, and nothing for none."""
    if value is None:
        return ""
    return gettext("%(amount)s yuan") % {"amount": f"{value:.2f}".removesuffix(".00")}


def day(value: dt.date | None) -> str:
    """A full date: ``2026年11月22日`` or ``22 Nov 2026``; a dash for none."""
    if value is None:
        return NOTHING
    on = _day_of(value)
    return f"{on.year}年{on.month}月{on.day}日" if _chinese() else date_format(on, "j M Y")


def short_day(value: dt.date | None) -> str:
    """A date without this year's number: ``11月22日`` or ``22 Nov``; other years are written in full."""
    if value is None or (on := _day_of(value)).year != clock.today().year:
        return day(value)
    return f"{on.month}月{on.day}日" if _chinese() else date_format(on, "j M")


def month(value: dt.date | None) -> str:
    """A month: ``2026年11月`` or ``Nov 2026``; a dash for none."""
    if value is None:
        return NOTHING
    return date_format(_day_of(value), "Y年n月" if _chinese() else "M Y")


def moment(value: dt.datetime | None) -> str:
    """A moment in business time, to the minute: ``2026年11月22日 09:05``; a dash for none."""
    if value is None:
        return NOTHING
    return f"{day(value)} {value.astimezone(clock.business_timezone):%H:%M}"


def relative_days(value: dt.date | None) -> str:
    """How far a date is from the business day: ``今天``, ``3天前``, ``还有5天``; a dash for none."""
    if value is None:
        return NOTHING
    days = (_day_of(value) - clock.today()).days
    if days == 0:
        return gettext("today")
    if days == -1:
        return gettext("yesterday")
    if days == 1:
        return gettext("tomorrow")
    if days < 0:
        return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}


def overdue_days(value: dt.date | None) -> str:
    """``已超期3天`` / ``3 days overdue`` for a date that has passed, otherwise ``relative_days``."""
    days = (clock.today() - _day_of(value)).days if value else 0
    if days <= 0:
        return relative_days(value)
    return ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}
