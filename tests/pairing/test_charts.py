"""Charts say in words what they show, and carry no style of their own."""

import datetime as dt
import re
from xml.etree import ElementTree

from pairing.charts import bars, month_strip
from pairing.tables import Column, Table

VILLAGES = Table(
    [Column("village", "村"), Column("households", "户", kind="number")],
    [{"village": "清凉寺<村>", "households": 40}, {"village": "六闸村", "households": 10},
     {"village": "一个名字很长很长的村民小组", "households": None}],
    caption="各村户数",
)  # fmt: skip


def test_bars_draw_the_table_in_its_own_order_and_proportion():
    chart = ElementTree.fromstring(bars(VILLAGES, "village", "households"))  # noqa: S314  our own text
    widths = [float(rect.get("width", "")) for rect in chart.iter("rect")]
    assert widths[0] == 4 * widths[1]
    assert widths[2] == 0
    title, words = chart.find("title"), chart.find("desc")
    assert title is not None
    assert title.text == "各村户数"
    assert words is not None
    assert "清凉寺<村> 40" in (words.text or "")
    assert "一个名字很长很长的村民小组 —" in (words.text or "")
    assert not re.search(r"style=|<style", bars(VILLAGES, "village", "households"))


def test_month_strip_shows_shares_and_gaps():
    months = [(dt.date(2025, month, 1), share) for month, share in ((11, None), (12, 0))]
    months.append((dt.date(2026, 1, 1), 100))
    svg = month_strip("清凉寺村", months)
    chart = ElementTree.fromstring(svg)  # noqa: S314  our own text
    assert [rect.get("class") for rect in chart.iter("rect")] == [
        "cell level-0",
        "cell level-1",
        "cell level-4",
    ]
    texts = [text.text for text in chart.iter("text")]
    assert texts == ["—", "11", "2025", "0", "12", "100", "1", "2026"]


def test_two_charts_on_a_page_have_different_ids():
    ids = re.findall(r' id="([^"]+)"', month_strip("一", []) + month_strip("二", []))
    assert len(ids) == len(set(ids)) == 4
