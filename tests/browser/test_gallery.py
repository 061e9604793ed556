"""The gallery in Chromium: no axe violation, no policy violation, no sideways scrolling, no lost words."""

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.browser.axe import violations, wide
from tests.pairing.conftest import build

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZES = {"phone": (360, 740), "office": (1366, 768)}


@pytest.fixture(scope="module")
def people(live: "Site"):
    return build()


def signed_in(browser: "Browser", live: "Site", user, **more) -> "BrowserContext":
    """A visitor with a session of ``user``, made on the server."""
    from django.test import Client

    client = Client()
    client.force_login(user, "pairing.adapters.UsernameOrPhone")
    context = browser.new_context(base_url=live.url, **more)
    context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live.url} for name, morsel in client.cookies.items()]
    )
    return context


def opened(context: "BrowserContext", said: list[str]) -> "Page":
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    page.goto("/gallery/")
    return page


LOOKS = [
    (language, scheme, size) for language in ("zh-CN", "en") for scheme in ("light", "dark") for size in SIZES
]


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_gallery_is_clean(browser, live, people, language, scheme, size):
    user = people.cadre if size == "phone" else people.staff
    width, height = SIZES[size]
    context = signed_in(
        browser, live, user, viewport={"width": width, "height": height}, color_scheme=scheme, locale=language
    )
    said: list[str] = []
    page = opened(context, said)
    assert page.locator("html").get_attribute("data-bs-theme") == scheme
    assert violations(page) == []
    assert wide(page) == 0
    assert [text for text in said if re.search("Content Security|script:", text)] == []
    context.close()


def test_targets_are_large_enough_for_thumbs(browser, live, people):
    context = signed_in(browser, live, people.cadre, viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = opened(context, [])
    for selector in (".chip", ".bottom-bar a", ".btn", "summary", ".field select"):
        for box in [part.bounding_box() for part in page.locator(f"{selector}:visible").all()]:
            assert box["height"] >= 48, selector
    context.close()


def test_typed_words_survive_the_end_of_the_session(browser, live, people):
    """Past the idle limit come the warning and the notice; after signing in again the words are there."""
    from playwright.sync_api import expect

    context = signed_in(browser, live, people.cadre, viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    page.clock.install(time=date.today().isoformat() + "T09:00:00")
    page.goto("/gallery/")
    words = "屋顶修好了。" * 200
    page.locator("#id_said").first.fill(words)
    stale = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    page.clock.run_for(26 * 60 * 1000)
    expect(page.locator("#session-warning")).to_be_visible()
    context.clear_cookies(name="sessionid")
    page.clock.run_for(5 * 60 * 1000)
    expect(page.locator("#session-over")).to_be_visible()
    page.locator("[data-session-back]").click()
    expect(page.locator("#session-over")).to_be_visible()

    fresh = signed_in(browser, live, people.cadre)
    context.add_cookies([c for c in fresh.cookies() if c["name"] == "sessionid"])
    page.locator("[data-session-back]").click()
    expect(page.locator("#session-over")).not_to_be_visible()
    expect(page.locator("#id_said").first).to_have_value(words)
    assert page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value") != stale
    fresh.close()
    context.close()


def test_everything_works_without_script(browser, live, people):
    context = signed_in(
        browser, live, people.staff, viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    page = opened(context, [])
    assert not page.locator(".side-menu nav").is_visible()
    page.locator(".side-menu summary").click()
    assert page.locator(".side-menu nav").is_visible()
    assert page.locator("#session-warning").is_hidden()
    context.close()
