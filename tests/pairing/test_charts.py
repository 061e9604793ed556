"""Charts say in words what they show, and carry no style of their own."""

import datetime as dt
import re
from xml.etree import ElementTree

from pairing.charts import month_strip


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
    assert not re.search(r"style=|<style", svg)
    assert texts == ["—", "11", "2025", "0", "12", "100", "1", "2026"]


def test_two_charts_on_a_page_have_different_ids():
    ids = re.findall(r' id="([^"]+)"', month_strip("一", []) + month_strip("二", []))
    assert len(ids) == len(set(ids)) == 4
