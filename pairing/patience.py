"""How long a request waits for the database: seconds, never for ever.

libpq waits without end on a server that took a statement and then stands still; the kernel goes on acknowledging
for it, so no setting of TCP helps. In the application (`install`, called by pairing/wsgi.py) the driver waits in
a loop of ours instead, which gives up. A server that lives ends a long statement by itself, a second before.
Commands wait as long as their work takes.
"""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import psycopg2
import psycopg2.extensions
from django.db import OperationalError, connection

# Seconds. With 2 for the connection and 8 for a statement a worker is free again after ten.
CONNECT: Final = 2
LOCK, STATEMENT = 5, 7
LONG_LOCK, LONG_STATEMENT = 10, 60
_MORE: Final = 1  # what the client waits longer than the server works

_limit: ContextVar[float] = ContextVar("database_limit", default=STATEMENT + _MORE)
_until: ContextVar[float] = ContextVar("database_until", default=float("inf"))


class Hangs(psycopg2.OperationalError):
    """The database took something and gave no answer in time; the driver has closed the connection."""


def install() -> None:
    """Let the driver wait in our loop, in the whole process. It cannot COPY any more: commands do without."""
    psycopg2.extensions.set_wait_callback(_wait)


def _wait(driver: Any) -> None:
    """Wait until the database has answered; raises Hangs, and then at once for the rest of the request."""
    deadline = min(time.monotonic() + _limit.get(), _until.get())
    while (state := driver.poll()) != psycopg2.extensions.POLL_OK:
        ready = select.poll()
        ready.register(driver, select.POLLIN if state == psycopg2.extensions.POLL_READ else select.POLLOUT)
        if not ready.poll(1000 * max(deadline - time.monotonic(), 0)):
            _until.set(0)
            raise Hangs("The database gave no answer in time.")


def database_answers() -> bool:
    """Whether our connection works, or a new one can be made, within two seconds.

    It is the first question of a request: it also sets the limits that the request's statements have.
    """
    if connection.in_atomic_block:
        return True
    _until.set(time.monotonic() + CONNECT)
    try:
        if connection.connection is not None and not _greet():
            connection.close()
        if connection.connection is None:
            connection.ensure_connection()
            _greet()
    except (Hangs, OperationalError):
        connection.close()
        return False
    _until.set(float("inf"))
    connection.health_check_done = True  # type: ignore[attr-defined]  # Django need not ask again
    return True


def _greet() -> bool:
    """Tell the server the limits of a request; False when the connection is dead. Raises Hangs."""
    try:
        with connection.connection.cursor() as cursor:
            cursor.execute(_limits(LOCK, STATEMENT))
    except Hangs:
        raise
    except psycopg2.Error:
        return False
    return True


def _limits(lock: int, statement: int) -> str:
    return f"SET lock_timeout = '{lock}s'; SET statement_timeout = '{statement}s'"


def connected() -> bool:
    """Whether there is a connection that nobody has closed, as far as we know without asking."""
    return connection.connection is not None and not connection.connection.closed


@contextmanager
def longer() -> Iterator[None]:
    """A minute for each statement, in a block or as a view's decorator: registers of many thousand rows."""
    with connection.cursor() as cursor:
        cursor.execute(_limits(LONG_LOCK, LONG_STATEMENT))
    token = _limit.set(LONG_STATEMENT + _MORE)
    try:
        yield
    finally:
        _limit.reset(token)
