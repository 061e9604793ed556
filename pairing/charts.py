"""Charts as inline SVG made on the server: bars and month strips in one hue, outlined, numbers inside.

They take the same table that makes the page and the spreadsheet. Colours are classes (static/css/look.css);
no style attribute, no script, and they print.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from pairing import wording

Text = str | Promise

# Units are CSS pixels on a phone of 360: the text is not scaled down there.
WIDTH = 360
ROW = 28
LABEL = 112
NAME_LENGTH = 14  # in half-width characters; longer names are cut here and whole in the description
CELL = 28
_numbers = count(1)


class Series(Protocol):
    """What a chart needs of a table: the words and the value of a column in each row."""

    @property
    def columns(self) -> Sequence[Any]: ...
    @property
    def rows(self) -> Sequence[Any]: ...
    @property
    def caption(self) -> Text: ...


def bars(table: Series, label: str, value: str, title: Text = "", description: Text = "") -> SafeString:
    """Horizontal bars in the table's own order: the column ``label`` names them, ``value`` is their length.

    Values are counts, not negative; none is drawn as a dash. Raises KeyError for an unknown column.
    """
    columns = {column.key: column for column in table.columns}
    names, figures = columns[label], columns[value]
    pairs = [(names.words(row), figures.of(row), figures.words(row)) for row in table.rows]
    longest = max((number or 0 for _n, number, _w in pairs), default=0) or 1
    room = WIDTH - LABEL - 52
    parts = []
    for place, (name, number, words) in enumerate(pairs):
        y = place * ROW
        length = round(room * (number or 0) / longest, 1)
        parts.append(
            f'<text class="chart-label" x="{LABEL - 8}" y="{y + 19}" text-anchor="end">'
            f"{escape(_cut(name))}</text>"
            f'<rect class="cell level-3" x="{LABEL}" y="{y + 4}" width="{length}" height="{ROW - 8}"/>'
            f'<text x="{LABEL + length + 6}" y="{y + 19}">{escape(words or wording.NOTHING)}</text>'
        )
    said = gettext("; ").join(f"{name} {words or wording.NOTHING}" for name, _v, words in pairs)
    return _svg(parts, len(pairs) * ROW or ROW, title or table.caption, description or said)


def month_strip(
    title: Text, months: Iterable[tuple[dt.date, int | None]], description: Text = ""
) -> SafeString:
    """A cell for each month with a share of 0–100 inside; None is an empty cell with a dash."""
    cells = list(months)
    parts, said = [], []
    for place, (month, share) in enumerate(cells):
        x, middle = place * CELL + 1, place * CELL + CELL / 2
        level = 0 if share is None else min(4, 1 + share // 25)
        words = wording.NOTHING if share is None else str(share)
        parts.append(
            f'<rect class="cell level-{level}" x="{x}" y="1" width="{CELL - 2}" height="30"/>'
            f'<text class="on-{level}" x="{middle}" y="21" text-anchor="middle">{words}</text>'
            f'<text class="chart-label" x="{middle}" y="46" text-anchor="middle">{month.month}</text>'
        )
        if month.month == 1 or (place == 0 and month.month < 12):
            parts.append(f'<text class="chart-label" x="{x}" y="62">{month.year}</text>')
        said.append(f"{wording.month(month)} {words}{'' if share is None else '%'}")
    return _svg(parts, 66, title, description or gettext("; ").join(said), CELL * (len(cells) or 1))


def _cut(name: str) -> str:
    """``name`` within the label's width; a Chinese character takes two places."""
    taken = 0
    for place, character in enumerate(name):
        taken += 1 if ord(character) < 0x1100 else 2
        if taken > NAME_LENGTH:
            return name[: max(place - 1, 1)] + "…"
    return name


def _svg(parts: Iterable[str], height: int, title: Text, description: Text, width: int = WIDTH) -> SafeString:
    number = next(_numbers)
    names = f"chart-{number}-title", f"chart-{number}-words"
    return mark_safe(  # noqa: S308  every text is escaped
        f'<svg class="chart" role="img" viewBox="0 0 {width} {height}" aria-labelledby="{" ".join(names)}">'
        f'<title id="{names[0]}">{escape(title)}</title><desc id="{names[1]}">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )
