"""axe-core over a page in Chromium: WCAG 2.2 A and AA, and the best practices on landmarks and headings."""

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: "Page") -> list[str]:
    """What axe finds on ``page`` as it stands: rule, help and up to three elements in a line each."""
    found: list[dict[str, Any]] = (
        Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    )
    return [
        f"{one['id']}: {one['help']}: {'; '.join(' '.join(node['target']) for node in one['nodes'][:3])}"
        for one in found
    ]


def wide(page: "Page") -> int:
    """By how many pixels the page is wider than the window; 0 is right."""
    return int(
        page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
