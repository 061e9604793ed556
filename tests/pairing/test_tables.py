"""Tables escape and label every cell; pages by keyset leave no row out and show none twice."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pairing.models import AuditEvent, User
from pairing.tables import Column, Table, capped_count, keyset_page

ROWS = [
    {"file": "0001", "name": "=1+1", "people": 4, "on": dt.date(2026, 3, 5), "state": "open"},
    {"file": "0002", "name": "<b>甲</b>", "people": None, "on": None, "state": "gone"},
]
TABLE = Table(
    [
        Column("file", "编号", sort="file", link=lambda row: f"/h/{row['file']}/?a=1&b=2"),
        Column("name", "姓名"),
        Column("people", "人口", kind="number"),
        Column("on", "日期", kind="date"),
        Column("state", "状态", kind="state", states={"open": ("待阅", "info")}),
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
    assert "gone" in html, "a state that nobody named is shown as stored, not lost"


def test_sorted_head_turns_and_keeps_the_filters():
    head = TABLE.html.split("</thead>")[0]
    assert 'aria-sort="ascending"' in head
    assert "?q=%E7%94%B2%26%E4%B9%99&amp;sort=-file" in head


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
