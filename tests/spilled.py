"""No number of a person stands in the clear in what a whole run of the tests wrote (S20); else the run fails.

All numbers that the tests make up look alike, and are looked for in what is written as it is written: every value
of every statement (sessions and cached values unpacked), every line of the log, and of each site that was served
its own log with the addresses and all tables, history included; at the end in the database server's log.
"""

import base64
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

#: Mobile numbers, certificate numbers and accounts as tests/factories.py and tests/cast.py make them.
NUMBERS = r"139\d{8}|629999\d{11}[\dXx]|6200000000\d{6}"
_NUMBER = re.compile(rf"(?<![\w-])(?:{NUMBERS})(?![\w-])")
_IN_SQL = rf"(^|[^[:alnum:]_-])({NUMBERS})($|[^[:alnum:]_-])"
_WRITES = ("INSERT", "UPDATE", "COPY")
_PACKED = ("django_session", "pairing_cache")

found: set[str] = set()
_now = ""


def is_clear(text: str) -> bool:
    """Whether no number of a person stands in a text."""
    return not _NUMBER.search(text)


def look_at(where: str, text: str) -> None:
    """Remember what stands in the clear here, and during which test."""
    if hit := _NUMBER.search(text):
        found.add(f"{where}: {hit[0]} ({_now or 'between tests'})")


def readable(text: str) -> str:
    """A stored text, also as what it says: sessions are signed, cached values packed."""
    from django.contrib.sessions.backends.db import SessionStore

    try:
        packed = base64.b64decode(text).decode(errors="replace")
    except ValueError:
        packed = ""
    return f"{text} {SessionStore().decode(text)} {packed}"


def _look_at_statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if sql.startswith(_WRITES) and params:
        table = sql.replace('"', " ").split(maxsplit=3)[1 if sql.startswith("UPDATE") else 2]
        unpack = readable if table in _PACKED else str
        for value in params.values() if isinstance(params, dict) else params:
            value = getattr(value, "adapted", value)  # JSON
            if isinstance(value, str | bytes | list | tuple | dict):
                look_at(table, unpack(value) if isinstance(value, str) else str(value))
    return execute(sql, params, many, context)


class _Log(logging.Handler):
    """Looks at each line as the site's own formatter makes it."""

    def emit(self, record: logging.LogRecord) -> None:
        look_at("log", self.format(record))


def look_at_log(lines: str) -> None:
    """What a site has written into its log."""
    for line in lines.splitlines():
        look_at("site's log", line)


def look_at_tables(url: str) -> None:
    """What a site has written into every table of its database, unless that is gone by now."""
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.OperationalError:
        return
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t WHERE t::text ~ %s LIMIT 1', [_IN_SQL])
            for (row,) in cursor.fetchall():
                look_at(f"site's {table}", row)
        for table, column in (("django_session", "session_data"), ("pairing_cache", "value")):
            cursor.execute(f"SELECT {column} FROM {table}")
            for (value,) in cursor.fetchall():
                look_at(f"site's {table}", readable(value))
    connection.close()


# --- hooks --------------------------------------------------------------------------------------------------


def _server_log() -> Path:
    import devpg
    from tests.databases import ROOT

    return devpg.place(Path(os.environ.get("PAIRING_STATE", ROOT / ".dev")), "tests") / "log"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to look, in each process that runs tests."""
    from django.conf import settings
    from django.db import connection

    from pairing.logs import Formatter

    log = _server_log()
    session.config.stash[_BEGAN] = log.stat().st_size if log.exists() else 0
    connection.execute_wrappers.append(_look_at_statement)
    handler = _Log()
    handler.setFormatter(Formatter(settings.LOGGING["formatters"]["line"]["format"]))
    logging.getLogger().addHandler(handler)


_BEGAN = pytest.StashKey[int]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Know which test is at work."""
    global _now
    _now = item.nodeid
    try:
        return (yield)
    finally:
        _now = ""


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    """Take over what a worker has found."""
    found.update(getattr(node, "workeroutput", {}).get("spilled", []))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that spilled a number; a worker hands on what it found."""
    if hasattr(session.config, "workerinput"):
        session.config.workeroutput["spilled"] = sorted(found)
        return
    log, began = _server_log(), session.config.stash.get(_BEGAN, 0)
    if log.exists() and "PAIRING_TEST_DATABASE_URL" not in os.environ:
        with log.open(errors="replace") as lines:
            lines.seek(began)
            for line in lines:
                look_at("database's log", line)
    if found and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was spilled, and where."""
    if found:
        terminalreporter.section("numbers of people in the clear")
        terminalreporter.write_line("\n".join(sorted(found)))
