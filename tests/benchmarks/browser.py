"""A signed-in browser without a network: the WSGI application as gunicorn calls it, all middleware included."""

import io
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client

application = get_wsgi_application()
TOKEN = "b" * 32


@dataclass(frozen=True)
class Answer:
    """What came back, and what it cost: seconds in all and in SQL; the statements that read rows of files."""

    status: int
    body: bytes
    seconds: float
    sql_seconds: float
    queries: int
    reads: Sequence[tuple[str, Any]] = ()

    @property
    def server_ms(self) -> float:
        """Milliseconds that the slowest of these takes by the server's own clock, run ten times undisturbed."""
        return max((_server_ms(sql, params) for sql, params in self.reads), default=0.0)


def _server_ms(sql: str, params: Any) -> float:
    """The least of ten executions; a machine that does other things too only adds to the others."""
    with connection.cursor() as cursor:
        found = []
        for _run in range(10):
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY ON) {sql}", params)
            found.append(float(cursor.fetchall()[-1][0].split()[2]))
    return min(found)


class Statements:
    """Counts and times the statements of one request."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0
        self.reads: list[tuple[str, Any]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, *more: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, *more)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - started
            if sql.startswith("SELECT") and '"households_household"' in sql:
                self.reads.append((sql, params))


class Browser:
    """One person's session."""

    def __init__(self, user: Any) -> None:
        client = Client()
        client.force_login(user, backend="pairing.adapters.UsernameOrPhone")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: TOKEN}
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, address: str) -> Answer:
        """Open a page."""
        return self._call("GET", address, b"")

    def post(self, address: str, form: Mapping[str, Any]) -> Answer:
        """Send a form."""
        form = {**form, "csrfmiddlewaretoken": TOKEN}
        return self._call("POST", address, urlencode(form, doseq=True).encode())

    def _call(self, method: str, address: str, body: bytes) -> Answer:
        path, _, query = address.partition("?")
        status = 0

        def start_response(line: str, headers: Any, failure: Any = None) -> None:
            nonlocal status
            status = int(line.split()[0])

        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_COOKIE": self.cookies, "HTTP_ACCEPT_LANGUAGE": "zh-CN",
            "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        statements = Statements()
        started = time.perf_counter()
        with connection.execute_wrapper(statements):
            response = application(environ, start_response)
            content = b"".join(response)
            response.close()
        seconds = time.perf_counter() - started
        return Answer(status, content, seconds, statements.seconds, statements.count, statements.reads)
