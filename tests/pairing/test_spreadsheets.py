"""Files from outside are read in a child that harms nobody; what we write opens harmlessly."""

import datetime as dt
import io
import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from pairing import spreadsheet_reader
from pairing.spreadsheets import (
    Limits,
    Merged,
    Table,
    Unreadable,
    cell_text,
    is_damaged,
    is_number,
    reading,
    write_workbook,
)


def book(*rows, **sheets) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    return made


def saved(made: openpyxl.Workbook) -> io.BytesIO:
    out = io.BytesIO()
    made.save(out)
    return out


def read(file: io.BytesIO, **limits) -> list[tuple[str, bool, list[Merged], list[list[str]]]]:
    with reading(file, Limits(**limits)) as sheets:
        return [(s.name, s.hidden, s.merged, list(s.rows)) for s in sheets]


def test_cells_are_text_that_knows_its_kind():
    ((_name, _hidden, _merged, (row,)),) = read(
        saved(book(["甲", 7, 2211.37, 629999195602040112, True, "007"]))
    )
    assert [cell_text(c) for c in row] == ["甲", "7", "2211.37", row[3][1:], "是", "007"]
    assert [is_number(c) for c in row] == [False, True, True, True, False, False]
    assert [is_damaged(c) for c in row] == [False, False, False, True, False, False]


def test_hidden_sheets_and_merged_ranges_are_known():
    made = book(["a", "b"], ["c", "d"])
    made.active.merge_cells("A1:A2")
    made.create_sheet("隐").sheet_state = "hidden"
    first, second = read(saved(made))
    assert first[2] == [Merged(0, 0, 1, 0)]
    assert (second[0], second[1]) == ("隐", True)


def test_rows_keep_their_numbers():
    made = openpyxl.Workbook()
    made.active["C4"] = "x"
    ((*_, rows),) = read(saved(made))
    assert rows[3][2] == "x"


def test_a_text_cell_cannot_pretend_to_be_a_number_or_a_mark():
    data = b"a,\x1f5,\x1dx\nb,\x1e,1\n" + b"plain,words,here\n" * 20
    ((*_, rows),) = read(io.BytesIO(data))
    assert rows[:2] == [["a", "5", "x"], ["b", "", "1"]]


def test_wrapped_values_are_unwrapped():
    ((*_, rows),) = read(io.BytesIO(b'"=""007""",b\n'))
    assert rows == [["007", "b"]]


@pytest.mark.parametrize(
    ("file", "limits", "code"),
    [
        (io.BytesIO(b""), {}, "empty"),
        (io.BytesIO(b"a,b\n" * 50), {"rows": 40}, "too_many_rows"),
        (io.BytesIO(b"a,b,c,d\n"), {"columns": 3}, "too_many_columns"),
        (io.BytesIO(b"a,b\n" * 50), {"size": 100}, "too_large"),
        (io.BytesIO(b"PK\x03\x04rubbish"), {}, "damaged"),
        (io.BytesIO(b"just words"), {}, "not_a_spreadsheet"),
        (io.BytesIO(b"a,b\n" + b"x" * (3 << 20)), {}, "long_cell"),
        (io.BytesIO(b"a,b" + b"x" * 25_000_000), {"megabytes": 60}, "too_large"),
    ],
)
def test_what_cannot_be_read_says_why(file, limits, code):
    with pytest.raises(Unreadable) as caught:
        read(file, **limits)
    assert caught.value.code == code
    assert caught.value.sentence


def test_a_child_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    slow = tmp_path / "spreadsheet_reader.py"
    slow.write_text("while True: pass")
    monkeypatch.setattr(Path, "with_name", lambda self, name: slow)
    start = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        read(io.BytesIO(b"a,b"), seconds=1)
    assert caught.value.code == "too_slow"
    assert time.monotonic() - start < 9


def children() -> set[str]:
    """The processes that this one has started and not yet buried."""
    parents = {
        p.parent.name: p.read_text().rpartition(")")[2].split()[1] for p in Path("/proc").glob("[0-9]*/stat")
    }
    return {child for child, parent in parents.items() if parent == str(os.getpid())}


def test_a_reader_who_stops_early_leaves_no_child_behind():
    before = children()
    with reading(io.BytesIO(b"a,b\n" * 50_000)) as sheets:
        next(next(sheets).rows)
        assert children() > before
    assert children() == before


def test_the_child_holds_no_keys_and_imports_nothing_of_ours():
    source = Path(spreadsheet_reader.__file__)
    script = (
        f"import sys, runpy; sys.argv = ['x', '512', '15', '10', '10'];"
        f"runpy.run_path({str(source)!r}, run_name='__main__');"
        "bad = [m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg2', 'pairing', 'households')];"
        "import os; print(bad, [k for k in os.environ if 'PAIRING' in k or 'KEY' in k], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], input=b"a,b\n", capture_output=True, env={}, check=True
    )
    assert done.stderr.decode().strip() == "[] []"


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    '",=1',
    "http://x.cn",
]


def test_what_we_write_is_text_and_stays_whole():
    out = io.BytesIO()
    rows = [["名", "数"], *([text, Decimal("1.5")] for text in FORMULAS), ["629999195602040112", 7]]
    write_workbook(out, [Table("导出[1]", rows, [20])], created=dt.datetime(2026, 3, 5, 8))
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    assert sheet.title == "导出1"
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert [cell.data_type for cell in sheet["B"]][1:] == ["n"] * (len(FORMULAS) + 1)
    assert sheet.cell(len(rows), 1).value == "629999195602040112"
    assert not sheet._hyperlinks
    ((*_, again),) = read(io.BytesIO(out.getvalue()))
    assert [row[0].strip() for row in again][1:-1] == [text.strip() for text in FORMULAS]


def test_the_same_rows_give_the_same_bytes_at_any_time():
    made = []
    for _ in range(2):
        out = io.BytesIO()
        write_workbook(out, [Table("导出", [["名"], ["甲"]])], created=dt.datetime(2026, 3, 5, 8))
        made.append(out.getvalue())
        time.sleep(1.1)  # the file's own clock counts seconds
    assert made[0] == made[1]
