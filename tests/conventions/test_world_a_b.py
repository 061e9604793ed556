"""What lies out of scope changes nothing that one sees (S03): the same pages, byte for byte, in two worlds.

World B is world A and ten thousand files elsewhere with the same names, numbers and words, and with visits,
problems, promises and requests of their own. It is built once, from afar to next door: each reader looks before
the first copies lie in his own reach.
"""

import re
from itertools import zip_longest

import pytest
from django.db import transaction

from tests import cast, factories
from tests.conventions.access_table import PAGES, Page
from tests.conventions.crowd import settle
from tests.conventions.ground import Ground
from tests.conventions.probe import Probe
from tests.conventions.sweep import path_of, positions_of

#: How many files come to which village, and for whom all that has come so far is none of his business.
ARRIVALS = (
    (cast.FAR_VILLAGE, 10_000, ("county_admin", "leader", "auditor")),
    (cast.OTHER_VILLAGE, 700, ("staff", "township_admin")),
    (cast.SECOND_VILLAGE, 350, ("clerk",)),
    (cast.VILLAGE, 350, ("cadre",)),
)
QUERIES = {
    "households:household_list": (
        "?q=canary", "?q=canary-own-head", "?state=overdue", "?state=unpaired", "?state=closed", "?sort=visit",
        "?sort=number", "?type=lifted", "?q=6207", "?village=" + cast.VILLAGE,
    ),
    "households:pairing_list": ("?village=" + cast.VILLAGE,),
    "pairing:person_list": ("?q=人员", "?role=cadre", "?state=open"),
    "visits:queue_list": ("?tab=changes", "?tab=referrals"),
    "visits:referral_list": ("?show=elsewhere",),
    "households:change_list": ("?show=mine",),
}  # fmt: skip
FLEETING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|csrf_token": "[^"]*"|'
    r'name="(?:client|print)_id" value="[^"]*"|value="[0-9a-f-]{36}"(?= name="client_id")|data:image/[^"]*|'
    r"<code>[A-Z2-7 ]{20,}</code>|seconds_left\": \d+|chart-\d+"
)
LEFT_OUT = {"pairing:second_factor_enrol", "pairing:session_show"}
READERS = [who for _village, _files, readers in ARRIVALS for who in readers]


def places(page: Page, who: str, positions: tuple[str, ...]) -> list[str]:
    """One position where there is something to see, and one where there is not."""
    answers = {position: page.expected(who, position, "GET") == (404,) for position in positions}
    seen = [position for position, nothing in answers.items() if not nothing]
    hidden = [position for position, nothing in answers.items() if nothing]
    return seen[:1] + hidden[:1]


def pages(ground: Ground, who: str, browser: Probe) -> dict[str, str]:
    """All that somebody can look at, without what differs each time."""
    found = {}

    def keep(method: str, path: str, **sent: str) -> None:
        answer = browser.send(method, path, sent)
        text = f"{answer.status} {answer.response.content.decode(errors='replace')}"
        text = text.replace(answer.response.headers["X-Request-ID"], "")
        found[f"{method} {path} {sent or ''}"] = FLEETING.sub("", text)

    for name, page in PAGES.items():
        if "GET" not in page.methods or who not in page.who or name in LEFT_OUT:
            continue
        for position in places(page, who, positions_of(ground, page)):
            path = path_of(ground, name, page, position)
            for query in ("", *QUERIES.get(name, ())):
                keep("GET", path + query)
    find = "households:household_find"
    if who in PAGES[find].who:
        for position in ("own", "other_county"):
            for number in (ground.world.heads[position].person.id_number, ground.world.files[position].phone):
                keep("POST", path_of(ground, find, PAGES[find], "own"), number=number.open())
    return found


@pytest.mark.slow
def test_two_worlds(ground: Ground) -> None:
    changed = {}
    with transaction.atomic():
        far = factories.users({f"stranger{n}": ("cadre", cast.FAR_TOWNSHIP) for n in range(50)})
        here = factories.user(
            "neighbour", "cadre", cast.TOWNSHIP
        )  # whom one sees, with households one does not
        browsers = {who: Probe(ground.world, who) for who in READERS}  # before the first look: they sign in
        a = {who: pages(ground, who, browsers[who]) for who in READERS}
        for village, files, readers in ARRIVALS:
            settle(village, files, [here, *far.values()])
            for who in readers:
                b = pages(ground, who, browsers[who])
                changed |= {f"{who} {x}": difference(a[who][x], b[x]) for x in b if a[who][x] != b[x]}
        transaction.set_rollback(True)
    assert changed == {}


def difference(one: str, other: str) -> str:
    """The first words that differ."""
    at = next(i for i, (x, y) in enumerate(zip_longest(one, other)) if x != y)
    return f"{one[max(at - 60, 0) : at + 40]!r} | {other[at : at + 40]!r}"


def test_the_sweep_sees_a_difference(ground: Ground) -> None:
    """In reach the same rows do change the pages, else the test above would prove nothing."""
    paths = {
        name: path_of(ground, name, PAGES[name], "own")
        for name in ("households:household_list", "visits:queue_list", "visits:overview_show")
    }
    browser = Probe(ground.world, "county_admin")
    before = {name: FLEETING.sub("", browser.send("GET", path).text) for name, path in paths.items()}
    with transaction.atomic():
        settle(cast.OTHER_VILLAGE, 7, [ground.world.people["far_cadre"]])
        after = {name: FLEETING.sub("", browser.send("GET", path).text) for name, path in paths.items()}
        transaction.set_rollback(True)
    assert [name for name in paths if before[name] == after[name]] == []
    listed = "households:household_list"
    assert before[listed].count("canary-own-head") < after[listed].count("canary-own-head")
