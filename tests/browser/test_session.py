"""An office page left open: a warning, then an ended session, and not one typed character lost."""

from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from pairing.models import Grant, User
from tests.pairing.conftest import PASSWORD, build
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REASON = "他调到县上工作，帮扶的户已经交接给同事。" * 5


@pytest.fixture(scope="module")
def people(live: Site) -> SimpleNamespace:
    return build()


def sign_in(page: Page, who: str) -> None:
    page.goto("/account/login/")
    page.fill("[name=login]", who)
    page.fill("[name=password]", PASSWORD)
    page.click("main form.office-form button[type=submit]")
    page.wait_for_load_state()


def write_reason(page: Page, user: User) -> Grant:
    """The township's page to end a role, with words on it; the page's own clock is in the test's hand."""
    grant = Grant.objects.get(user=user)
    page.clock.install()
    sign_in(page, "town")
    page.goto(f"/grants/{grant.public_id}/end/")
    page.fill("[name=reason]", REASON)
    return grant


def come_back(page: Page) -> None:
    """Sign in again in another window, as the dialog says, and go on."""
    over = page.locator("#session-over")
    over.wait_for(state="visible")
    with page.context.expect_page() as opened:
        over.get_by_role("link").click()
    sign_in(opened.value, "town")
    over.locator("[data-session-back]").click()
    over.wait_for(state="hidden")
    assert page.input_value("[name=reason]") == REASON


def save(page: Page) -> None:
    page.click("main form.office-form button[type=submit]")


def saved(page: Page, grant: Grant) -> None:
    page.wait_for_url("**/people/**")
    grant.refresh_from_db()
    assert grant.ended_by == User.objects.get(username="town")


def test_a_long_reason_survives_the_end_of_the_session(page: Page, people: SimpleNamespace) -> None:
    grant = write_reason(page, people.cadre)
    page.clock.fast_forward("15:30")
    warning = page.locator("#session-warning")
    warning.wait_for(state="visible")
    warning.locator("[data-session-stay]").click()
    warning.wait_for(state="hidden")
    page.clock.fast_forward("21:00")
    expect(page.locator("#session-over")).to_be_visible()
    Session.objects.all().delete()
    come_back(page)
    save(page)
    saved(page, grant)


def test_it_survives_a_session_ended_from_elsewhere_and_a_server_out_of_reach(
    page: Page, people: SimpleNamespace
) -> None:
    grant = write_reason(page, people.clerk)
    page.clock.fast_forward("02:00")
    page.route("**/grants/**", lambda route: route.abort())
    page.route("**/session/**", lambda route: route.abort())
    save(page)
    nobody = page.locator("#no-signal")
    nobody.wait_for(state="visible")
    nobody.get_by_role("button").click()
    page.unroute_all()
    Session.objects.all().delete()
    page.clock.fast_forward("00:10")
    save(page)
    come_back(page)
    save(page)
    saved(page, grant)
