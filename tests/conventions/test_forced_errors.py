"""Thirty errors with a person's number in their words: it stands neither in the answer nor in any log or row (S20)."""

import io
import json
import logging
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation, ValidationError
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

from households.models import Household, Person
from pairing import crypto, urls
from pairing.logs import Formatter
from pairing.models import Unit, User
from tests import cast

#: Each as somebody may write it; unlike all other numbers of the tests, since here some are written on purpose.
PHONE, GROUPED, IDENTITY = "13800012345", "138 0001 2345", "62999819800101123X"
BANK, BANK_GROUPED = "6210000000123456", "6210 0000 0012 3456"
CANARIES = (PHONE, GROUPED, IDENTITY, IDENTITY.lower(), BANK, BANK_GROUPED)


def sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def throw(error: BaseException) -> None:
    raise error


def chained() -> None:
    try:
        int(IDENTITY)
    except ValueError as error:
        raise RuntimeError(f"电话{PHONE}的档案") from error


def noted() -> None:
    error = ValueError("no such person")
    error.add_note(f"looked for {PHONE}")
    raise error


def from_a_template() -> None:
    Engine(debug=True).from_string("{% now number %}{{ number.x.y }}{% include number %}").render(
        Context({"number": PHONE})
    )


def logged() -> None:
    logging.getLogger("pairing").error("call %s or %s", PHONE, {"bank": BANK}, extra={"number": IDENTITY})
    raise ValueError


def referring() -> None:
    with transaction.atomic():
        Unit.objects.create(area_id=PHONE, county_code="", name=PHONE)
        connection.check_constraints()


#: What goes wrong, by name.
ERRORS: dict[str, Callable[[], Any]] = {
    "value": lambda: throw(ValueError(f"bad number {PHONE}")),
    "type": lambda: throw(TypeError(f"no number: '{IDENTITY}'")),
    "key": lambda: {}[PHONE],
    "index": lambda: throw(IndexError(f"row of {BANK}")),
    "attribute": lambda: getattr(User(), f"phone{PHONE}"),
    "unicode": lambda: f"{PHONE}\ud800".encode(),
    "number": lambda: int(f"{IDENTITY}"),
    "date": lambda: date.fromisoformat(PHONE),
    "uuid": lambda: throw(ValueError(f"badly formed: {UUID(int=7)} {PHONE}")),
    "json": lambda: json.loads(f'{{"phone": "{PHONE}" "'),
    "validation": lambda: throw(ValidationError({"phone": [f"{PHONE} is taken"]})),
    "does not exist": lambda: throw(Person.DoesNotExist(f"identity_hmac of {IDENTITY}")),
    "many": lambda: throw(Household.MultipleObjectsReturned(f"{GROUPED}")),
    "assertion": lambda: throw(AssertionError(BANK_GROUPED)),
    "memory": lambda: throw(MemoryError(PHONE)),
    "recursion": lambda: throw(RecursionError(PHONE)),
    "os": lambda: Path(f"/nowhere/{IDENTITY}.xlsx").read_text(),
    "timeout": lambda: throw(TimeoutError(PHONE)),
    "group": lambda: throw(ExceptionGroup(f"rows of {PHONE}", [ValueError(IDENTITY), KeyError(BANK)])),
    "chained": chained,
    "noted": noted,
    "template": from_a_template,
    "logged": logged,
    "child process": lambda: subprocess.run(["false", PHONE], check=True),
    "sealed": lambda: crypto.unseal(PHONE, label="a.b", public_id=UUID(int=1)),
    "suspicious": lambda: throw(SuspiciousOperation(f"host {PHONE}")),
    "bad request": lambda: throw(BadRequest(f"{IDENTITY.lower()}")),
    "forbidden": lambda: throw(PermissionDenied(PHONE)),
    "not there": lambda: throw(Http404(f"no {PHONE}")),
    "database: cast": lambda: sql("SELECT %s::date", PHONE),
    "database: too long": lambda: sql("UPDATE pairing_user SET username = repeat(%s, 90)", PHONE),
    "database: unique": lambda: sql("UPDATE pairing_user SET username = %s", PHONE),
    "database: check": lambda: sql("UPDATE pairing_area SET code = %s", f"x{PHONE}"),
    "database: raised": lambda: sql("DO $$ BEGIN RAISE 'row of % is bad', %s; END $$".replace("%s", f"'{PHONE}'")),
    "database: reference": referring,
    "database: statement": lambda: sql(f"SELECT nothing FROM pairing_user WHERE name = '{IDENTITY}'"),
}  # fmt: skip


def view(name: str) -> Callable[[HttpRequest], HttpResponse]:
    def failing(request: HttpRequest) -> HttpResponse:
        request.session["seen"] = "yes"
        ERRORS[name]()
        raise AssertionError(f"{name} did not go wrong")

    return failing


class _Urls:
    """The site's addresses, and one for each error."""

    urlpatterns = [
        *(path(f"forced/{number}/", view(name)) for number, name in enumerate(ERRORS)),
        *urls.urlpatterns,
    ]
    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def log() -> Any:
    """What the site would print, by the formatter of its settings."""
    wrote, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(wrote)
    handler.setFormatter(Formatter(settings.LOGGING["formatters"]["line"]["format"]))
    root.addHandler(handler)
    yield wrote
    root.removeHandler(handler)


@pytest.mark.django_db
def test_no_error_tells_a_number(world: cast.World, settings: Any, log: io.StringIO) -> None:
    settings.ROOT_URLCONF = _Urls
    browser = world.client("staff")
    browser.raise_request_exception = False
    assert len(ERRORS) >= 30
    wrong = []
    for number, name in enumerate(ERRORS):
        for headers in ({"accept": "text/html"}, {"accept": "application/json"}):
            answer = browser.get(f"/forced/{number}/", headers=headers)
            assert answer.status_code in (400, 403, 404, 500), name
            said = f"{answer.headers} {answer.content.decode()}"
            wrong += [f"{name}: the answer says {canary}" for canary in CANARIES if canary in said]
        printed = log.getvalue()
        log.seek(0)
        log.truncate()
        if answer.status_code == 500:
            assert "Traceback" in printed, f"{name}: nothing was logged, so nothing was searched"
        wrong += [f"{name}: the log says {canary}" for canary in CANARIES if canary in printed]
    kept = rows("pairing_auditevent", "django_session", "pairing_cache")
    wrong += [f"kept: {canary}" for canary in CANARIES if canary in kept]
    assert wrong == []


def rows(*tables: str) -> str:
    """All rows of these tables as text."""
    texts = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            texts += [text for (text,) in cursor.fetchall()]
    return "\n".join(texts)
