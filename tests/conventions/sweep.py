"""Addresses with their things, and a well-formed body for each that takes one: what all sweeps send."""

from typing import Any

from django.urls import reverse

from tests.conventions.access_table import PAGES, Page
from tests.conventions.forms import fill
from tests.conventions.ground import POSITIONS, Ground
from tests.conventions.probe import Probe
from visits.models import Slip

#: Who fills a page's form for everybody: the first of these that may.
BY_WIDTH = ("township_admin", "county_admin", "staff", "system", "auditor", "clerk", "cadre", "anonymous")


PLAIN_VISIT = {"client_id", "visited_on", "visited_on_day", "method", "met", "said"}


def make_bodies(ground: Ground) -> dict[str, Any]:
    """A well-formed body for each address that takes one, as the page's own form makes it."""
    browsers = {who: Probe(ground.world, who) for who in BY_WIDTH}
    found = {}
    for name, page in PAGES.items():
        if "POST" not in page.methods:
            continue
        body = dict(page.body) if page.body is not None else None
        if body is None:
            body = _filled(ground, browsers, name, page)
        found[name] = body
    files = ground.world.files
    ours = {name: [str(files[name].public_id)] for name in ("own", "area")}
    for name in ("visits:visit_create", "visits:visit_enter"):  # the plain visit; tests/visits fill the rest
        found[name] = {key: text for key, text in found[name].items() if key in PLAIN_VISIT}
    found["visits:slip_print"] = {"households": ours["own"]}
    found["visits:slip_enter"] = {"number": Slip.everything.get(household=files["own"]).number}
    found["households:pairing_create"] |= {"households": ours["area"], "confirm": "yes"}
    found["households:phone_show"] = {"of": str(files["own"].public_id)}
    found["households:column_title_list"] = {"remove": str(ground.ids["alias"]["own"]["public_id"])}
    return found


def _filled(ground: Ground, browsers: dict[str, Probe], name: str, page: Page) -> Any:
    for who in BY_WIDTH:
        for position in positions_of(ground, page):
            if page.expected(who, position, "GET") == page.get and page.get[0] == 200 and who in page.who:
                path = path_of(ground, name, page, position)
                answer = browsers[who].send("GET", path + page.query)
                body = fill(answer.text, path, **page.fill) if answer.status == 200 else None
                if body is not None:
                    return body
    raise AssertionError(f"{name}: no form found to fill")


def positions_of(ground: Ground, page: Page) -> tuple[str, ...]:
    return tuple(p for p in POSITIONS if p in ground.ids[page.kind]) if page.kind else ("own",)


def path_of(ground: Ground, name: str, page: Page, position: str) -> str:
    return reverse(name, kwargs=(ground.ids[page.kind][position] if page.kind else {}) | dict(page.more))
