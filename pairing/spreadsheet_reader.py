"""The child that opens files from outside: it may run out of memory or time, or abort, and harms nobody.

Started by `pairing.spreadsheets` as `python -I -B spreadsheet_reader.py MEGABYTES SECONDS ROWS COLUMNS`, with
the file as standard input and a bare environment. It imports nothing of the project, so it holds no keys.
On standard output it writes csv: for every sheet a row (SHEET, name, "hidden" or "", merged ranges as JSON),
then the rows; at the end a row (END, "") or (END, code). A number cell begins with NUMBER, a date cell
with DATE.
"""

import csv
import io
import json
import os
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

SHEET, END, NUMBER, DATE = "\x1d", "\x1e", "\x1f", "\x1c"
MARKS = SHEET + END + NUMBER + DATE
UNPACKED = 400 << 20
FIELD = 2 << 20  # characters of one cell; what is longer than a field takes is said at its row


class Stop(Exception):
    """The file cannot be read; the argument is the code that the parent understands."""


def limit(megabytes: int, seconds: int) -> None:
    """Take from this process what it does not need: memory, time, files, core dumps."""
    for kind, most in (
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def cell_text(value: object) -> str:
    """A cell as marked text. Whole numbers lose their ".0"; ="…" loses its wrapping."""
    if isinstance(value, str):
        text = value
        if text.startswith('="') and text.endswith('"') and len(text) > 2:
            text = text[2:-1]
        return text.lstrip(MARKS) if text[:1] in MARKS else text
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return NUMBER + (str(int(value)) if value == value // 1 and abs(value) < 1e300 else repr(value))
    return DATE + str(value)


def sheets_of_workbook(file: BinaryIO, columns: int) -> Iterator[list[str]]:
    """The sheets of an xlsx or xls file: a line about each, then its rows. Raises Stop past ``columns``."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(file)
    for place, about in enumerate(book.sheets_metadata):
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(place)
        hidden = "" if about.visible == SheetVisibleEnum.Visible else "hidden"
        merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
        yield [SHEET, about.name, hidden, json.dumps(merged)]
        if sheet.start is None or sheet.end is None:
            continue
        if sheet.end[1] >= columns:
            raise Stop("too_many_columns")
        before = [""] * (sheet.end[1] + 1 - sheet.width)
        for row in sheet.iter_rows():
            cells = [v if type(v) is str and (v == "" or "\x1f" < v[0] != "=") else cell_text(v) for v in row]
            yield before + cells if before and len(cells) == sheet.width else cells


def decoded(data: bytes) -> str:
    """The text of a csv file in UTF-8, UTF-16 or GB18030, with or without a byte order mark."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if wide else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Stop("encoding")


def sheets_of_text(file: BinaryIO, columns: int) -> Iterator[list[str]]:
    """The same for a csv file, as one sheet. Raises Stop for a web page and past ``columns``."""
    text = decoded(file.read())
    start = text[:4000]
    if any(tag in start.lower() for tag in ("<html", "<table", "<?xml", "<!doctype")):
        raise Stop("web_page")
    if sum(c < " " and c not in "\t\r\n" for c in start) * 50 > len(start):
        raise Stop("not_a_spreadsheet")
    first = start.splitlines()[:20]
    delimiter = max(",\t;|", key=lambda d: sum(line.count(d) for line in first))
    if max((line.count(delimiter) for line in first), default=0) < 1:
        raise Stop("not_a_spreadsheet")
    csv.field_size_limit(FIELD)
    yield [SHEET, "", "", "[]"]
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        if len(row) > columns:
            raise Stop("too_many_columns")
        yield [cell_text(cell) for cell in row]


def reader_for(file: BinaryIO) -> Callable[[BinaryIO, int], Iterator[list[str]]]:
    """Judge by the content, never by the name."""
    head = file.read(8)
    file.seek(0)
    if not head:
        raise Stop("empty")
    if head.startswith(b"PK"):
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
        except zipfile.BadZipFile:
            raise Stop("damaged") from None
        if sum(entry.file_size for entry in entries) > UNPACKED:
            raise Stop("too_large")
        if not {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & {entry.filename for entry in entries}:
            raise Stop("not_a_spreadsheet")
    elif head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        data = file.read()
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Stop("password")
        if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
            raise Stop("not_a_spreadsheet")
    elif head.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ")
    ):
        raise Stop("not_a_spreadsheet")
    else:
        return sheets_of_text
    file.seek(0)
    return sheets_of_workbook


def main() -> None:
    """Read the file on standard input within the limits of the arguments; write its lines to standard output."""
    megabytes, seconds, rows, columns = map(int, sys.argv[1:])
    limit(megabytes, seconds)
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline="")
    write = csv.writer(out, lineterminator="\r\n").writerow  # so that a lone \r is quoted too
    outcome, filled = "", 0
    try:
        file = os.fdopen(0, "rb", closefd=False)
        for row in reader_for(file)(file, columns):
            if row[:1] != [SHEET]:
                filled += any(row)
                if filled > rows:
                    raise Stop("too_many_rows")
            write(row)
    except Stop as stop:
        outcome = str(stop)
    except MemoryError:
        outcome = "too_large"
    except csv.Error:
        outcome = "long_cell"
    except Exception as error:
        outcome = "password" if type(error).__name__ == "PasswordError" else "damaged"
    write([END, outcome])
    out.flush()


if __name__ == "__main__":
    main()
