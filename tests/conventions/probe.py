"""Somebody's browser whose requests leave nothing behind, and what each of them wrote."""

import copy
import io
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from pypdf import PdfReader

from pairing import clock
from tests import cast
from tests.conventions.writes import Watch

POSITIONS = tuple(cast.POSITIONS)


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
