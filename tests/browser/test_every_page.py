"""Every page of the site in Chromium, as those who use it: no axe violation, nothing to scroll sideways.

Each page is loaded twice, in Chinese and light on a phone, in English and dark on an office PC, and looked at
with all rules; on the phone also in the dark with the rules about colours. Where it has a form, an empty one is sent.
It also has to fit 320 pixels, which is a PC at 400 % (WCAG 1.4.10), with wide spacing of text (1.4.12).

In every free text of every file stands a text that would run if a page let it (S28): no dialog may open, no page
may report to the policy or ask another host, and no markup may come of them. No letter may be an empty box (S30).
"""

from collections.abc import Iterator
from itertools import cycle
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.conf import settings

from pairing import audit
from tests.browser.axe import COLOURS, violations, wide
from tests.conventions import ground as built
from tests.conventions.access_table import PAGES, Page
from tests.conventions.planting import RUNNING, plant, running
from tests.conventions.probe import Probe
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
# A bar that floats over what can be scrolled away from it says nothing of the size of what lies below.
RESTING = "document.querySelectorAll('.save-bar').forEach(bar => { bar.style.position = 'static'; })"
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
#: What a text that was taken for markup leaves behind, where the policy forbids it to run.
MARKUP = """() => [...document.querySelectorAll(
  "[href^='javascript:'], [href*='evil.example'], [src*='evil.example'], [action*='evil.example'], [srcdoc], base," +
  "meta[http-equiv=refresh], [onload], [onerror], [onfocus], [onmouseover], [ontoggle], [src=x]"
)].map((element) => element.outerHTML.slice(0, 80))"""
#: Which of these letters have no glyph in any font: drawn like a letter that Unicode does not have.
BOXES = """(letters) => {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.font = "20px " + getComputedStyle(document.body).fontFamily;
  const drawn = (letter) => {
    pen.clearRect(0, 0, 40, 40);
    pen.fillText(letter, 5, 30);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  const box = drawn("\u0378");
  return [...letters].filter((letter) => letter.trim() && drawn(letter) === box);
}"""
#: Who is shown many of the texts, and where something is searched for.
SHOWN_TO = {"cadre", "staff", "township_admin"}
SEARCHED = {"households:household_list", "pairing:person_list", "households:pairing_list"}


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
    """The files, with a text that would run in every free text; what is bounded by codes stays as it is."""
    made = built.build()
    plant(running(cycle(RUNNING)))
    staff, own = made.world.people["staff"], made.world.files["own"]
    for reason in RUNNING:
        audit.write(
            "number.reveal", by=staff, object_type="households.household", object_ids=[own.public_id],
            object_area=own.village_code, reason=reason,
        )  # fmt: skip
    return made


@pytest.mark.parametrize("who", ["anonymous", "cadre", "clerk", *OFFICES])
def test_no_page_has_a_violation(browser: "Browser", live: "Site", ground: built.Ground, who: str) -> None:
    pages = {name: page for name, page in PAGES.items() if "GET" in page.methods and name not in NO_PAGE}
    places = {name: place(ground, name, page, who) for name, page in pages.items() if who in readers(page)}
    paths = {name: path for name, path in places.items() if path}
    context = browser.new_context(base_url=live.url, timezone_id="Asia/Shanghai", reduced_motion="reduce")
    context.set_default_timeout(20_000)
    if who != "anonymous":
        cookies = Probe(ground.world, who).cookies
        context.add_cookies([{"name": "sessionid", "value": cookies["sessionid"].value, "url": live.url}])
    tab, found = context.new_page(), list[str]()
    tab.on("console", lambda m: found.append(m.text) if "Content Security" in m.text else None)
    tab.on("pageerror", lambda error: found.append(f"script: {error}"))
    tab.on("dialog", lambda dialog: (found.append(f"a text ran: {dialog.message}"), dialog.dismiss()))
    context.on("request", lambda request: found.extend(abroad(request.url, live.url)))
    letters, shown = set[str](), set[str]()
    for language, theme, size in LOOKS:
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live.url}])
        for name, path in paths.items():
            found += [f"{name} {language}: {said}" for said in look(tab, path, theme, size)]
            words = tab.evaluate("document.body.textContent")
            letters |= set(words)
            shown |= {text for text in RUNNING if text in words}
    # Last, since a form in which nothing is compulsory is saved, and changes what other pages show.
    for name, path in paths.items():
        if "POST" in PAGES[name].methods:
            found += [f"{name} sent empty: {said}" for said in send_empty(tab, path, theme, size)]
    for name in SEARCHED & set(paths):
        tab.goto(f"{paths[name]}?q={quote(RUNNING[1])}")
        found += [f"{name} searched: {said}" for said in tab.evaluate(MARKUP)]
    tab.goto(f"/{quote(RUNNING[0])}/")
    found += [f"not found: {said}" for said in tab.evaluate(MARKUP)]
    found += [f"empty box: {letter!r}" for letter in tab.evaluate(BOXES, "".join(sorted(letters)))]
    context.close()
    assert not found, "\n".join(found)
    assert len(shown) > 15 or who not in SHOWN_TO, f"only {shown} were shown, so that little was tried"


def abroad(asked: str, home: str) -> list[str]:
    """A complaint where an address is not this site's."""
    return [] if asked.startswith((f"{home}/", "data:", "blob:")) else [f"asks another host: {asked}"]


def test_a_letter_without_a_glyph_is_seen(browser: "Browser", live: "Site") -> None:
    tab = browser.new_page(base_url=live.url)
    tab.goto("/account/login/")
    assert tab.evaluate(BOXES, "登A\ufdd0 ·") == ["\ufdd0"]
    tab.close()


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
    tab.evaluate("document.documentElement.dataset.sent = 'yes'")
    tab.evaluate(SEND)
    # A new page, or the visit form that came back in its place.
    tab.locator("html:not([data-sent]), [data-sent] [data-focus]").first.wait_for(state="attached")
    tab.wait_for_load_state()
    if tab.url.endswith(path):
        yield from faults(tab)


def faults(tab: "Tab") -> Iterator[str]:
    tab.evaluate(OPEN)
    tab.evaluate(RESTING)
    yield from violations(tab)
    yield from (f"markup of a text: {element}" for element in tab.evaluate(MARKUP))
    if too_much := wide(tab):
        yield f"{too_much} px too wide"
