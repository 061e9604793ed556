"""Whoever enters paper days loses nothing either: the same sealed drafts, kept by slip."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests import cast
from tests.browser.visits.phone import DUMP, WORDS, enter, kept, tap
from tests.site import Site
from visits.actions.slips import print_slips

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_slip_half_entered_comes_back_and_is_gone_when_saved(
    page: Page, live: Site, world: cast.World
) -> None:
    cadre = world.people["cadre"]
    slip = print_slips(households=[world.files["own"]], cadre=cadre, by=cadre)[0]
    page.url_base = live.url
    enter(page, world, "clerk")
    page.goto(reverse("visits:visit_enter", args=[slip.public_id]))
    page.locator("#id_said").fill(WORDS)
    kept(page, WORDS)
    draft = json.loads(page.evaluate(DUMP))["drafts"][0]
    assert (draft["id"], WORDS in str(draft)) == (str(slip.public_id), False)
    page.goto(reverse("visits:slip_enter"))
    expect(page.locator("[data-drafts]")).to_contain_text(slip.printed_number)
    page.locator("[data-drafts] a").click()
    expect(page.locator("#id_said")).to_have_value(WORDS)
    tap(page, "今天")  # no day is preset: it stands on the paper
    page.locator(".whom label.chip").first.click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存")).to_be_visible()
    expect(page.locator("[data-drafts]")).to_be_hidden()
    slip.refresh_from_db()
    assert slip.visit.said == WORDS
    assert json.loads(page.evaluate(DUMP))["drafts"] == []
