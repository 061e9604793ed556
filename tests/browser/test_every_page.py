"""Every page of the site in Chromium, as those who use it: no axe violation, nothing to scroll sideways.

Each page is loaded twice, in Chinese and light on a phone, in English and dark on an office PC, and looked at
with all rules; on the phone also in the dark with the rules about colours. Where it has a form, an empty one is sent.
It also has to fit 320 pixels, which is a PC at 400 % (WCAG 1.4.10), with wide spacing of text (1.4.12).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from tests.browser.axe import COLOURS, violations, wide
from tests.conventions import ground as built
from tests.conventions.access_table import PAGES, Page
from tests.conventions.sweep import path_of, positions_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

    from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: Answers that are no page: numbers for scripts, a spreadsheet, a way on.
NO_PAGE = {
    "pairing:home", "pairing:health_show", "pairing:session_show", "visits:draft_key", "households:import_failed",
}  # fmt: skip
OFFICES = ("staff", "township_admin", "county_admin", "leader", "auditor", "system")
NARROW, PHONE, PC = (
    {"width": 320, "height": 640},
    {"width": 360, "height": 740},
    {"width": 1366, "height": 768},
)
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }");
  document.adoptedStyleSheets = [sheet];
}"""
LOOKS = (("zh-hans", "light", PHONE), ("en", "dark", PC))
OPEN = "() => { for (const fold of document.querySelectorAll('main details')) fold.open = true }"
#: Empties the page's own form with the most fields and marks it; false where there is nothing to fill in.
EMPTY = """() => {
  const fields = (form) => [...form.elements].filter((e) => e.name && !/^(hidden|submit|button)$/.test(e.type));
  const own = [...document.querySelectorAll("main form[method=post]")]
    .filter((form) => new URL(form.action).pathname === location.pathname)
    .sort((a, b) => fields(b).length - fields(a).length)[0];
  if (!own || !fields(own).length) return false;
  for (const field of fields(own)) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = false;
    else field.value = "";
  }
  own.id = "emptied";
  return true;
}"""
SEND = "() => { const form = document.getElementById('emptied'); form.requestSubmit(form.querySelector('[type=submit]')) }"


def readers(page: Page) -> Iterator[str]:
    """Who looks at a page here: everybody before the door, cadres, the first office that may, clerks at their own."""
    yield from (who for who in ("anonymous", "cadre") if who in page.who)
    if "clerk" in page.who and "cadre" not in page.who:
        yield "clerk"
    yield from [who for who in OFFICES if who in page.who][:1]


def place(ground: built.Ground, name: str, page: Page, who: str) -> str | None:
    """An address of this page that ``who`` may see; None where there is none."""
    for position in positions_of(ground, page):
        if 200 in page.expected(who, position, "GET"):
            return path_of(ground, name, page, position)
    return None


@pytest.fixture(scope="module")
def ground(live: "Site") -> built.Ground:
    return built.build()


@pytest.mark.parametrize("who", ["anonymous", "cadre", "clerk", *OFFICES])
def test_no_page_has_a_violation(browser: "Browser", live: "Site", ground: built.Ground, who: str) -> None:
    pages = {name: page for name, page in PAGES.items() if "GET" in page.methods and name not in NO_PAGE}
    places = {name: place(ground, name, page, who) for name, page in pages.items() if who in readers(page)}
    paths = {name: path for name, path in places.items() if path}
    context = browser.new_context(base_url=live.url, timezone_id="Asia/Shanghai", reduced_motion="reduce")
    context.set_default_timeout(20_000)
    if who != "anonymous":
        cookies = built.Probe(ground.world, who).cookies
        context.add_cookies([{"name": "sessionid", "value": cookies["sessionid"].value, "url": live.url}])
    tab, found = context.new_page(), list[str]()
    tab.on("console", lambda m: found.append(m.text) if "Content Security" in m.text else None)
    tab.on("pageerror", lambda error: found.append(f"script: {error}"))
    for language, theme, size in LOOKS:
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live.url}])
        for name, path in paths.items():
            found += [f"{name} {language}: {said}" for said in look(tab, path, theme, size)]
    # Last, since a form in which nothing is compulsory is saved, and changes what other pages show.
    for name, path in paths.items():
        if "POST" in PAGES[name].methods:
            found += [f"{name} sent empty: {said}" for said in send_empty(tab, path, theme, size)]
    context.close()
    assert not found, "\n".join(found)


def look(tab: "Tab", path: str, theme: str, size: dict[str, int]) -> Iterator[str]:
    """What is wrong with a page; if it is light, as to colours in the dark, too; and when it is narrow."""
    tab.set_viewport_size(size)
    tab.emulate_media(color_scheme=theme)
    answer = tab.goto(path)
    if not tab.url.endswith(path):
        return  # allauth's pages send on who has no business there
    if not answer or answer.status != 200:
        yield f"answers {answer and answer.status}"
    yield from faults(tab)
    if theme == "light":
        tab.emulate_media(color_scheme="dark")
        yield from (f"in the dark: {said}" for said in violations(tab, COLOURS))
    tab.set_viewport_size(NARROW)
    tab.evaluate(SPACED)
    if too_much := wide(tab):
        yield f"{too_much} px too wide at 320 px with wide spacing"


def send_empty(tab: "Tab", path: str, theme: str, size: dict[str, int]) -> Iterator[str]:
    """What is wrong with a page that comes back since nothing was filled in."""
    tab.set_viewport_size(size)
    tab.emulate_media(color_scheme=theme)
    answer = tab.goto(path)
    if not answer or answer.status != 200 or not tab.evaluate(EMPTY):
        return
    with tab.expect_navigation():
        tab.evaluate(SEND)
    if tab.url.endswith(path):
        yield from faults(tab)


def faults(tab: "Tab") -> Iterator[str]:
    tab.evaluate(OPEN)
    yield from violations(tab)
    if too_much := wide(tab):
        yield f"{too_much} px too wide"
