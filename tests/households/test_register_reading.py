"""Registers in every state are read into households, or refused with a sentence; nothing else happens."""

import csv
import datetime as dt
import io
from functools import cache
from pathlib import Path

import pytest

from households.register.reading import read_register
from households.register.rows import SHEET_STEP, NotARegister
from pairing import numbers
from pairing.spreadsheets import Limits, Unreadable
from tests.households import register_cases as cases
from tests.households import register_files as files

TODAY = dt.date(2026, 11, 22)
LIMITS = Limits(rows=1_000)  # the corpus has a file just above


@cache
def codes():
    """The code lists straight from their file: reading needs no database."""
    path = Path(__file__).resolve().parents[2] / "pairing" / "data" / "codes.csv"
    lists: dict[str, dict[str, str]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for label in (row["label_zh"], *row["aliases"].split("|")):
                if label:
                    lists.setdefault(row["list"], {}).setdefault(numbers.fold_label(label), row["code"])
    return lists


def read(data: bytes, **options):
    return read_register(io.BytesIO(data), codes=codes(), today=TODAY, limits=LIMITS, **options)


@pytest.mark.parametrize("case", cases.GOOD, ids=lambda c: c.name)
def test_good_variants_say_the_same(case):
    register = read(case.make())
    assert len(register.households) == case.households
    assert sum(len(h.members) for h in register.households) == case.members
    assert [(s.problem.code, s.column, s.row % SHEET_STEP) for s in register.problems()] == []
    assert {kind: n for kind, n in register.skipped.items() if n and kind != "blank"} == case.skipped
    first = register.households[0]
    assert first.place["village"] == "清凉寺村"
    assert first.head.values["name"] == "赵福国"
    assert first.head.values["relation"] == "head"
    if case.members == 10:
        assert [len(h.members) for h in register.households] == [4, 1, 3, 2]
        assert str(register.households[1].values["per_head_income"]) == "8300.00"
        assert first.members[0].values["health"] == ("chronic", "disabled")


@pytest.mark.parametrize("case", cases.BAD_ROWS, ids=lambda c: c.name)
def test_a_bad_row_is_named_with_row_and_column(case):
    register = read(case.make())
    found = {(s.problem.code, s.column, s.row) for s in register.problems()}
    assert set(case.said) <= found
    assert found - set(case.said) <= {(code, column, row) for code, column, row in found if code in ALSO}
    assert all(s.problem.sentence for s in register.problems())


#: What follows from another problem of the same row.
ALSO = {
    "head.spouse_sex",
    "head.missing",
    "relation.missing",
    "members.count",
    "head.several",
    "household.number",
}


@pytest.mark.parametrize("case", cases.REFUSED, ids=lambda c: c.name)
def test_what_is_no_register_is_refused_with_a_sentence(case):
    wanted = case.refused.split("|")
    try:
        read(case.make())
    except (Unreadable, NotARegister) as error:
        assert error.code in wanted  # noqa: PT017
        assert error.sentence  # noqa: PT017
    else:
        assert "ok" in wanted


def test_hidden_sheets_are_read_only_when_asked_for():
    data = next(case for case in cases.GOOD if case.name == "hidden sheet").make()
    assert read(data).hidden_sheets == ["旧表"]
    register = read(data, include_hidden=True)
    assert len(register.households) == 5
    assert register.households[-1].members[0].row == SHEET_STEP + 2


def test_a_township_adds_its_own_titles():
    titles = ["户长姓名" if title == "姓名" else title for title in files.TITLES]
    with pytest.raises(NotARegister):
        read(files.good(titles))
    register = read(files.good(titles), aliases={"户长 姓名": "name"})
    assert register.households[0].head.values["name"] == "赵福国"


def test_layouts_are_recognised():
    assert read(files.good()).layout.code == "L1"
    assert read(files.text(cases.wrapped())).layout.code == "L6h"


def test_columns_tell_what_they_were_read_as():
    register = read(next(c for c in cases.GOOD if c.name == "unknown column").make())
    unknown = [c for c in register.columns if not c.known]
    assert [c.title for c in unknown] == ["村级意见"]
    register = read(next(c for c in cases.GOOD if c.name == "repeated column").make())
    assert [c.title for c in register.columns if c.repeated] == ["民族"]
    assert register.households[0].head.values["ethnic_group"] == "han"


def test_the_corpus_is_as_large_as_promised():
    assert len(cases.CASES) >= 60
    assert len({case.name for case in cases.CASES}) == len(cases.CASES)
