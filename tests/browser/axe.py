"""axe-core over a page in Chromium: WCAG 2.2 A and AA, and the best practices on landmarks and headings."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python

if TYPE_CHECKING:
    from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What another theme can change.
COLOURS = ("color-contrast", "link-in-text-block")
RUN = """async (only) => {
  const answer = await axe.run(document, {
    runOnly: only.length ? { type: "rule", values: only } : { type: "tag", values: TAGS },
    resultTypes: ["violations"], preload: false, iframes: false,
  });
  return answer.violations.map((one) => [one.id, one.help, one.nodes.slice(0, 3).map((n) => n.target.join(" "))]);
}""".replace("TAGS", str(TAGS))


@cache
def script() -> str:
    """The source of axe-core."""
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def violations(page: "Page", only: Iterable[str] = ()) -> list[str]:
    """What axe finds on ``page`` as it stands: rule, help and up to three elements in a line each.

    ``only`` names the rules to look at, where the others have been looked at already.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(script())
    found: list[Any] = page.evaluate(RUN, list(only))
    return [f"{rule}: {words}: {'; '.join(targets)}" for rule, words, targets in found]


def wide(page: "Page") -> int:
    """By how many pixels the page is wider than the window; 0 is right."""
    return int(
        page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
