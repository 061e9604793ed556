"""Lists as pages: tables made in Python, pages by keyset, counts up to a cap.

Rows are plain mappings (``queryset.values(…)``) or objects; cells become HTML in Python, because in lists the
template, not the query, takes the time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, Count, F, Func, Model, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from pairing import wording
from pairing.icons import badge, icon

Text = str | Promise
Kind = Literal["text", "number", "yuan", "date", "moment", "month", "state", "yes_no"]
#: A state's word and tone, or its word, tone and icon.
State = tuple[Text, str] | tuple[Text, str, str]

PAGE_SIZE = 50
COUNT_LIMIT = 1000
NOTHING_HERE = gettext_lazy("Nothing here.")


@dataclass(frozen=True)
class Column:
    """One column.

    ``key`` is the row's key or attribute; ``value`` replaces it where the cell is worked out from the row.
    ``states`` gives word and tone for each stored value of a ``state``; ``labels`` words for coded text.
    ``link`` makes the cell a link (None: plain). ``sort`` is the name in ``?sort=``.
    """

    key: str
    label: Text
    kind: Kind = "text"
    value: Callable[[Any], Any] | None = None
    link: Callable[[Any], str | None] | None = None
    states: Mapping[Any, State] = field(default_factory=dict)
    labels: Mapping[Any, Text] = field(default_factory=dict)
    sort: str = ""

    def of(self, row: Any) -> Any:
        """The value of this column in ``row``: as stored, not yet in words."""
        if self.value is not None:
            return self.value(row)
        return row.get(self.key) if isinstance(row, Mapping) else getattr(row, self.key)

    def words(self, row: Any) -> str:
        """The cell as plain text in the reader's language; empty when nothing is known."""
        value = self.of(row)
        if value is None or value == "":
            return ""
        if self.kind == "state" and value in self.states:
            return str(self.states[value][0])
        if self.labels:
            return str(self.labels.get(value, value))
        return _WORDS.get(self.kind, str)(value)

    def html(self, row: Any) -> str:
        """The inside of the cell as safe HTML."""
        value = self.of(row)
        if self.kind == "state" and value in self.states:
            return badge(*self.states[value])
        text = escape(self.words(row))
        url = self.link(row) if self.link and text else None
        return f'<a href="{escape(url)}">{text}</a>' if url else text


def _yes_no(value: Any) -> str:
    return gettext("yes") if value else gettext("no")


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, (int, float)) or hasattr(value, "quantize") else str(value)


_WORDS: dict[str, Callable[[Any], str]] = {
    "number": _number,
    "yuan": lambda value: f"{value:,.2f}",
    "date": wording.day,
    "moment": wording.moment,
    "month": wording.month,
    "yes_no": _yes_no,
}
_FIGURES = frozenset({"number", "yuan"})
_BLANK = f'<span class="none">{wording.NOTHING}</span>'


@dataclass(frozen=True)
class Table:
    """Columns and rows. The first column names the row: its header, and the title of the card on a phone.

    ``sort`` is the chosen order (``name`` or ``-name``), ``query`` the other parameters that heads keep.
    """

    columns: Sequence[Column]
    rows: Sequence[Any]
    caption: Text = ""
    empty: Text = NOTHING_HERE
    sort: str = ""
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def html(self) -> SafeString:
        """The whole ``<table>``: heads with ``scope``, cells with ``data-label`` for the cards of a phone.

        The roles look redundant, but a table shown as blocks loses its own in the browser.
        """
        caption = f"<caption>{escape(str(self.caption))}</caption>" if self.caption else ""
        heads = "".join(self._head(column) for column in self.columns)
        first = self.columns[0]
        rest = [
            (c, f'<td role="cell" data-label="{escape(str(c.label))}"{_css(c)}>') for c in self.columns[1:]
        ]
        lines = []
        for row in self.rows:
            cells = [f'<tr role="row"><th role="rowheader" scope="row">{first.html(row)}</th>']
            for column, opening in rest:
                inside = column.html(row)
                cells.append(f"{opening}{inside}</td>" if inside else f"{opening}{_BLANK}</td>")
            lines.append("".join(cells) + "</tr>")
        return mark_safe(  # noqa: S308  every part is escaped above
            f'<table class="rows" role="table">{caption}'
            f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
            f'<tbody role="rowgroup">{"".join(lines)}</tbody></table>'
        )

    def _head(self, column: Column) -> str:
        label = escape(str(column.label))
        css = _css(column)
        if not column.sort:
            return f'<th role="columnheader" scope="col"{css}>{label}</th>'
        up, down = self.sort == column.sort, self.sort == f"-{column.sort}"
        state = "ascending" if up else "descending" if down else "none"
        mark = icon("chevron-up" if up else "chevron-down" if down else "chevron-up-down", 16)
        target = urlencode({**self.query, "sort": f"-{column.sort}" if up else column.sort})
        return (
            f'<th role="columnheader" scope="col"{css} aria-sort="{state}">'
            f'<a href="?{escape(target)}">{label}{mark}</a></th>'
        )


def _css(column: Column) -> str:
    """The class attribute of a cell; plain text needs none."""
    if column.kind in _FIGURES:
        return ' class="number"'
    return "" if column.kind == "text" else f' class="is-{column.kind}"'


# --- pages by keyset ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """One page of rows. ``after`` and ``before`` are the public ids to ask the neighbours with, or empty.

    The cursor is a row's public id, not its sort values: addresses land in logs.
    """

    rows: list[Any]
    after: str = ""
    before: str = ""


def keyset_page(
    queryset: QuerySet[Any, Any],
    order: Sequence[str],
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
) -> Page:
    """The ``size`` rows after (or before) the row with that public id, in ``order``.

    ``order`` are field names with an optional ``-``; the last one must be unique. ``queryset`` may end in
    ``values(…)``, which must then contain ``public_id``. An unknown or hidden cursor gives the first page.
    """
    cursor, backwards = (before, True) if before and not after else (after, False)
    anchor = _anchor(queryset, order, cursor)
    if anchor is None:
        backwards = False
    direction = [_turned(name) for name in order] if backwards else list(order)
    rows = queryset.order_by(*direction)
    if anchor is not None:
        rows = rows.filter(_beyond(queryset.model, direction, anchor))
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    further = more if not backwards else True
    earlier = anchor is not None if not backwards else more
    return Page(found, _public_id(found[-1]) if further else "", _public_id(found[0]) if earlier else "")


def capped_count(queryset: QuerySet[Any, Any], limit: int = COUNT_LIMIT) -> str:
    """How many rows there are, as text; above ``limit`` only ``1000+``: a province costs no more."""
    number = queryset.order_by()[: limit + 1].count()
    return f"{limit}+" if number > limit else str(number)


def number_of(queryset: QuerySet[Any, Any], **more: Any) -> QuerySet[Any, Any]:
    """One row: how many rows there are, and ``more`` sums; for reading several such numbers in one query."""
    return (
        queryset.order_by()
        .select_related(None)
        .annotate(whole=Value(1))
        .values_list("whole")
        .annotate(number=Count("pk"), **more)
        .values_list("number", *more)
    )


def _public_id(row: Any) -> str:
    return str(row["public_id"] if isinstance(row, Mapping) else row.public_id)


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _anchor(queryset: QuerySet[Any, Any], order: Sequence[str], cursor: str) -> tuple[Any, ...] | None:
    """The sort values of the row that the cursor names, if the reader may see that row."""
    try:
        public_id = UUID(cursor)
    except ValueError:
        return None
    names = [name.lstrip("-") for name in order]
    return queryset.order_by().filter(public_id=public_id).values_list(*names).first()


def _never_null(model: type[Model], name: str) -> bool:
    """Is ``name`` a plain column that cannot be NULL? Annotations and joined columns may be."""
    try:
        return name == "pk" or not model._meta.get_field(name).null
    except FieldDoesNotExist:
        return False


def _beyond(model: type[Model], order: Sequence[str], anchor: Iterable[Any]) -> Q:
    """Rows strictly after ``anchor`` in ``order``; NULL sorts as PostgreSQL does, last or first falling."""
    names = [name.lstrip("-") for name in order]
    falling = [name.startswith("-") for name in order]
    values = list(anchor)
    if len(set(falling)) == 1 and all(_never_null(model, name) for name in names):
        # One comparison of whole rows: the index leads straight to the place, however far down it is.
        ours = Func(*map(F, names), function="ROW", output_field=BooleanField())
        theirs = Func(*map(Value, values), function="ROW", output_field=BooleanField())
        return Q(LessThan(ours, theirs) if falling[0] else GreaterThan(ours, theirs))
    beyond, same = Q(pk__in=[]), Q()
    for name, down, value in zip(names, falling, values, strict=True):
        if value is None:
            further = Q(**{f"{name}__isnull": False}) if down else Q(pk__in=[])
            equal = Q(**{f"{name}__isnull": True})
        else:
            further = Q(**{f"{name}__{'lt' if down else 'gt'}": value})
            if not down:
                further |= Q(**{f"{name}__isnull": True})
            equal = Q(**{name: value})
        beyond |= same & further
        same &= equal
    return beyond
