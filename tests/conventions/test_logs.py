"""No number of a person, no password and no restricted word in sessions, cache, audit rows, logs or addresses (S20)."""

import base64
import logging
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache

from pairing.models import Unit
from tests import factories, spilled
from tests.conventions.access_table import PAGES, ROLES
from tests.conventions.ground import RESTRICTED, Ground
from tests.conventions.probe import Probe
from tests.conventions.sweep import path_of, positions_of
from tests.spilled import readable

KEPT = ("django_session", "pairing_cache", "pairing_auditevent", "axes_", "account_", "mfa_")
TYPED = ("13800001234", "a long new walk", factories.PASSWORD, RESTRICTED)


class Lines(logging.Handler):
    """Everything that any logger says."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    logging.disable(logging.NOTSET)
    handler, root = Lines(), logging.getLogger()
    root.addHandler(handler)
    yield handler.lines
    root.removeHandler(handler)
    logging.disable(logging.ERROR)


#: What is kept hangs on the page more than on who looks: the others in the slow part.
FAST = {"cadre"}


@pytest.mark.parametrize(
    "who", [pytest.param(who, marks=() if who in FAST else (pytest.mark.slow,)) for who in ROLES]
)
def test_nothing_sensitive_is_kept(
    ground: Ground, bodies: dict[str, Any], lines: list[str], who: str
) -> None:
    browser, wrong, secrets = Probe(ground.world, who), [], {*ground.numbers, *TYPED}
    for name, page in PAGES.items():
        path = path_of(ground, name, page, positions_of(ground, page)[0])
        for method in page.methods.split():
            answer = browser.send(method, path, bodies.get(name) if method == "POST" else None)
            kept = [
                (t, p)
                for sql, ps in answer.written
                if (t := table_of(sql)).startswith(KEPT)
                for p in ps or ()
            ]
            texts = [readable(p) if isinstance(p, str) else str(p) for _table, p in kept]
            texts += [answer.response.headers.get("Location", ""), *lines]
            wrong += [f"{method} {name}: {s}" for s in secrets if any(s in text for text in texts)]
            lines.clear()
    assert wrong == []


def table_of(sql: str) -> str:
    return sql.replace('"', " ").split(maxsplit=3)[2 if sql.startswith(("INSERT", "DELETE")) else 1]


@pytest.mark.django_db
def test_the_whole_run_would_be_told_of_a_spilled_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """See tests/spilled.py: a table, a session, a cached value, a line that no formatter cleaned."""
    number = factories.phone_number()
    found = set[str]()
    monkeypatch.setattr(spilled, "found", found)
    places = factories.areas({"62": "甘肃省"})
    Unit.objects.create(area=places["62"], county_code="", name="unit", contact=number)
    store = SessionStore()
    store["typed"] = number
    store.save()
    cache.set("typed", {"number": number})
    spilled.look_at("log", f"No such phone: {number}")
    spilled.look_at("log", "id 7d3f1c2e-0000-4000-8000-13912345678 of 1390000000123")
    assert {hit.split(":")[0] for hit in found} == {"pairing_unit", "django_session", "pairing_cache", "log"}
    assert len(found) == 4


def test_a_kept_number_would_be_seen() -> None:
    store = SessionStore()
    assert "13800001234" in readable(store.encode({"typed": "13800001234"}))
    assert "13800001234" in readable(base64.b64encode(pickle.dumps("13800001234")).decode())
    assert table_of('INSERT INTO "pairing_auditevent" ("at") VALUES (1)') == "pairing_auditevent"
    assert table_of('UPDATE "django_session" SET "x" = 1') == "django_session"
