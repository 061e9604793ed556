"""Charts as inline SVG made on the server: month strips in one hue, outlined, numbers inside.

Colours are classes (static/css/look.css);
no style attribute, no script, and they print.
"""

import datetime as dt
from collections.abc import Iterable
from itertools import count

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from pairing import wording

Text = str | Promise

CELL = 28  # CSS pixels: twelve of them on a phone of 360 are not scaled down
HEAD = 34  # above the cells: year and month; office.css pulls rows without them up by as much
_numbers = count(1)


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
            f'<rect class="cell level-{level}" x="{x}" y="{HEAD}" width="{CELL - 2}" height="30"/>'
            f'<text class="on-{level}" x="{middle}" y="{HEAD + 20}" text-anchor="middle">{words}</text>'
            f'<text class="chart-label" x="{middle}" y="28" text-anchor="middle">{month.month}</text>'
        )
        if month.month == 1 or (place == 0 and month.month < 12):
            parts.append(f'<text class="chart-label" x="{x}" y="11">{month.year}</text>')
        said.append(f"{wording.month(month)} {words}{'' if share is None else '%'}")
    return _svg(parts, HEAD + 31, title, description or wording.clauses(said), CELL * (len(cells) or 1))


def _svg(parts: Iterable[str], height: int, title: Text, description: Text, width: int) -> SafeString:
    number = next(_numbers)
    names = f"chart-{number}-title", f"chart-{number}-words"
    return mark_safe(  # noqa: S308  every text is escaped
        f'<svg class="chart" role="img" viewBox="0 0 {width} {height}" aria-labelledby="{" ".join(names)}">'
        f'<title id="{names[0]}">{escape(title)}</title><desc id="{names[1]}">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )
