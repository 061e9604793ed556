"""A list of the office is worked through file by file; the way goes on over a saved form and back to the list."""

import pytest
from playwright.sync_api import Page, expect

from tests import cast
from tests.site import Site

pytestmark = pytest.mark.browser


def test_from_file_to_file_and_back_to_the_filtered_list(live: Site, page: Page):
    world = cast.build()
    value = world.client("staff").cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": live.url}])
    listed = f"/households/?village={cast.VILLAGE}"
    page.goto(listed)
    files = page.locator("tbody th a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(files) == 3

    page.goto(files[0])
    walk = page.locator("[data-walk]")
    expect(walk.locator("[rel=prev]")).to_be_hidden()
    walk.locator("[rel=next]").click()
    page.wait_for_url(f"**{files[1]}")
    page.goto(f"{files[1]}edit/")  # a form between: the tab still knows the list
    page.goto(files[1])
    expect(walk).to_contain_text("2 / 3")
    walk.locator("[rel=next]").click()
    page.wait_for_url(f"**{files[2]}")
    expect(walk.locator("[rel=next]")).to_be_hidden()
    page.locator(".page-head .back").click()
    page.wait_for_url(f"**{listed}")

    page.goto(f"/households/{world.files['other_village'].public_id}/")  # not of this list
    expect(page.locator("h1")).to_be_visible()
    expect(walk).to_be_hidden()
    assert page.locator(".page-head .back").get_attribute("href") == "/households/"
