"""The site without a mouse: every control in reach, seen when it has the focus, and no way that ends in a trap."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests import cast
from tests.site import Site
from tests.visits import made
from visits.models import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: What has the focus: a name for it, how thick its ring is, and whether something lies on top of it.
FOCUSED = """() => {
  const it = document.activeElement;
  if (it === document.body) return null;
  const shown = it.closest(".chip") ?? it, box = shown.getBoundingClientRect(), style = getComputedStyle(shown);
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
  return {
    name: it.id || it.name || it.getAttribute("href") || it.textContent.trim(),
    ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    hidden: !top || !(shown.contains(top) || top.contains(shown)),
  };
}"""
#: What Tab has to reach: links, buttons, fields; of a group of radio buttons one.
CONTROLS = """() => {
  const names = new Set();
  for (const e of document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary)")) {
    if (e.disabled || e.type === "hidden" || !e.checkVisibility({ visibilityProperty: true })) continue;
    names.add(e.type === "radio" ? e.name : e.id || e.name || e.getAttribute("href") || e.textContent.trim());
  }
  return [...names];
}"""


@pytest.fixture(scope="module")
def world(live: Site) -> cast.World:
    return cast.build()


def enter(page: Page, live: Site, world: cast.World, who: str) -> None:
    value = world.client(who).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": live.url}])
    page.emulate_media(reduced_motion="reduce")  # else the page is still on its way when it is looked at


def tab_through(page: Page) -> list[dict[str, Any]]:
    """What gets the focus from the top of the page to its end by Tab; fails in a trap."""
    seen = list[dict[str, Any]]()
    while True:
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None or (seen and focused["name"] == seen[0]["name"]):
            return seen
        seen.append(focused)
        assert len(seen) < 200, "no end"


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("cadre", "visits:visit_create"),
        ("staff", "households:household_detail"),
        ("staff", "households:member_create"),
    ],
)
def test_tab_reaches_every_control_and_shows_where_it_is(
    page: Page, live: Site, world: cast.World, who: str, name: str
) -> None:
    enter(page, live, world, who)
    page.goto(reverse(name, args=[world.files["own"].public_id]))
    seen = tab_through(page)
    assert seen[0]["name"] == "#main"  # the way past the frame
    radios = set(page.evaluate("[...document.querySelectorAll('[type=radio]')].map((e) => e.id)"))
    reached = {
        page.locator(f"#{one['name']}").get_attribute("name") if one["name"] in radios else one["name"]
        for one in seen
    }
    assert set(page.evaluate(CONTROLS)) <= reached
    assert not [one["name"] for one in seen if one["ring"] < 3]
    assert not [one["name"] for one in seen if one["hidden"]]


def test_a_visit_is_logged_by_keyboard_alone(page: Page, live: Site, world: cast.World) -> None:
    enter(page, live, world, "cadre")
    page.goto(reverse("visits:visit_create", args=[world.files["own"].public_id]))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    before = Visit.everything.count()
    until(page, "input[name=method]:checked").press("ArrowRight")
    expect(page.locator("input[name=method][value=call]")).to_be_checked()
    until(page, "input[name=met]").press("Space")
    until(page, "#id_said")
    page.keyboard.type("苹果收了")
    until(page, ".save-bar button").press("Enter")
    expect(page.get_by_text("已保存")).to_be_visible()
    assert Visit.everything.count() == before + 1


def test_the_focus_goes_to_what_went_wrong(page: Page, live: Site, world: cast.World) -> None:
    enter(page, live, world, "staff")
    page.goto(reverse("households:member_create", args=[world.files["own"].public_id]))
    until(page, "#id_name").press("Enter")
    alert = page.locator("main [role=alert]")
    expect(alert).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('main form :is(input, select, textarea, a)')")


def test_a_dialog_keeps_the_focus_and_gives_it_back(page: Page, live: Site, world: cast.World) -> None:
    enter(page, live, world, "cadre")
    page.clock.install(time=date.today().isoformat() + "T09:00:00")
    page.goto(reverse("visits:visit_create", args=[world.files["own"].public_id]))
    page.locator("#id_said").focus()
    page.clock.run_for(26 * 60 * 1000)
    dialog = page.locator("#session-warning")
    expect(dialog).to_be_visible()
    for _turn in range(4):
        assert page.evaluate("!document.activeElement.closest('main, header')")
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#id_said")).to_be_focused()


def test_a_menu_opens_by_enter_and_closes_by_escape(page: Page, live: Site, world: cast.World) -> None:
    enter(page, live, world, "cadre")
    page.goto(reverse("visits:today"))
    summary = until(page, ".menu > summary")
    summary.press("Enter")
    expect(page.locator(".menu-sheet")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".menu-sheet")).to_be_hidden()
    expect(summary).to_be_focused()


def until(page: Page, selector: str) -> Any:
    """Press Tab until this control has the focus."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return page.locator(":focus")
    raise AssertionError(f"Tab does not reach {selector}")


def test_the_queue_is_read_with_one_key(page: Page, live: Site, world: cast.World) -> None:
    for _ in range(2):
        made.visit(world.files["own"], world.people["cadre"])
    enter(page, live, world, "staff")
    page.goto(live.url + reverse("visits:queue_list"))
    waiting = Visit.everything.filter(state="to_read").count()
    for left in range(waiting - 1, -1, -1):
        if left == waiting - 1:
            page.keyboard.press("Control+Enter")  # opens the first
            page.wait_for_url("**/read/")
        here = page.url
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, here=here: url != here)
        assert Visit.everything.filter(state="to_read").count() == left
    assert page.url == live.url + reverse("visits:queue_list")
