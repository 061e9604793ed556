"""What happens to a good register on its way, each with what must follow.

Every `Case` says either why the file is refused (`refused`, a code), or how many households and members it holds and
which problems are said of which column.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import xlsxwriter

from tests.households.register_files import (
    ONE,
    PLACE,
    TITLES,
    changed,
    family,
    good,
    good_rows,
    number,
    saved,
    text,
    xlsx,
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One file, and what must happen to it. `said` is (code, column title, row in the sheet)."""

    name: str
    make: Callable[[], bytes]
    refused: str = ""
    households: int = 4
    members: int = 10
    said: tuple[tuple[str, str, int], ...] = ()
    file_name: str = "register.xlsx"
    skipped: dict[str, int] = field(default_factory=dict)


def bad(
    code: str, column: str, value: Any, row: int = 2, name: str = "", *also: tuple[str, str, int]
) -> Case:
    """One wrong cell, and the problem that names it."""
    return Case(
        name or f"{code} {value!r}"[:60],
        lambda: changed(**{column: value})(row),
        said=((code, column, row), *also),
    )


def _titled(change: Callable[[str], str]) -> Callable[[], bytes]:
    return lambda: good([change(title) for title in TITLES])


def _merged() -> bytes:
    """Household cells merged over the member rows, as offices print them."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(TITLES)
    start = 2
    for row in good_rows():
        page.append(row)
    rows = good_rows()
    shared = [PLACE[t] for t in ("户编号", "行政村", "人数", "人均纯收入", "联系电话")]
    while start - 2 < len(rows):
        size = rows[start - 2][9]
        for place in shared if size > 1 else ():
            page.merge_cells(
                start_row=start, end_row=start + size - 1, start_column=place + 1, end_column=place + 1
            )
        start += size
    return saved(book)


def _two_rows_of_titles() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["甘州区建档立卡户台账"])
    page.merge_cells("A1:AB1")
    band = ["序号", "地址", *[None] * 3, "户信息", None, *TITLES[7:]]
    page.append(band)
    page.append([None, *TITLES[1:7], *[None] * 21])
    page.merge_cells("B2:E2")
    page.merge_cells("F2:G2")
    for place in (1, *range(8, 29)):
        page.merge_cells(start_row=2, end_row=3, start_column=place, end_column=place)
    for row in good_rows():
        page.append(row)
    return saved(book)


def _instructions() -> bytes:
    return xlsx([["填表说明：健康状况 残疾、患有大病"], [], TITLES, *good_rows(), ["注：本表一式两份"]])


def _hidden_sheet() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(good()))
    page = book.create_sheet("旧表")
    page.append(TITLES)
    for row in family(9, ONE, [("孙明", "户主", "19600101", 91)], 5000):
        page.append(row)
    page.sheet_state = "hidden"
    return saved(book)


def _other_order() -> bytes:
    order = [*range(27, -1, -1)]
    return xlsx([[TITLES[i] for i in order], *([row[i] for i in order] for row in good_rows())])


def _pasted() -> bytes:
    """Two files pasted together, the second with its columns in another order."""
    rows = good_rows()
    order = [*range(27, -1, -1)]
    return xlsx(
        [TITLES, *rows[:5], [TITLES[i] for i in order], *([row[i] for i in order] for row in rows[5:])]
    )


def damaged() -> bytes:
    """The number as a number cell: Excel keeps 15 of its 18 digits."""
    rows = good_rows()
    rows[0][PLACE["证件号码"]] = float(rows[0][PLACE["证件号码"]])
    return good(rows=rows)


def _file_number_damaged() -> bytes:
    rows = good_rows()
    for row in rows:
        row[5] = "86" + row[5]
    rows[4][5] = float(rows[4][5])
    return good(rows=rows)


def _far_cell() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(good()))
    book.active["XFD1048576"] = "x"
    return saved(book)


def _zip_bomb() -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good())) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb,
    ):
        for entry in source.infolist():
            bomb.writestr(entry.filename, source.read(entry))
        bomb.writestr("xl/media/zeros.bin", b"\0" * (420 << 20))
    return out.getvalue()


def _shared_string_bomb() -> bytes:
    """300 MB of one cell's text, packed to almost nothing."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good())) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "xl/sharedStrings.xml":
                data = data.replace(b"</sst>", b"<si><t>" + b"x" * (300 << 20) + b"</t></si></sst>")
            bomb.writestr(entry.filename, data)
    return out.getvalue()


def _lying_zip() -> bytes:
    data = bytearray(good())
    data[len(data) // 2 : len(data) // 2 + 200] = b"\xff" * 200
    return bytes(data)


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1016 + stream.encode("utf-16-le") + b"\0" * 3000


def _docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


def _entities() -> bytes:
    """Nested entities in the sheet's XML."""
    out = io.BytesIO()
    lol = b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
    )
    with zipfile.ZipFile(io.BytesIO(good())) as source, zipfile.ZipFile(out, "w") as bomb:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                data = lol + b"]>" + data.replace(b"<t>", b"<t>&j;", 1)
            bomb.writestr(entry.filename, data)
    return out.getvalue()


def _many(rows: int, columns: int = 5) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, TITLES)
        for i in range(1, rows + 1):
            page.write_row(i, 0, [i] * columns)
    return out.getvalue()


def _roster() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["甘州区2018年结对帮扶花名册"])
    page.append(["帮扶人", *[None] * 4, "贫困户", *[None] * 3, "帮扶干部电话"])
    page.append(
        [
            "单位名称",
            "姓名",
            "性别",
            "职务",
            "队长/队员/结对帮扶责任人",
            "乡镇",
            "村",
            "户数",
            "户主姓名（组别）",
            "办公电话",
            "手机",
        ]
    )
    page.append(
        [
            "区教育局",
            "韩永国",
            "男",
            "科员",
            "结对帮扶责任人",
            "梁家墩镇",
            "清凉寺村",
            1,
            "赵福国(1社)",
            "",
            "",
        ]
    )
    return saved(book)


def wrapped() -> list[list[str]]:
    """Checkers' table of households: a row for each head, every value as ="…"."""
    titles = [
        "省",
        "市",
        "县",
        "乡",
        "村",
        "户编号",
        "户主姓名",
        "户主证件号码",
        "家庭人口数",
        "人均纯收入",
        "工资性收入",
    ]
    heads = [row for row in good_rows() if row[10] == "户主"]
    lines = [["甘肃省", "张掖市", r[1], r[2], r[3], r[5], r[7], r[8], r[9], r[26], "6000"] for r in heads]
    return [titles, *([f'="{value}"' for value in line] for line in lines)]


def _without(*titles: str) -> Callable[[], bytes]:
    keep = [place for place, title in enumerate(TITLES) if title not in titles]
    return lambda: xlsx([[row[i] for i in keep] for row in [TITLES, *good_rows()]])


def _swapped_heads() -> bytes:
    rows = good_rows()
    rows[1][10] = "户主"
    return good(rows=rows)


def _blank_numbers() -> bytes:
    """No file numbers: a household begins at each head."""
    rows = good_rows()
    for row in rows:
        row[5] = None
    return good(rows=rows)


def _megabyte(title: str) -> Callable[[], bytes]:
    """A cell of a million characters: no spreadsheet program writes one, and openpyxl cuts at 32,767."""

    def make() -> bytes:
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(changed(**{title: "长长长"})(2))) as book,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as longer,
        ):
            for name in book.namelist():
                longer.writestr(name, book.read(name).replace("长长长".encode(), ("长" * 1_000_000).encode()))
        return out.getvalue()

    return make


def _old_number() -> bytes:
    rows = good_rows()
    whole = rows[0][8]
    rows[0][8] = whole[:6] + whole[8:17]
    return good(rows=rows)


def _certificate(suffix: str) -> Callable[[], bytes]:
    def make() -> bytes:
        rows = good_rows()
        rows[0][8] += suffix
        return good(rows=rows)

    return make


def _folded(change: Callable[[str], str]) -> Callable[[], bytes]:
    def make() -> bytes:
        rows = good_rows()
        for row in rows:
            row[8] = change(row[8])
        return good(rows=rows)

    return make


def _wide(value: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in value)


NUMBER = "证件号码"
GOOD: tuple[Case, ...] = (
    Case("good", good),
    Case("full-width brackets", _titled(lambda t: t.replace("(", "（").replace(")", "）"))),
    Case("line breaks in titles", _titled(lambda t: t[:2] + "\n" + t[2:])),
    Case("stars and blanks in titles", _titled(lambda t: f" *{t}\u3000")),
    Case(
        "drifted titles",
        _titled(
            lambda t: {
                "参加大病医疗": "是否参加大病保险",
                "联系电话": "户联系电话",
                "主要致贫原因": "致贫原因1",
                "贫困户属性": "户类型",
            }.get(t, t)
        ),
    ),
    Case("columns in another order", _other_order),
    Case(
        "titles again",
        lambda: xlsx([TITLES, *good_rows()[:5], TITLES, *good_rows()[5:]]),
        skipped={"titles": 1},
    ),
    Case("pasted, other order below", _pasted, skipped={"titles": 1}),
    Case(
        "totals",
        lambda: xlsx([TITLES, *good_rows(), ["合计", *[None] * 8, 10], ["总 计"]]),
        skipped={"total": 2},
    ),
    Case(
        "totals between the rows, with blanks inside or a village before them",
        lambda: xlsx(
            [
                TITLES,
                *good_rows()[:4],
                [None, "合 计", *[None] * 7, 4],
                *good_rows()[4:7],
                ["上寨村小计", *[None] * 8, 3],
                *good_rows()[7:],
                [*[None] * 7, "合　计", None, 10],
            ]
        ),
        skipped={"total": 3},
    ),
    Case("instructions above, note below", _instructions, skipped={"note": 1}),
    Case("title row and two rows of titles", _two_rows_of_titles),
    Case("merged household cells", _merged),
    Case("blank rows between", lambda: xlsx([TITLES, *(x for row in good_rows() for x in (row, []))])),
    Case("hidden sheet", _hidden_sheet),
    Case("csv utf-8", lambda: text([TITLES, *good_rows()]), file_name="r.csv"),
    Case("csv utf-8 with mark", lambda: text([TITLES, *good_rows()], "utf-8-sig"), file_name="r.csv"),
    Case("csv gbk", lambda: text([TITLES, *good_rows()], "gb18030"), file_name="r.csv"),
    Case(
        "csv utf-16, tabs", lambda: text([TITLES, *good_rows()], "utf-16", delimiter="\t"), file_name="r.csv"
    ),
    Case("csv semicolons", lambda: text([TITLES, *good_rows()], delimiter=";"), file_name="r.csv"),
    Case('csv of heads with ="…"', lambda: text(wrapped(), "gb18030"), members=4, file_name="r.csv"),
    Case("csv by an xlsx name", lambda: text([TITLES, *good_rows()]), file_name="r.xlsx"),
    Case("full-width numbers", _folded(_wide)),
    Case("numbers with blanks", _folded(lambda t: f" {t[:6]} {t[6:14]} {t[14:]} ")),
    Case("numbers with apostrophe", _folded(lambda t: f"'{t}")),
    Case("numbers with zero-width marks", _folded(lambda t: f"\u200b{t}\ufeff")),
    Case("certificate of 20", _certificate("43")),
    Case("certificate of 22", _certificate("43B1")),
    Case("temporary number", lambda: changed(**{NUMBER: "999999195602040011"})(2)),
    Case("blank inside a name", lambda: changed(姓名="赵 福 国")(2)),
    Case("health in the other order", lambda: changed(健康状况="残疾、长期慢性病")(2)),
    Case("the shorter cause", lambda: changed(主要致贫原因="缺劳力")(6)),
    Case("no file numbers", _blank_numbers),
    Case("trailing blanks in names of places", lambda: changed(行政村="清凉寺村 ")(2)),
    Case("phone as a number with .0", lambda: changed(联系电话="19900000001.0")(2)),
    Case("replacement character alone", lambda: changed(自然村="\ufffd")(2)),
    Case("unknown column", lambda: xlsx([[*TITLES, "村级意见"], *([*row, "同意"] for row in good_rows())])),
    Case("repeated column", lambda: xlsx([[*TITLES, "民族"], *([*row, "回族"] for row in good_rows())])),
)

BAD_ROWS: tuple[Case, ...] = (
    bad("identity.check", NUMBER, "629999195602040113"),
    bad("identity.length", NUMBER, "6299991956020401"),
    bad("identity.length", NUMBER, "629999195602040112043"),
    bad("identity.characters", NUMBER, "62999919560204O112"),
    bad("identity.birth", NUMBER, number("19561304", 11)),
    bad("identity.birth", NUMBER, number("20991204", 11)),
    bad("identity.disability", NUMBER, number("19560204", 11) + "95"),
    Case("damaged number", damaged, said=(("identity.damaged", NUMBER, 2),)),
    bad("identity.damaged", NUMBER, "6.29999E+17"),
    Case("old number of 15", _old_number, said=(("identity.old", NUMBER, 2),)),
    bad("identity.missing", NUMBER, None),
    Case("damaged file number", _file_number_damaged, said=(("identity.damaged", "户编号", 6),)),
    bad("name.missing", "姓名", None),
    bad("name.characters", "姓名", "赵2福"),
    bad("name.characters", "姓名", "赵?国"),
    bad("name.characters", "姓名", "赵\ufffd国"),
    bad("name.short", "姓名", "赵"),
    bad("name.long", "姓名", "赵" * 61),
    bad("text.invisible", "姓名", "赵福\u202e国"),
    bad("relation.missing", "与户主关系", None, 3),
    bad("code.unknown", "与户主关系", "邻居", 3),
    bad("relation.sex", "与户主关系", "之女", 4),
    Case("two heads", _swapped_heads, said=(("head.several", "与户主关系", 2),)),
    bad("code.unknown", "民族", "火星族"),
    bad("code.unknown", "健康状况", "健康,飞"),
    bad("health.contradiction", "健康状况", "健康,残疾"),
    bad("schooling.both", "在校生状况", "小学"),
    bad("schooling.neither", "文化程度", None),
    bad("count.range", "务工时间（月）", "13"),
    bad("count.form", "务工时间（月）", "半年"),
    bad("members.count", "人数", 7, 6),
    bad("year.range", "脱贫年度", "2099"),
    bad("date.form", "脱贫年度", "去年"),
    bad("money.form", "人均纯收入", "约九千", 6),
    bad("phone.length", "联系电话", "1990000000", 6),
    bad("phone.short", "联系电话", "66123", 6),
    bad("phone.several", "联系电话", "19900000001、19900000002", 6),
    bad("flag.unknown", "危房户", "也许", 6),
    bad("household.place", "行政村", "四闸村", 3),
    bad("household.differs", "贫困户属性", "低保贫困户", 3),
    Case("a megabyte in a cell", _megabyte("自然村"), said=(("text.long", "自然村", 2),)),
    Case(
        "a megabyte in a name",
        _megabyte("姓名"),
        said=(("name.long", "姓名", 2),),
    ),
    Case("a megabyte in a number", _megabyte("证件号码"), said=(("identity.characters", "证件号码", 2),)),
)

REFUSED: tuple[Case, ...] = (
    Case("empty", lambda: b"", "empty"),
    Case("no rows", lambda: xlsx([TITLES]), "register.no_rows"),
    Case("no titles", lambda: xlsx(good_rows()), "register.no_titles"),
    Case("empty workbook", lambda: xlsx([]), "register.no_titles"),
    Case("text by an xlsx name", lambda: "只是一段文字。\n没有表格。".encode(), "not_a_spreadsheet"),
    Case("zeros", lambda: b"\0" * 5000, "not_a_spreadsheet"),
    Case("random bytes", lambda: bytes((i * 7919 + i // 3) % 256 for i in range(9000)), "encoding"),
    Case("picture", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "not_a_spreadsheet"),
    Case("pdf", lambda: b"%PDF-1.7\n" + b"x" * 500, "not_a_spreadsheet"),
    Case("word document", _docx, "not_a_spreadsheet"),
    Case("old word document", lambda: _ole("WordDocument"), "not_a_spreadsheet"),
    Case("web page", lambda: "<html><table><tr><td>姓名</td></tr></table></html>".encode(), "web_page"),
    Case("password", lambda: _ole("EncryptedPackage"), "password"),
    Case("broken old workbook", lambda: _ole("Workbook"), "damaged"),
    Case("truncated", lambda: good()[: len(good()) // 2], "damaged"),
    Case("broken inside", _lying_zip, "damaged"),
    Case("cell at the far end", _far_cell, "too_many_columns|damaged"),
    Case("zip bomb", _zip_bomb, "too_large"),
    Case("string bomb", _shared_string_bomb, "damaged|too_large|too_slow|register.no_titles|ok"),
    Case("nested entities", _entities, "damaged|register.no_titles|ok"),
    Case("too many rows", lambda: _many(1_100), "too_many_rows"),
    Case("too many columns", lambda: _many(3, 500), "too_many_columns"),
    Case("list of helpers", _roster, "register.helpers"),
    Case("no column of names", _without("姓名"), "register.columns"),
    Case("no relation and no file number", _without("与户主关系", "户编号"), "register.columns"),
)
CASES = (*GOOD, *BAD_ROWS, *REFUSED)
