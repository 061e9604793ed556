"""Finding the row of column titles in a sheet, and which column is which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from households.register.layouts import FIELDS, TITLES, fold_title
from pairing.spreadsheets import Merged, cell_text

#: Titles stand in one of the first rows, and so many cells of theirs must be known names.
TOP_ROWS = 15
LEAST_KNOWN = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its title as written there, and the field it is read as ("" for none)."""

    place: int
    title: str
    field: str
    known: bool
    repeated: bool = False


@dataclass(slots=True)
class Header:
    """The titles of one table: the first row below them (counted from 0), and the columns."""

    below: int
    columns: list[Column]
    places: dict[str, int] = field(default_factory=dict)
    titles: frozenset[str] = frozenset()

    def title_of(self, field_name: str) -> str:
        """The title, as in the file, of the column that holds a field; "" when there is none."""
        place = self.places.get(field_name)
        return "" if place is None else self.columns[place].title


def known_names(aliases: Mapping[str, str]) -> dict[str, str]:
    """Folded title -> field name, with a township's own titles over the built-in ones."""
    own = {fold_title(title): name for title, name in aliases.items() if name in FIELDS or name == ""}
    return {**TITLES, **own}


def find_header(
    rows: Sequence[Sequence[str]], merged: Sequence[Merged], names: Mapping[str, str]
) -> Header | None:
    """The titles among the top rows: the first row in which four cells are known names.

    Titles over two or three rows, joined by merged ranges, count as one; the lowest known part names it.
    """
    for top in range(min(len(rows), TOP_ROWS)):
        if _known(rows[top], names) >= LEAST_KNOWN:
            bottom = _bottom(top, merged)
            return _header(_joined(rows, merged, top, bottom), bottom + 1, names)
    return None


def is_header(row: Sequence[str], names: Mapping[str, str]) -> bool:
    """Whether this row further down is titles again: several files pasted together."""
    return _known(row, names) >= LEAST_KNOWN


def header_again(row: Sequence[str], below: int, names: Mapping[str, str]) -> Header:
    """The titles of a table pasted below: its columns may stand in another order."""
    return _header([[cell] for cell in row], below, names)


def _known(row: Sequence[str], names: Mapping[str, str]) -> int:
    return len({title for cell in row if cell and (title := fold_title(cell_text(cell))) in names})


def _bottom(top: int, merged: Sequence[Merged]) -> int:
    """The last row of the titles: merged ranges that begin here reach down into it."""
    return max([top, *(m.bottom for m in merged if m.top == top and m.bottom <= top + 2)])


def _joined(
    rows: Sequence[Sequence[str]], merged: Sequence[Merged], top: int, bottom: int
) -> list[list[str]]:
    """For each column its titles from top to bottom, merged ranges filled with their first cell."""
    last = min(bottom, len(rows) - 1)
    width = max(len(rows[number]) for number in range(top, last + 1))
    grid = [[*rows[n], *[""] * (width - len(rows[n]))] for n in range(top, last + 1)]
    for m in merged:
        if top <= m.top <= last:
            for number in range(m.top, min(m.bottom, last) + 1):
                for place in range(m.left, min(m.right, width - 1) + 1):
                    grid[number - top][place] = rows[m.top][m.left]
    return [[line[place] for line in grid] for place in range(width)]


def _header(parts: Sequence[Sequence[str]], below: int, names: Mapping[str, str]) -> Header:
    found = [_title(stack, names) for stack in parts]
    places: dict[str, int] = {}
    for place, (_, folded) in enumerate(found):
        name = names.get(folded, "")
        if name and (name not in places or _rank(folded, name) < _rank(found[places[name]][1], name)):
            places[name] = place
    seen: set[str] = set()
    columns: list[Column] = []
    for place, (title, folded) in enumerate(found):
        name = names.get(folded, "")
        columns.append(
            Column(place, title, name if places.get(name) == place else "", folded in names, folded in seen)
        )
        if folded:
            seen.add(folded)
    return Header(below, columns, places, frozenset(seen))


def _rank(folded: str, name: str) -> int:
    """The better title of two for one field: 姓名 before 户主姓名. A township's own title comes first."""
    titles = [fold_title(title) for title in FIELDS[name].titles]
    return titles.index(folded) if folded in titles else -1


def _title(stack: Sequence[str], names: Mapping[str, str]) -> tuple[str, str]:
    """The title as written and as compared: the lowest known part, else all parts joined."""
    parts = list(dict.fromkeys(cell_text(cell).strip() for cell in stack if cell.strip()))
    for part in reversed(parts):
        if fold_title(part) in names:
            return part, fold_title(part)
    joined = "".join(parts)
    return joined, fold_title(joined)
