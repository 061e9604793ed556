"""What is measured: each operation as one person does it, and its goals as ratios to others in the same run."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from households.models import Household, Membership, Person
from pairing import clock
from pairing.models import User
from tests.benchmarks import raw
from tests.benchmarks.browser import Answer, Browser

PAGE = 50
SAID = "玉米收完了，心情不错，药还够吃一个月。"


@dataclass(frozen=True)
class Goal:
    """At most ``most`` times as long as ``base``. ``base`` may also be ``queries``, or ``server ms``."""

    base: str
    most: float


@dataclass(frozen=True)
class Operation:
    """Something that somebody does again and again. ``expected`` is the status of a good answer."""

    name: str
    do: Callable[[], Answer]
    goals: Sequence[Goal] = ()
    expected: int = 200


def operations() -> list[Operation]:
    """All operations on the database of this process, in the order of a round."""
    cadre, staff, admin = (Browser(User.objects.get(username=n)) for n in ("cadre", "staff", "admin"))
    county = User.objects.get(username="admin").area_id  # of several, when there are so many households
    files = Household.everything.open().filter(county_code=county).order_by("head_key", "id")
    own = files.filter(lead__username="cadre")[0]
    deep = files[min(200, files.count() // PAGE) * PAGE - PAGE - 1]
    person = Person.everything.filter(identity_hmac__isnull=False, county_code=county).order_by("-pk")[0]
    house = Membership.everything.get(person=person).household
    listing, find = reverse("households:household_list"), reverse("households:household_find")
    peers = reverse("admin:households_household_changelist")

    def listed(**query: str) -> Callable[[], Answer]:
        address = f"{listing}?" + "&".join(f"{name}={quote(value)}" for name, value in query.items())
        return lambda: admin.get(address)

    from_raw_rows, from_sums = raw.operations(User.objects.get(username="admin"))
    log = reverse("visits:visit_create", args=[own.public_id])
    row = {"household": own.pk, "visited_on": clock.today().isoformat(), "method": "home", "said": SAID}
    hello = Goal("hello", 4)
    search = Goal("server ms", 1.5)
    return [
        Operation("hello", lambda: cadre.get(reverse("bench_hello"))),
        Operation("home", lambda: cadre.get(reverse("visits:today")), [Goal("hello", 3), Goal("queries", 5)]),
        Operation("visit form", lambda: cadre.get(log)),
        Operation("one-row form", lambda: cadre.post(reverse("bench_row"), row), expected=302),
        Operation(
            "admin's one-row form", lambda: admin.post(reverse("admin:visits_visit_add"), row), expected=302
        ),
        Operation(
            "save a visit",
            lambda: cadre.post(log, _visit(own)),
            [Goal("one-row form", 2.5), Goal("admin's one-row form", 0.9)],
            expected=302,
        ),
        Operation("admin's list", lambda: admin.get(peers)),
        Operation(
            "admin's list, page 200", lambda: admin.get(f"{peers}?p={min(200, files.count() // PAGE)}")
        ),
        Operation("list of a county", listed(), [Goal("admin's list", 0.25), hello]),
        Operation(
            "list of a county, page 200",
            listed(after=str(deep.public_id)),
            [Goal("admin's list, page 200", 0.25), Goal("list of a county", 1.2)],
        ),
        Operation("list of a township", lambda: staff.get(listing), [Goal("admin's list", 0.25), hello]),
        Operation("search by name", listed(q=own.head_name), [search]),
        Operation("search by part of a name", listed(q=own.head_name[1:]), [search]),
        Operation("search by file number", listed(q=own.file_number), [search]),
        Operation(
            "search by identity number",
            lambda: admin.post(find, {"number": person.id_number.open()}),
            [search],
            expected=302,
        ),
        Operation(
            "file",
            lambda: admin.get(reverse("households:household_detail", args=[house.public_id])),
            [Goal("hello", 10), Goal("queries", 10)],
        ),
        Operation(
            "helper's brief",
            lambda: cadre.get(reverse("households:household_detail", args=[own.public_id])),
            [Goal("hello", 10), Goal("queries", 10)],
        ),
        Operation(
            "queue", lambda: staff.get(reverse("visits:queue_list")), [Goal("admin's list", 0.25), hello]
        ),
        Operation("overview of a township", lambda: staff.get(reverse("visits:overview_show"))),
        Operation("overview of a county", lambda: admin.get(reverse("visits:overview_show"))),
        Operation("figures of a county from raw rows", from_raw_rows),
        Operation("figures of a county", from_sums, [Goal("figures of a county from raw rows", 1 / 50)]),
    ]


def _visit(household: Any) -> dict[str, Any]:
    """A common visit, new each time, with the empty fields that a browser sends."""
    head = Membership.everything.filter(household=household, relation="head").values_list(
        "person__public_id"
    )[0]
    return {
        "client_id": uuid.uuid4(), "visited_on": clock.today().isoformat(), "method": "home",
        "met": [head[0]], "said": SAID, "problem0-words": "", "problem1-words": "", "promise0-what": "",
        "promise1-what": "", "help0-what": "", "help1-what": "", "met_others": "", "restricted": "",
        "again": "on",
    }  # fmt: skip
