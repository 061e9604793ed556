"""An office page left open: a warning, then an ended session, and not one typed character lost."""

import pytest

from tests.pairing.conftest import PASSWORD, build

pytestmark = pytest.mark.browser
REASON = "他调到县上工作，帮扶的户已经交接给同事。" * 5


def sign_in(page, who):
    page.goto("/account/login/")
    page.fill("[name=login]", who)
    page.fill("[name=password]", PASSWORD)
    page.click("main form.office-form button[type=submit]")
    page.wait_for_load_state()


@pytest.mark.slow
def test_a_long_reason_survives_the_end_of_the_session(live, page):
    from django.contrib.sessions.models import Session

    from pairing.models import Grant, User

    cast = build()
    grant = Grant.objects.get(user=cast.cadre)
    page.clock.install()
    sign_in(page, "town")
    page.goto(f"/grants/{grant.public_id}/end/")
    page.fill("[name=reason]", REASON)

    page.clock.fast_forward("15:30")
    warning = page.locator("#session-warning")
    warning.wait_for(state="visible")
    warning.locator("[data-session-stay]").click()
    warning.wait_for(state="hidden")

    page.clock.fast_forward("21:00")
    over = page.locator("#session-over")
    over.wait_for(state="visible")
    Session.objects.all().delete()
    with page.context.expect_page() as opened:
        over.get_by_role("link").click()
    sign_in(opened.value, "town")
    over.locator("[data-session-back]").click()
    over.wait_for(state="hidden")
    assert page.input_value("[name=reason]") == REASON
    page.click("main form.office-form button[type=submit]")
    page.wait_for_url("**/people/**")
    grant.refresh_from_db()
    assert grant.ended_by == User.objects.get(username="town")
