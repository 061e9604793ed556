"""A phone in a helper's hand: signed in, tapped, and asked what lies in its browser."""

import re

from django.urls import reverse
from playwright.sync_api import Page

from tests import cast

WORDS = "今年玉米好，就是腿疼要看病"
KEPT = """async (words) => {
  for (let tries = 0; tries < 200; tries++) {
    if ((await Drafts.list()).some((draft) => JSON.stringify(draft).includes(words))) return true;
    await new Promise((done) => setTimeout(done, 50));
  }
  return false;
}"""
DUMP = """async () => {
  const db = await new Promise((done) => {
    const asking = indexedDB.open("visit-drafts");
    asking.onsuccess = () => done(asking.result);
  });
  const all = (store) => new Promise((done) => {
    const asking = db.transaction(store).objectStore(store).getAll();
    asking.onsuccess = () => done(asking.result);
  });
  const bytes = (d) => ({ ...d, iv: [...d.iv], data: [...new Uint8Array(d.data)] });
  const drafts = (await all("drafts")).map(bytes);
  return JSON.stringify({ keys: (await all("keys")).map((k) => k.account), drafts });
}"""


def enter(page: Page, world: cast.World, who: str = "cadre") -> None:
    """Let somebody be signed in in this browser, as if he had just typed his password."""
    cookie = world.client(who).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": page.url_base}])  # type: ignore[attr-defined]


def tap(page: Page, word: str) -> None:
    """Tap the first chip in sight with this word."""
    page.locator("label.chip:visible").filter(has_text=re.compile(f"^{re.escape(word)}$")).first.click()


def kept(page: Page, words: str) -> None:
    """Wait until a draft with these words lies in the browser."""
    assert page.evaluate(KEPT, words), "no draft within ten seconds"


def form_of(world: cast.World, position: str = "own") -> str:
    return reverse("visits:visit_create", args=[world.files[position].public_id])
