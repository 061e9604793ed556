"""Pure checks of a visit, for form, paper slip and demo alike. Each raises ``Refused`` at its field."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from pairing.errors import Refused
from pairing.numbers import clean_text
from pairing.wording import day

SAID_MOST = 4000  # characters; the model's limit
READ_ONE_IN = 20  # of the visits that nothing else sends to the township, a random 5 % is read
OLDEST = timedelta(days=366 * 2)  # a visit recorded later than this is a typing error

#: To which office a problem of a kind usually goes: a preset on the form, never a rule. Kinds and offices are
#: codes of the lists ``problem_kind`` and ``office``; a kind that is missing here has no preset.
OFFICE_FOR_KIND = {
    "medical": "township_health",
    "schooling": "county_education",
    "housing": "township_revitalisation",
    "water": "county_water",
    "work": "township_security",
    "farming": "township_rural",
    "market": "township_rural",
    "funds": "township_revitalisation",
    "allowance": "township_affairs",
    "pension": "township_security",
    "insurance": "township_security",
    "land": "township_rural",
    "road_power": "township_party",
    "papers": "county_police",
    "dispute": "township_judicial",
    "care": "township_affairs",
    "disaster": "township_affairs",
    "complaint": "township_discipline",
    "other": "township_party",
}
COMPLAINT = "complaint"  # a problem of this kind bypasses village roles

CLOCK_TOLERANCE = timedelta(minutes=10)  # by which a phone's clock may be wrong without a word


def check_visit_date(visited_on: date, *, today: date, field: str = "visited_on") -> None:
    """A visit lies on the business day ``today`` or before it, and not years back."""
    if visited_on > today:
        raise Refused(_("This date lies in the future. Choose today or a day before."), field)
    if visited_on < today - OLDEST:
        raise Refused(_("This date lies more than two years back. Please look at the year again."), field)


def check_after_start(visited_on: date, started_on: date, *, field: str = "visited_on") -> None:
    """No visit before its pairing began."""
    if visited_on < started_on:
        raise Refused(
            _("This pairing began on %(date)s; a visit before that day cannot be recorded here.")
            % {"date": day(started_on)},
            field,
        )


def check_said(*, met_anybody: bool, said: str, no_change: bool, restricted: str, more: bool) -> None:
    """Something was said, or nothing changed: an empty conversation is not recorded.

    ``more`` tells that a problem, a promise, help, a task or a changed fact stands in the visit already.
    """
    if met_anybody and not (said or no_change or restricted or more):
        raise Refused(_("Write what was said, or tap “No change”."), "said")
    if len(said) > SAID_MOST:
        raise Refused(_("Please keep this below %(most)d characters.") % {"most": SAID_MOST}, "said")


def check_met(*, method_met: bool, met: int, others: str) -> None:
    """With whom one talked is asked unless nobody was met."""
    if method_met and not met and not others:
        raise Refused(_("Choose with whom you talked."), "met")


def check_due(due_on: date, *, made_on: date, field: str = "due_on") -> None:
    """A promise is due on the day it is made or later, within five years."""
    if due_on < made_on:
        raise Refused(_("Choose a day that is not past."), field)
    if due_on > made_on + timedelta(days=366 * 5):
        raise Refused(_("This day lies more than five years ahead."), field)


def tidy(text: str) -> str:
    """Words as they are kept: line breaks stay, invisible marks go, no more than one empty line in a row."""
    cleaned, _changed = clean_text(text, lines=True)
    lines = [line.rstrip() for line in cleaned.split("\n")]
    return "\n".join(line for i, line in enumerate(lines) if line or (i and lines[i - 1]))


def one_line(text: str) -> str:
    """Words for a short field, on one line."""
    return " ".join(clean_text(text)[0].split())


def body_text(body: Mapping[str, Any]) -> str:
    """A sent body in one canonical form: the same content always gives the same text."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def is_sampled(public_id: Any) -> bool:
    """Is this visit one of the random 5 % that are read? The server's own id decides, not the content."""
    digest = hashlib.sha256(str(public_id).encode()).digest()
    return int.from_bytes(digest[:4], "big") % READ_ONE_IN == 0


def clock_is_off(device_at: datetime | None, recorded_at: datetime) -> bool:
    """Was the phone's clock wrong by more than some minutes? Seen and shown, never obeyed."""
    return device_at is not None and abs(device_at - recorded_at) > CLOCK_TOLERANCE


def slip_number(serial: int) -> str:
    """A slip's number of eight digits from ``serial`` (seven digits): the last one checks the others."""
    digits = f"{serial:07d}"
    return digits + str(_check_digit(digits))


def is_slip_number(text: str) -> bool:
    """Eight digits of which the last checks the others (Luhn): a mistyped one is told at once."""
    return len(text) == 8 and text.isdecimal() and text.isascii() and _check_digit(text[:7]) == int(text[7])


def _check_digit(digits: str) -> int:
    total = 0
    for i, digit in enumerate(reversed(digits)):
        n = int(digit) * (2 if i % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return -total % 10
