"""The visit log on a phone of 360 pixels: taps, sizes, what is refused, nothing stored twice."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from households.models import Pairing
from households.models.scoped import codes_of
from pairing import clock
from tests import cast
from tests.browser.axe import violations, wide
from tests.browser.visits.phone import WORDS, enter, form_of, kept, tap
from tests.site import Site
from tests.visits import made
from visits.models import Problem, Visit

pytestmark = pytest.mark.browser


def test_a_common_visit_with_a_problem_is_five_taps(phone: Page, world: cast.World) -> None:
    phone.goto(form_of(world))
    before = Visit.everything.count()
    tap(phone, "canary-own-spouse")
    phone.locator("#id_said").fill(WORDS)
    tap(phone, "看病就医")
    tap(phone, "转办")
    expect(phone.locator("[data-office]").first).to_have_text("乡镇卫生院")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已保存")).to_be_visible()
    assert Visit.everything.count() == before + 1
    assert Problem.everything.latest("pk").office == "township_health"


@pytest.mark.parametrize(
    ("language", "theme"), [("zh-hans", "light"), pytest.param("en", "dark", marks=pytest.mark.slow)]
)
def test_today_and_the_form_have_no_violation(phone: Page, world: cast.World, language, theme) -> None:
    """A sample; tests/browser/test_every_page.py looks at all pages."""
    phone.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": phone.url_base}]  # type: ignore[attr-defined]
    )
    phone.emulate_media(color_scheme=theme, reduced_motion="reduce")
    for path in (reverse("visits:today"), form_of(world)):
        phone.goto(path)
        phone.evaluate(
            "() => { for (const fold of document.querySelectorAll('main details')) fold.open = true }"
        )
        assert violations(phone) == []
        assert wide(phone) == 0


@pytest.mark.slow
def test_targets_are_48_pixels_and_nothing_scrolls_sideways(phone: Page, world: cast.World) -> None:
    phone.goto(form_of(world))
    for fold in phone.locator("details.fold > summary").all():
        if fold.is_visible():
            fold.click()
    low = [
        chip
        for chip in phone.locator(".visit-form .chip:visible").all()
        if chip.bounding_box()["height"] < 48
    ]
    assert not low
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.slow
def test_text_twice_as_large_fits_a_phone(phone: Page, world: cast.World) -> None:
    """As who sees badly sets it: nothing is cut off at the side, the menu stays in sight."""
    phone.set_viewport_size({"width": 360, "height": 740})
    file = reverse("households:household_detail", args=[world.files["own"].public_id])
    for path in ("/today/", form_of(world), file, "/me/", "/promises/"):
        phone.goto(path)
        phone.evaluate("document.documentElement.style.fontSize = '200%'")
        assert wide(phone) == 0, path
        expect(phone.locator(".top-bar .menu > summary")).to_be_in_viewport(ratio=0.9)


@pytest.mark.slow
def test_i_will_do_it_opens_the_promise_with_the_words(phone: Page, world: cast.World) -> None:
    phone.goto(form_of(world))
    phone.locator("#id_said").fill(WORDS)
    tap(phone, "饮水")
    tap(phone, "我来办")
    expect(phone.locator("#id_promise0-what")).to_have_value(WORDS)


def test_a_server_that_is_away_keeps_the_page_and_the_words(phone: Page, world: cast.World) -> None:
    """A gateway's bare "502" would take the form away; what happened is said above the button, in sight."""
    phone.goto(form_of(world))
    tap(phone, "canary-own-head")
    phone.locator("#id_said").fill(WORDS + "七")
    phone.route("**/visits/new/**", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    phone.get_by_role("button", name="保存").click()
    note = phone.get_by_text("服务器暂时没有回应")
    expect(note).to_be_in_viewport()
    expect(phone.locator("#id_said")).to_have_value(WORDS + "七")
    phone.unroute("**/visits/new/**")
    phone.reload()
    expect(phone.get_by_text("上次没发出去的内容已恢复")).to_be_in_viewport()
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已保存")).to_be_visible()


@pytest.mark.slow
def test_signing_in_again_elsewhere_does_not_stop_the_save(phone: Page, world: cast.World) -> None:
    """The new session's token is fetched and the same words go out; somebody else's session takes none."""
    phone.goto(form_of(world))
    tap(phone, "canary-own-head")
    phone.locator("#id_said").fill(WORDS + "八")
    enter(phone, world, "other_cadre")
    phone.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)  # signing in rotates it
    before = Visit.everything.count()
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("现在登录的是另一个人")).to_be_visible()
    assert Visit.everything.count() == before
    enter(phone, world)
    phone.locator("#session-over [data-session-back]").click()
    phone.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)  # signing in rotates it
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已保存")).to_be_visible()
    assert Visit.everything.latest("pk").said == WORDS + "八"


@pytest.mark.slow
def test_a_small_form_stays_without_a_signal(phone: Page, world: cast.World) -> None:
    """The browser's own page would take it away, with the line that was typed."""
    promise = made.promise(world.files["own"], world.people["cadre"], what="问低保")
    phone.goto(reverse("visits:promise_done", args=[promise.public_id]))
    phone.locator("#id_done_what").fill("材料交到镇上了")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("什么都没有发出去")).to_be_visible()
    phone.get_by_role("button", name="知道了").click()
    phone.context.set_offline(False)
    expect(phone.locator("#id_done_what")).to_have_value("材料交到镇上了")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已保存")).to_be_visible()


def test_a_refused_form_comes_back_by_one_answer_and_goes_on(phone: Page, world: cast.World) -> None:
    phone.goto(form_of(world))
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    phone.locator("#id_said").fill(WORDS + "十一")
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("[data-focus]")).to_be_focused()
    expect(phone.locator("#id_said")).to_have_value(WORDS + "十一")
    assert len(sent) == 1
    tap(phone, "看病就医")
    tap(phone, "转办")
    expect(phone.locator("[data-office]").first).to_have_text("乡镇卫生院")
    kept(phone, WORDS + "十一")
    tap(phone, "canary-own-head")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已保存")).to_be_visible()
    assert len(sent) == 2


def test_no_change_and_something_has_changed_exclude_each_other(phone: Page, world: cast.World) -> None:
    phone.goto(form_of(world))
    tap(phone, "情况没有变化")
    tap(phone, "情况有变化")
    expect(phone.locator("#id_no_change")).not_to_be_checked()
    tap(phone, "情况没有变化")
    expect(phone.locator("#has-changed")).not_to_be_checked()


@pytest.mark.slow
def test_going_back_after_saving_offers_nothing_to_save_again(phone: Page, world: cast.World) -> None:
    """A browser puts typed words back into the fields, but not the id under which they were saved."""
    phone.goto("/today/")
    phone.goto(form_of(world))
    tap(phone, "canary-own-head")
    phone.get_by_role("button", name="保存").click()  # refused first: the form comes back in its place
    expect(phone.get_by_text("还没有保存")).to_be_visible()
    phone.locator("#id_said").fill(WORDS + "九")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已保存")).to_be_visible()
    for _ in range(2):
        phone.wait_for_load_state("networkidle")  # Chromium goes back from no page that is still coming
        phone.go_back()
        if phone.locator("#id_said").count():
            expect(phone.locator("#id_said")).to_have_value("")
    phone.goto(form_of(world))
    tap(phone, "canary-own-head")
    phone.locator("#id_said").fill(WORDS + "十")
    kept(phone, WORDS + "十")
    phone.goto("/today/")
    phone.go_back()
    expect(phone.get_by_text("上次没发出去的内容已恢复")).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("没有信号。")).to_be_visible()
    kept(phone, WORDS + "十")
    phone.context.set_offline(False)
    phone.evaluate("async () => { for (const { id } of await Drafts.list()) await Drafts.remove(id) }")


def test_the_form_works_without_script(live: Site, browser, world: cast.World) -> None:
    context = browser.new_context(base_url=live.url, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.url_base = live.url
    enter(page, world)
    page.goto(form_of(world))
    tap(page, "canary-own-head")
    page.locator("#id_said").fill(WORDS + "十二")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存")).to_be_visible()
    page.go_back()
    expect(page.locator("#id_said")).to_have_value(WORDS + "十二")  # the browser's own doing
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("您已经保存过了")).to_be_visible()
    assert Visit.everything.filter(said=WORDS + "十二").count() == 1
    context.close()


def test_a_pairing_that_ended_meanwhile_shows_nothing_and_loses_nothing(
    phone: Page, world: cast.World
) -> None:
    row = world.files["area"]
    pairing = Pairing.everything.create(
        household=row,
        cadre=world.people["cadre"],
        started_on=clock.today() - timedelta(days=60),
        **codes_of(row),
    )
    phone.goto(form_of(world, "area"))
    tap(phone, "canary-area-head")
    phone.locator("#id_said").fill(WORDS + "五")
    tap(phone, "昨天")
    Pairing.everything.filter(pk=pairing.pk).update(ended_on=clock.today())
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已保存")).to_be_visible()
    expect(phone.locator("body")).not_to_contain_text("canary-area")
    assert Visit.everything.latest("pk").after_pairing
