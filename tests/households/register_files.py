"""Registers as they come in: one good file and its rows, and what makes others of it.

The good file is in layout L1 (national export, 28 columns) for the villages of tests/cast.py.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import openpyxl

from pairing.numbers import check_character

TITLES = [
    "序号",
    "县(市、区、旗)",
    "乡(镇)",
    "行政村",
    "自然村",
    "户编号",
    "人编号",
    "姓名",
    "证件号码",
    "人数",
    "与户主关系",
    "民族",
    "文化程度",
    "在校生状况",
    "健康状况",
    "劳动技能",
    "务工状况",
    "务工时间（月）",
    "参加大病医疗",
    "脱贫属性",
    "脱贫年度",
    "贫困户属性",
    "主要致贫原因",
    "危房户",
    "饮水安全",
    "饮水困难",
    "人均纯收入",
    "联系电话",
]
PLACE = {title: place for place, title in enumerate(TITLES)}
Row = list[Any]


def number(birth: str, serial: int, area: str = "629999") -> str:
    """A good identity number of a region that is not assigned."""
    body = f"{area}{birth}{serial:03d}"
    return body + check_character(body)


def family(
    n: int, village: tuple[str, str], members: Sequence[tuple[str, str, str, int]], income: float
) -> list[Row]:
    """The rows of one household: (name, relation, birth, serial of the number) for each member."""
    rows = []
    for i, (name, relation, birth, serial) in enumerate(members):
        child = relation.startswith("之孙")
        rows.append(
            [
                0,
                "甘州区",
                *village,
                None,
                f"8629990000{n:04d}",
                f"90000{n:03d}{i:02d}0000",
                name,
                number(birth, serial),
                len(members),
                relation,
                "汉族",
                None if child else "初中",
                "小学" if child else None,
                "健康" if i else "长期慢性病,残疾",
                "无劳动力" if child else "普通劳动力",
                None,
                "3" if i == 0 else None,
                "是",
                "已脱贫",
                "2018",
                "一般贫困户",
                "因病",
                "否",
                "是",
                "否",
                income,
                f"1990000{n:04d}",
            ]
        )
    return rows


ONE, TWO, THREE = ("梁家墩镇", "清凉寺村"), ("梁家墩镇", "四闸村"), ("上秦镇", "八里堡村")


def good_rows() -> list[Row]:
    """Four households with ten members in three villages of two townships."""
    rows = [
        *family(1, ONE, [("赵福国", "户主", "19560204", 11), ("周桂花", "配偶", "19580305", 12),
                         ("赵小军", "之子", "19890406", 13), ("赵兰", "之孙女", "20140507", 14)], 9211.37),
        *family(2, ONE, [("买买提·艾力", "户主", "19610719", 21)], 8300),
        *family(3, TWO, [("郑秀英", "户主", "19620822", 32), ("钱生", "配偶", "19640923", 33),
                         ("钱国强", "之子", "19951024", 35)], 10400.5),
        *family(4, THREE, [("王英", "户主", "19700418", 42), ("杨永", "配偶", "19710519", 43)], 7999),
    ]  # fmt: skip
    for place, row in enumerate(rows, 1):
        row[0] = place
    return rows


def xlsx(rows: Iterable[Sequence[Any]], *, sheet: str = "Sheet1") -> bytes:
    """The rows as they are, numbers as numbers, text as text."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(rows: Iterable[Sequence[Any]], encoding: str = "utf-8", *, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([["" if v is None else v for v in row] for row in rows])
    return out.getvalue().encode(encoding)


def good(titles: Sequence[str] = TITLES, rows: Iterable[Row] | None = None) -> bytes:
    """The good file, or one with these titles or rows."""
    return xlsx([titles, *(good_rows() if rows is None else rows)])


def changed(**cells: Any) -> Callable[[int], bytes]:
    """The good file with other cells in one row (2 is the first below the titles); keys are column titles."""

    def make(row: int) -> bytes:
        rows = good_rows()
        for title, value in cells.items():
            rows[row - 2][PLACE[title]] = value
        return good(rows=rows)

    return make
