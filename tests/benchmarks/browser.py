"""A signed-in browser without a network: the WSGI application as gunicorn calls it, all middleware included."""

import io
import time
from collections.abc import Callable, Mapping
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
    """What came back, and what it cost: seconds in all, in SQL, in the slowest statement; statements."""

    status: int
    body: bytes
    seconds: float
    sql_seconds: float
    slowest: float
    queries: int


class Statements:
    """Counts and times the statements of one request."""

    def __init__(self) -> None:
        self.count, self.seconds, self.slowest = 0, 0.0, 0.0

    def __call__(self, execute: Callable[..., Any], *call: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*call)
        finally:
            took = time.perf_counter() - started
            self.count += 1
            self.seconds += took
            self.slowest = max(self.slowest, took)


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
        return Answer(status, content, seconds, statements.seconds, statements.slowest, statements.count)
