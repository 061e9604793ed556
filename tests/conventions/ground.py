"""What the sweeps over all addresses stand on: the cast with one thing of every kind in each position.

``build()`` makes it; ``Probe`` sends requests in savepoints and says what each wrote; ``fill`` turns a page
into what a browser would send.
"""

import copy
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pypdf import PdfReader

from households.models import ChangeField, ChangeRequest, ColumnAlias
from households.models.scoped import codes_of
from households.register import intake
from pairing import clock
from pairing.actions import people as accounts
from pairing.models import User, VillageLink
from tests import cast, factories
from tests.conventions.writes import Watch
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


# --- addresses ----------------------------------------------------------------------------------------------


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


# --- requests -----------------------------------------------------------------------------------------------


@dataclass
class Answer:
    """One response and what the request wrote: tables, and what the audit log was told."""

    response: Any
    wrote: set[str]
    events: list[str]
    written: list[tuple[str, Any]] = field(default_factory=list)  # statements that write, with their values
    changed: set[tuple[str, str]] = field(default_factory=set)  # model and field, where somebody watches

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @cached_property
    def text(self) -> str:
        """Body and headers; of spreadsheets and PDFs what stands in them."""
        headers = "\n".join(f"{k}: {v}" for k, v in self.response.items())
        body = b"".join(self.response.streaming_content) if self.response.streaming else self.response.content
        return f"{headers}\n{words_in(body)}"


def words_in(body: bytes) -> str:
    """The text of a page, of all parts of a spreadsheet, or of a PDF."""
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())
    if body.startswith(b"%PDF"):
        pages = PdfReader(io.BytesIO(body)).pages
        return "\n".join(page.extract_text().replace("\n", "") for page in pages)
    return body.decode(errors="replace")


_WRITE = re.compile(
    r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?|COPY)\s+"?(\w+)', re.IGNORECASE
)


class Probe:
    """Somebody's browser. Every request happens in a savepoint and leaves nothing behind."""

    def __init__(self, world: cast.World, who: str, watch: Watch | None = None, **options: Any) -> None:
        self.client, self.watch = Client(raise_request_exception=False, **options), watch
        if who != "anonymous":
            self.client.force_login(world.people[who], backend="pairing.adapters.UsernameOrPhone")
            session = self.client.session
            session["account_authentication_methods"] = [
                {"method": "password", "at": time.time(), "reauthenticated": True}
            ]
            session["account_authentication_methods_user"] = str(world.people[who].pk)
            session["seen_at"] = session["started_at"] = clock.now().timestamp()
            session.save()
        self.cookies = copy.copy(self.client.cookies)

    def send(self, method: str, path: str, data: Any = None, **more: Any) -> Answer:
        """Send one request; the cookies are as before afterwards."""
        with recorded() as (wrote, events), written() as statements, transaction.atomic():
            call = getattr(self.client, method.lower())
            response: HttpResponse = call(path, data or {}, **more)
            if response.streaming:
                response.content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
            changed = self.watch.changes(wrote) if self.watch else set()
            transaction.set_rollback(True)
        self.client.cookies = copy.copy(self.cookies)
        return Answer(response, set(wrote), list(events), statements, changed)


@contextmanager
def recorded() -> Iterator[tuple[set[str], list[str]]]:
    """See every statement of a block: the tables it writes, and the actions told to the audit log."""
    wrote: set[str] = set()
    events: list[str] = []

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITE.match(sql)
        if found:
            wrote.add(found[1])
            if found[1] == "pairing_auditevent":
                columns = [c.strip(' "') for c in sql[sql.index("(") + 1 : sql.index(")")].split(",")]
                events.append(str(dict(zip(columns, params, strict=False))["action"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield wrote, events


@contextmanager
def written() -> Iterator[list[tuple[str, Any]]]:
    """Every writing statement of a block with its values."""
    statements: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if _WRITE.match(sql):
            statements.append((sql.strip(), params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield statements


# --- forms as a browser sends them ------------------------------------------------------------------------


@dataclass
class Form:
    """One form of a page: where it goes, and its fields with what stands in each."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.select: str = ""
        self.area: str = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        a: dict[str, str] = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.forms.append(Form(a.get("action", ""), a.get("method", "get").lower()))
        if not self.forms:
            return
        form, name, kind = self.forms[-1], a.get("name", ""), a.get("type", "text")
        if tag == "option" and self.select:
            form.choices.setdefault(self.select, []).append(a.get("value", ""))
            if "selected" in a:
                form.fields[self.select] = [a.get("value", "")]
        if not name or "disabled" in a:
            return
        if tag == "select":
            self.select = name
            form.fields.setdefault(name, [])
            form.kinds[name] = "select"
        elif tag == "textarea":
            self.area = name
            form.fields[name], form.kinds[name] = [""], "text"
        elif tag == "input" and kind in {"radio", "checkbox"}:
            form.fields.setdefault(name, [])
            form.kinds[name] = kind
            form.choices.setdefault(name, []).append(a.get("value", "on"))
            if "checked" in a:
                form.fields[name].append(a.get("value", "on"))
        elif tag == "input" and kind not in {"submit", "button"}:
            form.fields[name], form.kinds[name] = [a.get("value", "")], kind

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area and self.forms:
            self.forms[-1].fields[self.area][0] += data


def forms_on(html: str) -> list[Form]:
    """All forms of a page."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


def fill(html: str, path: str, **wanted: Any) -> dict[str, Any] | None:
    """What a reader who fills the page's main form would send; None where the page has no form of its own."""
    own = [f for f in forms_on(html) if f.method == "post" and f.action in ("", path, path.split("?")[0])]
    if not own:
        return None
    form = max(own, key=lambda f: len(f.fields))
    data: dict[str, Any] = {}
    for name, values in form.fields.items():
        kind, choices = form.kinds.get(name, "text"), form.choices.get(name, [])
        if not any(values) and kind in {"radio", "select"}:
            values = [next((choice for choice in choices if choice), "")]
        elif not values and kind == "checkbox" and len(choices) > 1:
            values = choices[:1]
        elif kind == "text":
            values = [values[0].removeprefix("\n") or _BY_NAME.get(name, _EXAMPLES["text"])]
        elif values == [""]:
            values = [_BY_NAME.get(name, _EXAMPLES.get(kind, ""))]
        if values:
            data[name] = values if len(values) > 1 else values[0]
    data.pop("csrfmiddlewaretoken", None)
    return data | wanted


#: What "some text" would be wrong for: numbers that check themselves, and days that must fit another field.
_BY_NAME = {
    "phone": "13800001234",
    "contact_phone": "13800001234",
    "id_number": "",
    "person_number": "",
    "bank_account": "",
    "file_number": "",
    "birth_date": "1962-03-01",
    "exit_year": "2020",
    "username": "newhelper",
}
_EXAMPLES = {"date": clock.today().isoformat(), "number": "1", "text": "已经问清楚了", "password": ""}
