"""The cadre's pages in Chromium: no axe violation and nothing to scroll sideways at 360 px, in both languages."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from pairing import clock
from tests import cast
from tests.browser.axe import violations, wide
from tests.site import Site
from tests.visits import logged
from visits.actions.reading import Question, ask
from visits.actions.slips import print_slips

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def day(live: Site) -> list[tuple[str, list[str]]]:
    """By person (as his session), the pages of a day with something on each."""
    world = cast.build()
    cadre, own = world.people["cadre"], world.files["own"]
    promise = logged.promise(world, due_on=clock.today() + timedelta(days=2))
    visit = logged.visit(world, tasks=["company"], restricted="只给镇上看")
    ask(visit=visit, questions=[Question("said", "种了几亩？")], by=world.people["staff"])
    entered = logged.visit(world, who="clerk", visited_by="cadre")
    slip = print_slips(households=[own], cadre=cadre, by=cadre)[0]

    def page(name: str, row: Any = None) -> str:
        return reverse(f"visits:{name}", args=[row.public_id] if row else [])

    cadres = [
        page("today"), page("household_brief_list"), page("visit_create", own), page("visit_detail", visit),
        page("visit_correct", visit), page("visit_withdraw", visit), page("visit_confirm", entered),
        page("visit_answer", visit), page("promise_list"), page("promise_done", promise),
        page("promise_move", promise), page("slip_print"), page("draft_list"),
    ]  # fmt: skip
    clerks = [page("slip_enter"), page("visit_enter", slip)]
    pages = {"cadre": cadres, "clerk": clerks}
    return [(world.client(who).cookies["sessionid"].value, found) for who, found in pages.items()]


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_no_page_of_the_day_has_a_violation(page: Page, live: Site, day, language, theme) -> None:
    found = {}
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live.url}])
    page.emulate_media(color_scheme=theme)
    for session, addresses in day:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live.url}])
        for address in addresses:
            assert page.goto(address).status == 200
            for fold in page.locator("details.fold, details.more").all():
                fold.evaluate("fold => { fold.open = true }")
            if said := [*violations(page), *([f"{wide(page)} px too wide"] if wide(page) else [])]:
                found[address] = said
    assert not found
