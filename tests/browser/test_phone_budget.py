"""The phone's budget: what a first load puts on the wire, everything counted, through the real server.

Static files go uncompressed here, for nothing is collected in tests: in production they are a third of it.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from tests import cast
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST = 300_000  # bytes: the product's budget, which compression keeps far away
EXPECTED = 120_000  # what we have, with room: a new library on these pages has to be wanted


def test_the_first_load_of_a_cadres_pages_is_small(browser: Browser, live: Site) -> None:
    world = cast.build()
    cookie = world.client("cadre").cookies["sessionid"].value
    pages = [
        "/account/login/",
        reverse("visits:today"),
        reverse("visits:visit_create", args=[world.files["own"].public_id]),
        reverse("households:household_detail", args=[world.files["own"].public_id]),
    ]
    for path in pages:
        on_wire, packed = first_load(browser, live, path, cookie)
        assert sum(on_wire.values()) < EXPECTED < MOST, on_wire
        assert path in packed, f"{path} is sent without compression"


def first_load(browser: Browser, live: Site, path: str, cookie: str) -> tuple[dict[str, int], set[str]]:
    """Bytes on the wire by address with an empty cache, and which addresses came compressed."""
    phone = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    if path != "/account/login/":
        phone.add_cookies([{"name": "sessionid", "value": cookie, "url": live.url}])
    page, names, sizes, packed = phone.new_page(), {}, {}, set()
    wire = phone.new_cdp_session(page)

    def seen(event: dict) -> None:
        answer = event["response"]
        names[event["requestId"]] = answer["url"].removeprefix(live.url)
        if "content-encoding" in {name.lower() for name in answer["headers"]}:
            packed.add(names[event["requestId"]])

    wire.on("Network.responseReceived", seen)
    wire.on("Network.loadingFinished", lambda e: sizes.__setitem__(e["requestId"], e["encodedDataLength"]))
    wire.send("Network.enable")
    page.goto(live.url + path, wait_until="networkidle")
    assert page.url == live.url + path
    phone.close()
    return {names.get(key, key): int(size) for key, size in sizes.items()}, packed
