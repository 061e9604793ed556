"""One table: page, spreadsheet and print agree; pages by keyset leave no row out and show none twice."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from pairing.models import AuditEvent, User
from pairing.tables import Column, Table, capped_count, keyset_page

ROWS = [
    {"file": "0001", "name": "=1+1", "people": 4, "on": dt.date(2026, 3, 5), "state": "open", "secret": "x"},
    {"file": "0002", "name": "<b>甲</b>", "people": None, "on": None, "state": "gone", "secret": ""},
]
TABLE = Table(
    [
        Column("file", "编号", sort="file", link=lambda row: f"/h/{row['file']}/?a=1&b=2"),
        Column("name", "姓名"),
        Column("people", "人口", kind="number"),
        Column("on", "日期", kind="date"),
        Column("state", "状态", kind="state", states={"open": ("待阅", "info")}),
        Column("secret", "备注", media=frozenset({"sheet"})),
    ],
    ROWS,
    caption="户",
    sort="file",
    query={"q": "甲&乙"},
)


def test_html_escapes_and_labels_every_cell():
    html = TABLE.html
    assert "&lt;b&gt;甲&lt;/b&gt;" in html
    assert "<b>" not in html
    assert '<a href="/h/0001/?a=1&amp;b=2">0001</a>' in html
    assert 'data-label="人口" class="number"' in html
    assert "备注" not in html
    assert "gone" in html, "a state that nobody named is shown as stored, not lost"


def test_sorted_head_turns_and_keeps_the_filters():
    head = TABLE.html.split("</thead>")[0]
    assert 'aria-sort="ascending"' in head
    assert "?q=%E7%94%B2%26%E4%B9%99&amp;sort=-file" in head


def test_spreadsheet_holds_the_same_words_and_no_formula():
    out = io.BytesIO()
    TABLE.write_xlsx(out, notes=["演示数据"])
    sheet = openpyxl.load_workbook(out).active
    rows = list(sheet.iter_rows())
    assert rows[0][0].value == "演示数据"
    assert [cell.value for cell in rows[1]] == ["编号", "姓名", "人口", "日期", "状态", "备注"]
    assert (rows[2][1].value, rows[2][1].data_type) == ("=1+1", "s")
    assert rows[2][0].value == "0001", "digits keep their zeros"
    assert rows[2][2].value == 4
    assert rows[2][3].value == dt.datetime(2026, 3, 5)
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "d"}


def test_print_says_the_same_in_the_readers_language():
    with translation.override("en"):
        assert TABLE.plain()["rows"][0] == ["0001", "=1+1", "4", "5 Mar 2026", "待阅"]
    with translation.override("zh-hans"):
        assert TABLE.plain()["rows"][0][3] == "2026年3月5日"


def walk(queryset, order, size=3):
    """Every page forwards, then every page backwards from the last."""
    pages = [keyset_page(queryset, order, size=size)]
    while pages[-1].after:
        pages.append(keyset_page(queryset, order, after=pages[-1].after, size=size))
    back = [pages[-1]]
    while back[-1].before:
        back.append(keyset_page(queryset, order, before=back[-1].before, size=size))
    assert [page.rows for page in reversed(back)] == [page.rows for page in pages]
    return [row for page in pages for row in page.rows]


@pytest.mark.parametrize(
    "order",
    [("name_key", "pk"), ("-name_key", "-pk"), ("duty", "-pk"), ("unit__name", "pk"), ("-unit__name", "-pk"),
     ("password_changed_at", "pk"), ("-password_changed_at", "pk")],
)  # fmt: skip
def test_keyset_pages_are_the_whole_list_in_order(cast, order):
    User.objects.filter(username__in=["staff", "clerk", "cadre"]).update(unit=cast.unit)
    User.objects.filter(username__in=["staff", "far"]).update(password_changed_at="2026-01-01T00:00Z")
    rows = User.objects.values("public_id", "username")
    assert walk(rows, order) == list(rows.order_by(*order))


def test_keyset_page_compares_whole_rows_so_that_an_index_can_serve_it(cast):
    first = keyset_page(User.objects.all(), ("name_key", "pk"), size=3)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        keyset_page(User.objects.all(), ("name_key", "pk"), after=first.after, size=3)
    assert "ROW(" in queries[-1]["sql"]
    assert len(queries) == 2


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "\x00", "7" * 9000, "00000000-0000-4000-8000-000000000000"]
)
def test_an_unknown_cursor_gives_the_first_page(cast, cursor):
    rows = User.objects.order_by("pk")
    assert keyset_page(rows, ("pk",), after=cursor, size=2).rows == list(rows[:2])
    assert keyset_page(rows, ("pk",), before=cursor, size=2).rows == list(rows[:2])


def test_a_cursor_outside_the_readers_rows_tells_nothing(cast):
    mine = User.objects.filter(area_id="620702101")
    assert keyset_page(mine, ("pk",), after=str(cast.far.public_id), size=2).rows == list(
        mine.order_by("pk")[:2]
    )


def test_capped_count(cast):
    assert capped_count(User.objects.all(), limit=5) == "5+"
    assert capped_count(User.objects.all()) == str(User.objects.count())
    assert capped_count(AuditEvent.objects.none()) == "0"
