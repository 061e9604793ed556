"""What lies out of scope changes nothing that one sees (S03): the same pages, byte for byte, in two worlds.

World B is world A and some hundred files elsewhere with the same names, numbers and words.
"""

import re
from datetime import date, timedelta
from itertools import zip_longest

import pytest
from django.db import transaction

from pairing import clock
from tests import cast, factories
from tests.conventions.access_table import PAGES, Page
from tests.conventions.ground import Ground, Probe
from tests.conventions.sweep import path_of, positions_of
from tests.factories import FileSpec, MemberSpec
from tests.visits import made
from visits.models import Promise

#: For each reader, the villages that are none of his business.
ELSEWHERE = {
    "cadre": (cast.VILLAGE, cast.OTHER_VILLAGE, cast.FAR_VILLAGE),
    "clerk": (cast.SECOND_VILLAGE, cast.OTHER_VILLAGE, cast.FAR_VILLAGE),
    "staff": (cast.OTHER_VILLAGE, cast.FAR_VILLAGE),
    "township_admin": (cast.OTHER_VILLAGE, cast.FAR_VILLAGE),
    "county_admin": (cast.FAR_VILLAGE,),
    "leader": (cast.FAR_VILLAGE,),
    "auditor": (cast.FAR_VILLAGE,),
}
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
    r'name="client_id" value="[^"]*"|value="[0-9a-f-]{36}"(?= name="client_id")|data:image/[^"]*|'
    r"<code>[A-Z2-7 ]{20,}</code>|seconds_left\": \d+|chart-\d+"
)


def near(page: Page, who: str, positions: tuple[str, ...]) -> list[str]:
    """Where there is something to see, and one position where there is not."""
    answers = {position: page.expected(who, position, "GET") == (404,) for position in positions}
    hidden = [position for position, nothing in answers.items() if nothing]
    return [position for position, nothing in answers.items() if not nothing] + hidden[:1]


def pages(ground: Ground, who: str) -> dict[str, str]:
    """All that somebody can look at, without what differs each time."""
    browser, found = Probe(ground.world, who), {}
    for name, page in PAGES.items():
        if "GET" not in page.methods or name in {"pairing:second_factor_enrol", "pairing:session_show"}:
            continue
        for position in near(page, who, positions_of(ground, page)):
            path = path_of(ground, name, page, position)
            for query in ("", *QUERIES.get(name, ())):
                answer = browser.send("GET", path + query)
                text = f"{answer.status} {answer.response.content.decode(errors='replace')}"
                text = text.replace(answer.response.headers["X-Request-ID"], "")
                found[path + query] = FLEETING.sub("", text)
    return found


def more(ground: Ground, villages: tuple[str, ...]) -> None:
    """Files elsewhere that look like those in reach, with visits, problems and promises."""
    today, world = clock.today(), ground.world
    numbers = [m.person.id_number.open() for p, m in world.heads.items() if p != "other_county"]
    far = factories.users({f"stranger{n}": ("cadre", cast.FAR_TOWNSHIP) for n in range(3)})
    specs = []
    for order, village in enumerate(villages):
        same_county = village.startswith(cast.COUNTY)
        for n in range(40):
            position = tuple(cast.POSITIONS)[n % 7]
            number = None if same_county or n >= len(numbers) else numbers[n]
            born = date(1930 + n, 2 + order, 5)  # numbers differ by it
            member = MemberSpec(cast.canary(position, "head"), birth_date=born, id_number=number)
            specs.append(FileSpec(village, [member], today - timedelta(days=300)))
    rows = factories.households(specs)
    start = today - timedelta(days=250)
    factories.pairings((row, list(far.values())[n % 3], start, None) for n, row in enumerate(rows) if n % 4)
    for row in rows[::4]:
        helper = far["stranger0"]
        made.visit(row, helper, days=5, said="canary")
        made.problem(row, helper, waits=20)
        promise = Promise(
            household=row, what="canary", due_on=today - timedelta(days=1), made_by=helper, holder=helper
        )
        promise.place(row.village_code)
        promise.save()


@pytest.mark.slow
@pytest.mark.parametrize("who", ELSEWHERE)
def test_two_worlds(ground: Ground, who: str) -> None:
    a = pages(ground, who)
    with transaction.atomic():
        more(ground, ELSEWHERE[who])
        b = pages(ground, who)
        transaction.set_rollback(True)
    changed = {x: difference(a[x], b[x]) for x in a if a[x] != b[x]}
    assert changed == {}


def difference(one: str, other: str) -> str:
    """The first words that differ."""
    at = next(i for i, (x, y) in enumerate(zip_longest(one, other)) if x != y)
    return f"{one[max(at - 60, 0) : at + 40]!r} | {other[at : at + 40]!r}"


def test_the_sweep_sees_a_difference(ground: Ground) -> None:
    """In reach the same rows do change the pages, else the test above would prove nothing."""
    path = path_of(ground, "households:household_list", PAGES["households:household_list"], "own")
    browser = Probe(ground.world, "county_admin")
    before = FLEETING.sub("", browser.send("GET", path).text)
    with transaction.atomic():
        more(ground, (cast.OTHER_VILLAGE,))
        after = FLEETING.sub("", browser.send("GET", path).text)
        transaction.set_rollback(True)
    assert before.count("canary-own-head") < after.count("canary-own-head")
