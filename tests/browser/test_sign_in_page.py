"""The door of the site in a real browser: it opens, obeys its own content policy and calls nobody else."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.site import Site

pytestmark = pytest.mark.browser


def test_sign_in_opens_without_violations_or_foreign_requests(page: "Page", live: "Site") -> None:
    from playwright.sync_api import expect

    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    expect(page.locator("form[method=post] [name=password]")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    assert [text for text in said if "Content Security" in text] == []
    assert [url for url in asked if not url.startswith((live.url, "data:"))] == []
