"""A county behind the site, and a cadre's phone in it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.cast import World
    from tests.site import Site


@pytest.fixture(scope="module")
def world(live: "Site") -> "World":
    from tests import cast  # not above: Django is not set up yet

    return cast.build()


@pytest.fixture
def phone(page: "Page", live: "Site", world: "World") -> "Iterator[Page]":
    """A cadre's phone, signed in; fails on anything that the content policy refused."""
    from tests.browser.visits.phone import enter

    refused: list[str] = []
    page.on("console", lambda m: refused.append(m.text) if "Content Security" in m.text else None)
    page.url_base = live.url  # type: ignore[attr-defined]
    enter(page, world)
    yield page
    assert not refused
