"""From an uploaded register to households and their members: one pure pipeline, no database.

Sources of its rules: what registers of townships look like (repeated titles, totals, merged cells, several
files pasted together). A register says nothing about who is absent from it: absence is a question, never a
deletion.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import itemgetter
from typing import IO, Any, Final

from households import checks
from households.checks import HEAD, Problem, Weight
from households.register.layouts import FIELDS, OTHER, Layout, Level, fold_title, recognise
from households.register.rows import (
    SHEET_STEP,
    HouseholdRows,
    Member,
    NotARegister,
    Register,
    Said,
    Skip,
    family_problems,
)
from households.register.titles import (
    TOP_ROWS,
    Header,
    find_header,
    header_again,
    is_header,
    known_names,
)
from households.register.values import Codes, Reader, Value, reader_of
from pairing.numbers import Identity
from pairing.spreadsheets import Limits, Merged, Sheet, cell_text, reading
from pairing.wording import listed

_TOTAL: Final = re.compile(r"[合总小共]\s*计")
_SUSPECT: Final = frozenset("合总小共注")  # how totals and notes begin
_NOTE: Final = re.compile(
    r"(?:注[:：]|备注[:：]|说明[:：]|填表说明|填报说明|填表人|制表|审核人|填报单位|负责人[:：])"
)


def read_register(
    file: IO[bytes],
    *,
    codes: Codes,
    today: dt.date,
    aliases: Mapping[str, str] | None = None,
    include_hidden: bool = False,
    limits: Limits | None = None,
) -> Register:
    """Read a register of households.

    `codes` has for each code list its codes by folded label and alias; `aliases` the township's own titles
    (title -> field name). Hidden sheets are read only when asked for. Raises pairing.spreadsheets.Unreadable
    for a file that cannot be opened, NotARegister for one that is something else.
    """
    names = known_names(aliases or {})
    register = Register(OTHER, [], [], dict.fromkeys(Skip, 0), [], [])
    with reading(file, limits) as sheets:
        for place, sheet in enumerate(sheets):
            top = list(islice(sheet.rows, TOP_ROWS + 3))
            header = find_header(top, sheet.merged, names)
            if header is None:
                continue
            if sheet.hidden and not include_hidden:
                register.hidden_sheets.append(sheet.name)
                continue
            if not register.sheets:
                register.layout = recognise(header.titles)
                register.columns = header.columns
                register.whole = not _is_of_heads(header)
            _check_columns(header, register.layout)
            register.sheets.append(sheet.name)
            rows = chain(islice(top, header.below, None), sheet.rows)
            _Table(register, names, codes, today, place * SHEET_STEP).read(header, rows, sheet)
    if not register.sheets and not register.hidden_sheets:
        raise NotARegister("register.no_titles")
    if not register.households and not register.hidden_sheets:
        raise NotARegister("register.no_rows")
    return register


def _check_columns(header: Header, layout: Layout) -> None:
    if not layout.household:
        raise NotARegister("register.helpers" if layout.code == "L7" else "register.villages")
    missing = [] if "name" in header.places else ["姓名"]
    grouped = {"relation", "file_number"} & header.places.keys() or _is_of_heads(header)
    if not grouped:
        missing.append("与户主关系")
    if missing:
        raise NotARegister("register.columns", titles=listed(missing))


def _is_of_heads(header: Header) -> bool:
    """A list with a row for each household: its name column is the head's."""
    return "relation" not in header.places and fold_title(header.title_of("name")).startswith("户主")


class _Remembering(dict[str, Value]):
    """Reads each text once. Half the cells of a register are one of a few words."""

    def __init__(self, read: Reader) -> None:
        self._read = read

    def __missing__(self, cell: str) -> Value:
        value = self[cell] = self._read(cell)
        return value


class _Table:
    """The rows of one sheet on their way into households."""

    def __init__(
        self, register: Register, names: Mapping[str, str], codes: Codes, today: dt.date, base: int
    ) -> None:
        self.register, self.names, self.today, self.base = register, names, today, base
        self.by_number: dict[str, HouseholdRows] = {}
        self.raw: dict[int, tuple[str, ...]] = {}  # household cells as first seen, by id of the household
        self.told: set[tuple[int, str, str]] = (
            set()
        )  # what is said of a household once, however many its rows
        self.open: HouseholdRows | None = None  # where rows without a number belong
        self.readers = {name: _Remembering(reader_of(known, codes, today)) for name, known in FIELDS.items()}

    def read(self, header: Header, rows: Iterable[list[str]], sheet: Sheet) -> None:
        """Go through the rows below the titles."""
        self.use(header)
        filled = _filled(rows, sheet.merged, header.below)
        skipped, base, step = self.register.skipped, self.base + 1, 0
        for step, row in enumerate(filled, header.below):
            if len(row) < self.width:
                row += [""] * (self.width - len(row))
            name = row[self.name_place]
            if name and not self.is_words(name) and row[0][:1] not in _SUSPECT:
                self.take(base + step, row)
                continue
            kind = self.no_member(row)
            if kind is None:
                self.take(base + step, row)
                continue
            skipped[kind] += 1
            if kind is Skip.TITLES:
                self.use(header_again(row, step + 1, self.names))
        self.finish()

    def use(self, header: Header) -> None:
        """Read the rows that follow by these titles."""
        if "name" not in header.places:
            raise NotARegister("register.columns", titles="姓名")
        self.header = header
        self.width = len(header.columns)
        self.name_place = header.places["name"]
        self.of_heads = _is_of_heads(header)

        def columns(level: Level) -> list[tuple[str, int, _Remembering]]:
            return [
                (name, place, self.readers[name])
                for name, place in header.places.items()
                if FIELDS[name].level is level
            ]

        self.member_columns = [c for c in columns(Level.MEMBER) if c[0] != "id_number"]
        self.household_columns = columns(Level.HOUSEHOLD)
        self.place_columns = columns(Level.PLACE)
        self.identity_place = header.places.get("id_number")
        self.number_place = header.places.get("file_number")
        shared = [place for _, place, _ in self.household_columns + self.place_columns]
        self.shared: Callable[[list[str]], Any] = itemgetter(*shared) if shared else lambda row: ()

    def is_words(self, name: str) -> bool:
        """Whether the name cell holds a title or a total instead of a name."""
        return bool(_TOTAL.match(name)) or fold_title(name) in self.names

    def no_member(self, row: Sequence[str]) -> Skip | None:
        """Why a row is no member; None when it is one after all."""
        cells = [text for cell in row if (text := cell_text(cell).strip("\ufffd \t\r\n\u3000"))]
        if not cells:
            return Skip.BLANK
        if is_header(row, self.names):
            return Skip.TITLES
        is_total = _TOTAL.match if row[self.name_place] else _TOTAL.search  # 上寨村小计
        if any(is_total(text) for text in cells[:3]):
            return Skip.TOTAL
        if len(cells) == 1 or _NOTE.match(cells[0]):
            return Skip.NOTE
        return None

    def take(self, number: int, row: list[str]) -> None:
        """One member's row."""
        said: list[Said] = []
        values: dict[str, Any] = {}
        title_of = self.header.title_of
        for name, place, reader in self.member_columns:
            value, problem = reader[row[place]]
            values[name] = value
            if problem is not None:
                said.append(Said(number, title_of(name), problem))
        identity: Identity | None = None
        if self.identity_place is not None:
            identity, problem = self.readers["id_number"]._read(row[self.identity_place])
            if problem is not None:
                said.append(Said(number, title_of("id_number"), problem))
                if problem.code == "identity.damaged":
                    values["damaged"] = cell_text(row[self.identity_place])[:15]
        if self.of_heads:
            values["relation"] = HEAD
        self.check(number, values, identity, said)
        household = self.household_of(number, row, values)
        household.members.append(Member(number, values, identity, said))

    def check(self, number: int, values: dict[str, Any], identity: Identity | None, said: list[Said]) -> None:
        """What must hold between the fields of one row."""
        birth, sex = values.get("birth_date"), values.get("sex", "")
        found: checks.Problems = checks.NONE
        if birth or sex:
            found += checks.check_identity(identity, sex=sex, birth=birth, today=self.today)
        if not any(s.problem.field == "relation" for s in said):
            found += checks.check_relation(
                values.get("relation", ""), sex or (identity.sex if identity else "")
            )
        if len(values.get("health", ())) > 1:
            found += checks.check_health(values["health"])
        if "education" in values and "schooling" in values:
            found += checks.check_schooling(values["education"], values["schooling"])
        for problem in found:
            said.append(Said(number, self.header.title_of(problem.field), problem))

    def household_of(self, number: int, row: list[str], values: dict[str, Any]) -> HouseholdRows:
        """The household of a row: by its number; without one, a new household begins at each head."""
        shared = self.shared(row)
        file_number = ""
        if self.number_place is not None:
            file_number, _problem = self.readers["file_number"][row[self.number_place]]
        household = self.by_number.get(file_number)
        if not file_number and values.get("relation") != HEAD:
            household = self.open
        if household is None:
            household = self.begin(number, row, file_number)
            self.raw[id(household)] = shared
        elif shared != self.raw[id(household)]:
            self.compare(number, row, household)
        self.open = household
        return household

    def begin(self, number: int, row: list[str], file_number: str) -> HouseholdRows:
        """A household seen for the first time."""
        household = HouseholdRows(file_number, {}, {})
        for name, place, reader in self.place_columns:
            household.place[name], _problem = reader[row[place]]
        for name, place, reader in self.household_columns:
            value, problem = reader[row[place]]
            household.values[name] = value
            if problem is not None:
                self.tell(household, number, problem)
        if file_number:
            self.by_number[file_number] = household
        self.register.households.append(household)
        return household

    def compare(self, number: int, row: list[str], household: HouseholdRows) -> None:
        """A further row of a household: blanks take what stands above; another value is asked about."""
        for name, place, reader in self.place_columns:
            value, _problem = reader[row[place]]
            if value and not household.place.get(name):
                household.place[name] = value
            elif value and value != household.place[name]:
                self.tell(household, number, Problem("household.place", name))
        for name, place, reader in self.household_columns:
            value, problem = reader[row[place]]
            blank = value in ("", None, ())
            if problem is not None:
                self.tell(household, number, problem)
            if blank:
                if name == "file_number" and problem is None and household.number:
                    self.tell(household, number, Problem("household.number", name, Weight.DOUBT))
                continue
            if household.values.get(name) in ("", None, ()):
                household.values[name] = value
            elif value != household.values[name]:
                self.tell(household, number, Problem("household.differs", name, Weight.DOUBT))

    def tell(self, household: HouseholdRows, number: int, problem: Problem) -> None:
        """Say once for a household what one of its rows shows."""
        key = (id(household), problem.code, problem.field)
        if key not in self.told:
            self.told.add(key)
            household.said.append(Said(number, self.header.title_of(problem.field), problem))

    def finish(self) -> None:
        """What must hold for each household as a whole."""
        titles = {name: self.header.title_of(name) for name in FIELDS}
        for household in self.register.households:
            if not household.members or household.members[0].row // SHEET_STEP != self.base // SHEET_STEP:
                continue
            first = household.members[0].row
            for problem in family_problems(household, whole=not self.of_heads):
                household.said.append(Said(first, titles.get(problem.field, ""), problem))


def _filled(rows: Iterable[list[str]], merged: Sequence[Merged], below: int) -> Iterator[list[str]]:
    """The rows with merged cells filled downwards from their first; a blank outside a range stays blank."""
    tall = sorted((m for m in merged if m.bottom > m.top and m.bottom >= below), key=lambda m: m.top)
    if not tall:
        yield from rows
        return
    running: list[tuple[Merged, str]] = []
    for number, row in enumerate(rows, below):
        while tall and tall[0].top <= number:
            m = tall.pop(0)
            if m.top == number and m.left < len(row):
                running.append((m, row[m.left]))
        running = [(m, cell) for m, cell in running if m.bottom >= number]
        for m, cell in running:
            if m.left < len(row) and not row[m.left]:
                row[m.left] = cell
        yield row
