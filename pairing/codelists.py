"""Code lists, read once for each process: labels in the reader's language, and what may be chosen on a day.

The whole table is small (some 500 rows). A process reads it again after ``AGE`` seconds, so that a list that
was loaded anew shows everywhere within that time; whoever changes it in this process calls ``forget``.
"""

import time
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.translation import get_language

from pairing.models.codes import Code

AGE = 300.0


class Entry(NamedTuple):
    """One code as it is kept in memory."""

    code: str
    label_zh: str
    label_en: str
    valid_from: date | None
    valid_to: date | None

    @property
    def label(self) -> str:
        """The label in the reader's language."""
        return self.label_en if (get_language() or "").startswith("en") else self.label_zh

    def holds(self, day: date) -> bool:
        """May this code be chosen on ``day``?"""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


_lists: dict[str, dict[str, Entry]] = {}
_read_at: float | None = None


def forget() -> None:
    """Read the table again at the next question."""
    global _read_at
    _read_at = None


def entries(list_name: str) -> dict[str, Entry]:
    """The codes of one list in their order, former ones included; empty for an unknown list."""
    global _lists, _read_at
    if _read_at is None or time.monotonic() - _read_at > AGE:
        lists: dict[str, dict[str, Entry]] = {}
        rows = Code.objects.order_by("list_name", "order", "code").values_list(
            "list_name", "code", "label_zh", "label_en", "valid_from", "valid_to"
        )
        for name, code, label_zh, label_en, first, last in rows:
            lists.setdefault(name, {})[code] = Entry(code, label_zh, label_en, first, last)
        # An empty table is a site that is being set up: ask again next time.
        _lists, _read_at = lists, time.monotonic() if lists else None
    return _lists.get(list_name, {})


def label(list_name: str, code: str) -> str:
    """The label of a code in the reader's language; the code itself where the list does not know it."""
    entry = entries(list_name).get(code)
    return entry.label if entry else code


def labels(list_name: str, codes: Iterable[str] | None = None) -> dict[str, str]:
    """Labels by code: of the whole list, or of ``codes`` in the order given."""
    if codes is not None:
        return {code: label(list_name, code) for code in codes}
    return {code: entry.label for code, entry in entries(list_name).items()}


def choices(list_name: str, day: date, *, keep: Iterable[str] = ()) -> list[tuple[str, str]]:
    """What may be chosen on ``day``, for a form. Values in ``keep`` are offered though they have ended."""
    kept = set(keep)
    known = entries(list_name)
    found = [(code, entry.label) for code, entry in known.items() if entry.holds(day) or code in kept]
    return found + [(code, code) for code in sorted(kept - known.keys() - {""})]


def holds(list_name: str, code: str, day: date) -> bool:
    """Is ``code`` in the list and may it be chosen on ``day``?"""
    entry = entries(list_name).get(code)
    return entry is not None and entry.holds(day)
