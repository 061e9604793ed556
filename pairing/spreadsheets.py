"""Spreadsheets: reading files from outside in a limited child process, and writing harmless ones."""

import csv
import datetime as dt
import io
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Final, cast

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pairing.spreadsheet_reader import DATE, END, FIELD, NUMBER, SHEET

#: Why a file cannot be read, with the sentence for the reader.
SENTENCES: Final[dict[str, Promise]] = {
    "empty": _("The file is empty."),
    "not_a_spreadsheet": _("This is not a spreadsheet. Please choose an .xlsx, .xls or .csv file."),
    "web_page": _(
        "This is a web page that only carries a spreadsheet's name. "
        "Open it in WPS or Excel, save it as .xlsx, and choose that file."
    ),
    "password": _("The file is protected with a password. Please save it without one and choose it again."),
    "too_large": _("The file is too large. Please divide it, for instance by township."),
    "too_many_rows": _("The file has too many rows. Please divide it, for instance by township."),
    "too_many_columns": _("The file has too many columns. Please remove those right of the table."),
    "damaged": _(
        "The file is damaged, or has cells far outside its table. "
        "Open it in WPS or Excel, copy the table into a new file, and choose that file."
    ),
    "long_cell": _(
        "A cell holds more text than a table can. Is a quotation mark missing? "
        "Please copy the table into a new file and choose that file."
    ),
    "encoding": _("The characters of this text file cannot be read. Please save it as .xlsx."),
    "too_slow": _(
        "Reading this file takes too long. Please copy the table into a new file and choose that file."
    ),
}


class Unreadable(Exception):
    """A file that cannot be read. `code` is a key of `SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """The sentence for the reader, in his language."""
        return str(SENTENCES[self.code])


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: bytes on disk, the child's memory and processor time, rows and columns."""

    size: int = 30 << 20
    megabytes: int = 512
    seconds: int = 15
    rows: int = 110_000
    columns: int = 400


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged range, from its first to its last cell, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet. `rows` can be gone through once, before the next sheet is asked for.

    Cells are text. Those of number cells begin with `NUMBER`, of date cells with `DATE`: see `cell_text`.
    """

    name: str
    hidden: bool
    merged: list[Merged]
    rows: Iterator[list[str]]


def is_number(cell: str) -> bool:
    """Whether the cell was a number in the spreadsheet."""
    return cell[:1] == NUMBER


def is_damaged(cell: str) -> bool:
    """Whether this was a number of more than 15 digits: the rest was lost when the spreadsheet was saved."""
    return cell[:1] == NUMBER and len(cell.partition(".")[0].lstrip(NUMBER + "-")) > 15


def cell_text(cell: str) -> str:
    """The cell's text without the mark of its kind."""
    return cell[1:] if cell[:1] in {NUMBER, DATE} else cell


@contextmanager
def reading(file: IO[bytes], limits: Limits | None = None) -> Iterator[Iterator[Sheet]]:
    """Read a spreadsheet (xlsx, xls, ods, csv in UTF-8, UTF-16 or GB18030), sheet after sheet, in a child.

    The child is limited and knows nothing; whatever the file does to it, this raises Unreadable, at the
    latest with the last row. The kind of file is judged by its content, never by its name.
    """
    limits = limits or Limits()
    with tempfile.TemporaryFile() as copy:  # nameless on disk, and the child needs a real file
        file.seek(0)
        shutil.copyfileobj(file, copy)
        if copy.tell() > limits.size:
            raise Unreadable("too_large")
        copy.seek(0)
        costs = map(str, (limits.megabytes, limits.seconds, limits.rows, limits.columns))
        child = subprocess.Popen(  # noqa: S603 (our own file, fixed arguments)
            [sys.executable, "-I", "-B", str(Path(__file__).with_name("spreadsheet_reader.py")), *costs],
            stdin=copy,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
    patience = threading.Timer(limits.seconds * 3, child.kill)
    patience.start()
    with io.TextIOWrapper(cast(IO[bytes], child.stdout), encoding="utf-8", newline="") as text:
        try:
            yield _sheets(child, text)
        finally:
            patience.cancel()
            child.kill()
            child.wait()


def _sheets(child: "subprocess.Popen[bytes]", text: IO[str]) -> Iterator[Sheet]:
    """The child's rows, cut at its marks."""
    csv.field_size_limit(FIELD)
    lines = csv.reader(text)
    ahead: list[str] = []

    def rows() -> Iterator[list[str]]:
        nonlocal ahead
        try:
            for line in lines:
                if line and line[0] in {SHEET, END}:
                    ahead = line
                    return
                yield line
        except csv.Error:
            raise Unreadable("long_cell") from None
        ahead = [END, _cause_of_death(child)]

    for _line in rows():
        raise Unreadable("damaged")
    while ahead[0] == SHEET:
        _mark, name, hidden, merged = ahead
        of_this = rows()
        yield Sheet(name, bool(hidden), [Merged(*range_) for range_ in json.loads(merged)], of_this)
        for _line in of_this:  # what the reader left unread
            pass
        _check_end(ahead)
    _check_end(ahead)


def _check_end(ahead: list[str]) -> None:
    if ahead[0] == END and ahead[1]:
        raise Unreadable(ahead[1] if ahead[1] in SENTENCES else "damaged")


def _cause_of_death(child: "subprocess.Popen[bytes]") -> str:
    """A child that ended without a word: killed for its time (SIGXCPU, SIGKILL), or aborted over the file."""
    return "too_slow" if child.wait() in {-9, -24} else "damaged"


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet to write: a name, rows of values with the title row first, and column widths in characters."""

    name: str
    rows: Iterable[Sequence[str | int | Decimal | dt.date | None]]
    widths: Sequence[int] = ()


def write_workbook(target: IO[bytes], tables: Iterable[Table], *, created: dt.datetime) -> None:
    """Write an xlsx file with little memory. Text stays text: no formula, link or number is guessed from it.

    Give identity, phone and account numbers as text. Text past a cell's 32,767 characters is cut. ``created``
    is the moment that the file names as its own: the same rows give the same bytes, whenever they are asked for.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": created})
        text, title = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
        for table in tables:
            sheet = book.add_worksheet("".join(c for c in table.name if c not in "[]:*?/\\'")[:31])
            sheet.freeze_panes(1, 0)
            for place, width in enumerate(table.widths):
                sheet.set_column(place, place, width)
            for number, row in enumerate(table.rows):
                for place, value in enumerate(row):
                    if isinstance(value, int | Decimal):
                        sheet.write_number(number, place, value)
                    elif value is not None and value != "":
                        sheet.write_string(number, place, str(value)[:32767], text if number else title)
