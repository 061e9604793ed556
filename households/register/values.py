"""How a cell of a register becomes a value, for each kind of field. Pure."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from households.checks import (
    LEAST_PHONE,
    NUMBER,
    Problem,
    Weight,
    check_group_name,
    check_name,
    read_identity,
)
from households.register.layouts import Field, Kind
from pairing import numbers
from pairing.numbers import BLANKS, Malformed
from pairing.spreadsheets import cell_text, is_damaged, is_number

Value = tuple[Any, Problem | None]
Reader = Callable[[str], Value]
#: For each list the codes by folded label and alias.
Codes = Mapping[str, Mapping[str, str]]

_SEPARATORS: Final = re.compile(r"[,，、;；/|\s]+")
_FLAGS: Final = {
    **dict.fromkeys(
        ["是", "有", "y", "yes", "1", "true", "√", "✓", "已解决", "安全", "已参加", "参加"], True
    ),
    **dict.fromkeys(["否", "无", "没有", "n", "no", "0", "false", "×", "未解决", "不安全", "未参加"], False),
}
_LONGEST: Final = 500


def reader_of(field: Field, codes: Codes, today: dt.date) -> Reader:
    """The function that reads the cells of one field: its value ("", None, ()) and what is wrong."""
    read = _READERS[field.kind]

    def reader(cell: str) -> Value:
        damaged = field.kind in {Kind.IDENTITY, Kind.NUMBER, Kind.BANK} and is_damaged(cell)
        if damaged:
            return None if field.kind is Kind.IDENTITY else "", Problem("identity.damaged", field.name)
        try:
            return read(field, cell, codes, today)
        except Malformed as error:
            weight = Weight.DOUBT if field.kind in {Kind.PHONE, Kind.BANK} else Weight.ERROR
            return "" if field.kind in {Kind.PHONE, Kind.BANK} else None, Problem(
                error.code, field.name, weight, error.params
            )

    return reader


def _text(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text, changed = numbers.clean_text(cell_text(cell))
    if text in BLANKS:
        return "", None
    if len(text) > _LONGEST:
        return "", Problem("text.long", field.name, params={"most": _LONGEST})
    if field.name == "group_name" and (wrong := check_group_name(text)):
        return "", wrong[0]
    return text, Problem("text.invisible", field.name, Weight.NOTE) if changed else None


_LOST: Final = "\ufffd"  # stands where a character could not be read: without it the name is another


def _name(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = cell_text(cell)
    name = numbers.clean_name(text)
    wrong = check_name(name, field.name)
    if _LOST in text:
        wrong = (Problem("name.characters", field.name),)
    if wrong:
        return name[:60], wrong[0]
    return name, Problem("text.invisible", field.name, Weight.NOTE) if numbers.clean_text(text)[1] else None


def _identity(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = cell_text(cell)
    if text.strip() in BLANKS:
        text = ""
    identity, problems = read_identity(text, today, field.name)
    return identity, problems[0] if problems else None


def _number(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = numbers.fold_digits(cell_text(cell)).upper().removesuffix(".0")
    if text in BLANKS:
        return "", None
    if not NUMBER.fullmatch(text):
        return "", Problem("number.form", field.name)
    return text, None


def _phone(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = cell_text(cell).strip()
    if text in BLANKS or text == "0":
        return "", None
    return numbers.parse_phone(text, LEAST_PHONE).text, None


def _bank(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = cell_text(cell).strip()
    return ("", None) if text in BLANKS else (numbers.parse_bank_number(text), None)


def _money(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = cell_text(cell).strip()
    return (None, None) if text in BLANKS else (numbers.parse_money(text), None)


def _count(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = cell_text(cell).strip()
    return (None, None) if text in BLANKS else (numbers.parse_count(text, 0, 99), None)


def _months(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = cell_text(cell).strip()
    return (None, None) if text in BLANKS else (numbers.parse_count(text, 0, 12), None)


def _year(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = cell_text(cell).strip()
    if text in BLANKS:
        return None, None
    year = numbers.parse_date(text, numeric=is_number(cell)).year
    if not 1990 <= year <= today.year:
        return None, Problem("year.range", field.name)
    return year, None


def _date(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = cell_text(cell).strip()
    return (None, None) if text in BLANKS else (numbers.parse_date(text, numeric=is_number(cell)), None)


def _flag(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = numbers.fold_label(cell_text(cell))
    if text in _FLAGS:
        return _FLAGS[text], None
    if text in BLANKS:
        return None, None
    return None, Problem("flag.unknown", field.name, Weight.DOUBT, {"value": text[:40]})


def _code(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    text = numbers.fold_label(cell_text(cell))
    code = codes.get(field.list_name, {}).get(text)
    if code is not None:
        return code, None
    if text in BLANKS:
        return "", None
    # Everybody needs a relation; any other strange label can be left out.
    weight = Weight.ERROR if field.name == "relation" else Weight.DOUBT
    return "", Problem("code.unknown", field.name, weight, {"value": text[:40]})


def _codes(field: Field, cell: str, codes: Codes, today: dt.date) -> Value:
    known = codes.get(field.list_name, {})
    found: set[str] = set()
    for part in _SEPARATORS.split(cell_text(cell)):
        text = numbers.fold_label(part)
        if text in known:
            found.add(known[text])
        elif text not in BLANKS:
            return (), Problem("code.unknown", field.name, Weight.DOUBT, {"value": text[:40]})
    return tuple(sorted(found)), None


_READERS: Final[dict[Kind, Callable[[Field, str, Codes, dt.date], Value]]] = {
    Kind.TEXT: _text,
    Kind.NAME: _name,
    Kind.IDENTITY: _identity,
    Kind.NUMBER: _number,
    Kind.PHONE: _phone,
    Kind.BANK: _bank,
    Kind.MONEY: _money,
    Kind.COUNT: _count,
    Kind.MONTHS: _months,
    Kind.YEAR: _year,
    Kind.DATE: _date,
    Kind.FLAG: _flag,
    Kind.CODE: _code,
    Kind.CODES: _codes,
}
