"""What the sweeps over all addresses stand on: the cast with one thing of every kind in each position."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from households.models import ChangeField, ChangeRequest, ColumnAlias
from households.models.scoped import codes_of
from households.register import intake
from pairing import clock
from pairing.actions import people as accounts
from pairing.models import User, VillageLink
from tests import cast, factories
from tests.households import register_files
from tests.replay import replayed
from tests.visits import made
from visits import checks
from visits.models import ConflictDraft, Promise, Slip, VisitQuestion

POSITIONS = tuple(cast.POSITIONS)
#: Who visited in each position. The cadre of the cast knows the first three.
VISITORS = {"own": "cadre", "ended": "cadre", "closed": "cadre", "other_county": "far_cadre"}
PROPOSERS = {"other_township": "other_staff", "other_county": "far_admin"}
#: Who stands for a whole position, where the thing is a person, a unit or a file of an office.
OFFICES = {
    "own": ("cadre", "township_admin", cast.TOWNSHIP),
    "other_township": ("other_cadre", "county_admin", cast.OTHER_TOWNSHIP),
    "other_county": ("far_cadre", "far_admin", cast.FAR_TOWNSHIP),
}
RESTRICTED = "only-for-the-named-reader"


@dataclass
class Ground:
    """The cast, and for each kind of thing what an address needs to name it: ``ids[kind][position]``."""

    world: cast.World
    ids: dict[str, dict[str, dict[str, Any]]]
    numbers: set[str] = field(default_factory=set)  # full numbers of anybody: they stand on no page

    def path(self, name: str, kind: str, position: str, **more: Any) -> str:
        return reverse(name, kwargs=(self.ids[kind][position] if kind else {}) | more)


@replayed
def build() -> Ground:
    """Make the ground: some two hundred statements."""
    world = cast.build()
    ids: dict[str, dict[str, dict[str, Any]]] = {}

    def keep(kind: str, position: str, row: Any, **more: Any) -> None:
        ids.setdefault(kind, {})[position] = {"public_id": row.public_id, **more}

    for position, row in world.files.items():
        visitor = world.people[VISITORS.get(position, "other_cadre")]
        office = world.people[PROPOSERS.get(position, "staff")]
        keep("household", position, row)
        keep("member", position, world.spouses[position])
        keep("absence", position, world.absences[position])
        keep("question", position, world.questions[position])
        keep("change", position, world.requests[position])
        _visits(world, position, visitor, keep)
        _returned(world, position, office, keep)
    for position, pairing in world.pairings.items():
        keep("pairing", position, pairing)
    for position, (helper, admin, township) in OFFICES.items():
        person = world.people[helper]
        keep("person", position, person)
        keep("grant", position, person.grants.get())
        unit = factories.unit(township, cast.canary(position, "unit"))
        keep("unit", position, unit)
        village = cast.POSITIONS[position]
        link = VillageLink.objects.create(unit=unit, village_id=village, started_on=clock.today())
        keep("village_link", position, link)
        _import(world, position, world.people[admin], township, keep)
    _invitation(world, ids)
    for position, author in (("own", "cadre"), ("other_township", "other_cadre")):
        body = {
            "visited_on": clock.today().isoformat(),
            "method": "home",
            "said": cast.canary(position, "kept"),
        }
        draft = ConflictDraft.everything.create(
            county_code=cast.COUNTY, author=world.people[author], client_id=UUID(int=9), body_hmac="x",
            body=json.dumps(body),
        )  # fmt: skip
        keep("draft", position, draft)
        world.canaries[position].add(body["said"])
    numbers = {m.person.id_number.open() for ms in (world.heads, world.spouses) for m in ms.values()}
    numbers |= {m.person.phone.open() for m in world.spouses.values()}
    for row in world.files.values():
        numbers |= {row.phone.open(), row.bank_account.open()}
    return Ground(world, ids, numbers - {""})


def _visits(world: cast.World, position: str, visitor: User, keep: Any) -> None:
    row, today, codes = world.files[position], clock.today(), codes_of(world.files[position])
    said, what, words = (cast.canary(position, name) for name in ("said", "what", "words"))
    told = f"health-{row.person_years.first().public_id}"
    visit = made.visit(
        row, visitor, days=40, said=said, has_restricted=True, restricted=f"{RESTRICTED}-{position}",
        facts=json.dumps([{"key": told, "sentence": what, "still": False, "words": words}]),
    )  # fmt: skip
    asked = made.visit(row, visitor, days=45, said=said, state="asked")
    typist = world.people["clerk" if row.village_code == cast.VILLAGE else "reviewer"]
    entered = made.visit(row, visitor, days=41, said=said, author=typist, confirmed_at=None)
    VisitQuestion.everything.create(
        visit=asked, household=row, field="said", question=cast.canary(position, "asked"),
        asked_by=world.people["reviewer"], **codes,
    )  # fmt: skip
    promise = Promise(what=what, due_on=today + timedelta(days=3))
    done = Promise(what=what, due_on=today, state="done", done_what="done", done_on=today, done_by=visitor)
    for made_promise in (promise, done):
        made_promise.household, made_promise.made_by, made_promise.holder = row, visitor, visitor
        made_promise.place(row.village_code)
        made_promise.save()
    problem = made.problem(
        row, visitor, state="mine", words=words, office="", level="", referred_on=None, due_on=None
    )
    slip = Slip(household=row, cadre=visitor, number=checks.slip_number(row.pk), printed_by=visitor)
    slip.place(row.village_code)
    slip.save()
    world.canaries[position] |= {said, what, words, cast.canary(position, "asked")}
    kinds = {
        "visit": visit, "visit_asked": asked, "visit_entered": entered, "promise": promise,
        "promise_done": done, "slip": slip,
    }  # fmt: skip
    for kind, thing in kinds.items():
        keep(kind, position, thing)
    keep("fact", position, visit, key=told)
    keep("problem", position, problem)
    keep("problem_move", position, problem, to="solved")
    keep("number", position, row, what="bank", key=row.public_id)
    keep("year", position, row, year=today.year)


def _returned(world: cast.World, position: str, office: User, keep: Any) -> None:
    """A request that its proposer got back with remarks."""
    row = world.files[position]
    request = ChangeRequest.everything.create(
        household=row, reason="correction", proposed_by=office, base_version=row.version, state="returned",
        remark="please", **codes_of(row),
    )  # fmt: skip
    ChangeField.everything.create(
        request=request,
        household=row,
        model="household",
        field="bank_name",
        old=row.bank_name,
        new="new bank",
        **codes_of(row),
    )
    keep("change_returned", position, request)


def _import(world: cast.World, position: str, admin: User, township: str, keep: Any) -> None:
    name = cast.canary(position, "failed")
    failing = register_files.family(9, register_files.ONE, [(name, "户主", "19560204", 91)], 9000)
    failing[0][register_files.TITLES.index("证件号码")] = "629999195602040000"  # no such check digit
    batch = intake.upload(
        file=io.BytesIO(register_files.good(rows=[*register_files.good_rows(), *failing])),
        name=f"{cast.canary(position, 'register')}.xlsx",
        area=township,
        year=clock.today().year - 1,
        by=admin,
    )
    keep("batch", position, batch)
    world.canaries[position].add(name)
    world.canaries[position].add(cast.canary(position, "register"))
    alias = ColumnAlias.everything.create(
        area_id=township, county_code=township[:6], title=cast.canary(position, "title"), field="name"
    )
    keep("alias", position, alias)
    world.canaries[position].add(alias.title)


def _invitation(world: cast.World, ids: dict[str, Any]) -> None:
    """Somebody new with an open sheet."""
    new = factories.user("newcomer", "cadre", cast.TOWNSHIP)
    User.objects.filter(pk=new.pk).update(password="!unusable", second_factor_on=False)
    new.refresh_from_db()
    _sheet, token = accounts.create_invitation(person=new, by=world.people["county_admin"])
    ids["invitation"] = {"own": {"token": token}}


def addresses() -> dict[str, Any]:
    """Every named address of the site with its view: ``{"app:name": callback}``."""

    def walk(resolver: URLResolver, space: str) -> Iterator[tuple[str, Any]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                deeper = f"{space}{entry.namespace}:" if entry.namespace else space
                yield from walk(entry, deeper)
            elif isinstance(entry, URLPattern):
                yield f"{space}{entry.name}", entry.callback

    return dict(walk(get_resolver(), ""))
