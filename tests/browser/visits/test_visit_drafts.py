"""Drafts of the visit log: nobody else reads them, and nothing is lost on the way."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from pairing import clock
from tests import cast
from tests.browser.visits.phone import DUMP, WORDS, enter, form_of, kept, tap
from tests.visits import made
from visits.models import ConflictDraft, Visit

pytestmark = pytest.mark.browser

OLD = """(account) => new Promise((done) => {
  const asking = indexedDB.open("visit-drafts", 1);
  asking.onupgradeneeded = () => {
    asking.result.createObjectStore("keys", { keyPath: "account" });
    const drafts = asking.result.createObjectStore("drafts", { keyPath: "id" });
    drafts.put({ id: "old", account, iv: new Uint8Array(12), data: new ArrayBuffer(16), at: 1 });
  };
  asking.onsuccess = () => done(asking.result.close());
})"""


def test_a_closed_tab_and_a_lost_signal_lose_nothing(phone: Page, world: cast.World) -> None:
    phone.goto(form_of(world))
    tap(phone, "canary-own-head")
    phone.locator("#id_said").fill(WORDS + "一")
    kept(phone, WORDS + "一")
    other = phone.context.new_page()
    phone.close()
    other.goto("/today/")
    expect(other.locator("[data-drafts]")).to_contain_text("canary-own-head")
    other.locator("[data-drafts] a").click()
    expect(other.locator("#id_said")).to_have_value(WORDS + "一")
    before = Visit.everything.count()
    other.context.set_offline(True)
    other.get_by_role("button", name="保存").click()
    expect(other.get_by_text("没有信号。")).to_be_visible()
    other.context.set_offline(False)
    other.get_by_role("button", name="保存").click()
    expect(other.get_by_text("已保存")).to_be_visible()
    expect(other.locator("[data-drafts]")).to_be_hidden()
    assert Visit.everything.count() == before + 1


def test_an_ended_session_brings_the_words_back_after_signing_in(phone: Page, world: cast.World) -> None:
    phone.goto(form_of(world))
    tap(phone, "canary-own-head")
    phone.locator("#id_said").fill(WORDS + "二")
    kept(phone, WORDS + "二")
    phone.context.clear_cookies(name="sessionid")
    phone.get_by_role("button", name="保存").click()
    phone.wait_for_url("**/account/login/**")
    enter(phone, world)
    phone.goto(form_of(world))
    expect(phone.locator("#id_said")).to_have_value(WORDS + "二")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已保存")).to_be_visible()


def test_drafts_are_ciphertext_for_everybody_else_and_come_back_to_their_author(
    phone: Page, world: cast.World
) -> None:
    phone.goto(form_of(world))
    phone.locator("#id_said").fill(WORDS + "三")
    kept(phone, WORDS + "三")
    phone.locator(".menu > summary").first.click()
    phone.get_by_role("button", name="退出").first.click()
    phone.get_by_role("button", name="锁着保留，退出").click()
    phone.wait_for_url("**/account/login/**")
    left = json.loads(phone.evaluate(DUMP))
    assert left["keys"] == []
    assert len(left["drafts"]) == 1
    text = bytes(left["drafts"][0]["data"]).decode("utf-8", "replace") + str(left)
    assert WORDS not in text
    assert "canary" not in text

    enter(phone, world, "other_cadre")
    phone.goto("/today/")
    expect(phone.locator("[data-drafts]")).to_be_hidden()
    assert len(json.loads(phone.evaluate(DUMP))["drafts"]) == 1

    enter(phone, world)
    phone.goto("/today/")
    expect(phone.locator("[data-drafts]")).to_contain_text("canary-own-head")
    phone.locator("[data-drafts] button").click()
    assert len(json.loads(phone.evaluate(DUMP))["drafts"]) == 1, "a slip of the thumb discarded a draft"
    phone.get_by_role("button", name="确定放弃").click()
    expect(phone.locator("[data-drafts]")).to_be_hidden()


@pytest.mark.slow
def test_an_address_removes_no_draft_and_a_colleagues_draft_of_the_same_slip_stays(
    phone: Page, world: cast.World
) -> None:
    """``?saved=`` counts only where the server says so too; a slip's id is known to all who enter slips."""
    phone.goto(form_of(world))
    phone.locator("#id_said").fill(WORDS + "六")
    kept(phone, WORDS + "六")
    draft = json.loads(phone.evaluate(DUMP))["drafts"][0]["id"]
    for page in ("/today/", "/promises/"):
        phone.goto(f"{page}?saved={draft}")
        kept(phone, WORDS + "六")
    enter(phone, world, "other_cadre")
    phone.goto("/today/")
    phone.evaluate("(id) => Drafts.save(id, { path: '/', label: 'x', fields: [] })", draft)
    assert [found["id"] for found in json.loads(phone.evaluate(DUMP))["drafts"]] == [draft, draft]
    phone.evaluate("(id) => Drafts.remove(id)", draft)
    enter(phone, world)
    phone.goto("/today/")
    kept(phone, WORDS + "六")
    phone.evaluate("(id) => Drafts.remove(id)", draft)


@pytest.mark.slow
def test_drafts_kept_before_stay_when_the_store_is_rebuilt(phone: Page, world: cast.World) -> None:
    """The first store knew drafts by their id alone."""
    phone.goto("/static/js/drafts.js")  # a page of the same origin on which no script of ours runs
    account = str(world.people["cadre"].public_id)
    phone.evaluate(OLD, account)
    phone.goto("/today/")
    phone.evaluate("() => Drafts.mine().then((found) => found.length)")
    assert [found["id"] for found in json.loads(phone.evaluate(DUMP))["drafts"]] == ["old"]
    phone.evaluate("() => Drafts.remove('old')")


@pytest.mark.slow
def test_a_draft_of_yesterday_keeps_yesterdays_date(phone: Page, world: cast.World) -> None:
    phone.goto(form_of(world))
    phone.locator("#id_said").fill(WORDS + "四")
    day = (clock.today() - timedelta(days=3)).isoformat()
    phone.locator('input[name="visited_on"]').first.evaluate(f"input => {{ input.value = '{day}' }}")
    phone.locator("#id_said").press("End")
    phone.locator("#id_said").type("。")
    kept(phone, WORDS + "四。")
    phone.reload()
    expect(phone.locator('input[name="visited_on"][value="other"]')).to_be_checked()
    expect(phone.locator("#id_visited_on_day")).to_have_value(day)


@pytest.mark.slow
def test_what_the_server_kept_of_a_clash_does_not_come_back(phone: Page, world: cast.World) -> None:
    """Else the next visit there would begin with the used id, and every save would clash again."""
    phone.goto(form_of(world))
    tap(phone, "canary-own-head")
    phone.locator("#id_said").fill(WORDS + "五")
    kept(phone, WORDS + "五")
    used = phone.locator('input[name="client_id"]').input_value()
    made.visit(world.files["own"], world.people["cadre"], client_id=used, said="别的话")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("别的话")).to_be_visible()
    assert ConflictDraft.everything.filter(client_id=used).count() == 1
    phone.goto(form_of(world))
    expect(phone.locator("#id_said")).to_have_value("")
    assert phone.locator('input[name="client_id"]').input_value() != used
    assert not phone.evaluate("async () => (await Drafts.list()).length")
