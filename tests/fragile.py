"""A site on a database server of its own, which a test may stop, freeze and kill."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import dj_database_url
from django.db import connection

import devpg
from pairing.models import User
from tests import cast, databases


@contextlib.contextmanager
def server(folder: Path, keep: bool = False) -> Iterator[devpg.Cluster]:
    """A server with a copy of the migrated database, named `pairing`; `keep` as in devpg.Cluster."""
    made = devpg.Cluster(devpg.place(folder, "own"), devpg.wheel_programs(Path(sys.prefix)), keep=False)
    made.start()
    try:
        for statement in devpg.make_database("pairing").splitlines():
            made.sql(statement)
        source = databases.own_name("_source")
        databases.clone(source)
        dump = [made.programs / "pg_dump", "--dbname", databases.address(devpg.OWNER, source)]
        text = subprocess.run(dump, capture_output=True, check=True).stdout
        databases.drop(source)
        load = [made.programs / "psql", "-qX", "-d", made.url(devpg.SUPERUSER, "pairing")]
        subprocess.run(load, input=text, stdout=subprocess.DEVNULL, check=True)
        if keep:
            made.stop()
            made = replace(made, keep=True)
            made.start()
        yield made
    finally:
        made.remove()


@contextlib.contextmanager
def standing_on(cluster: devpg.Cluster) -> Iterator[None]:
    """Make that database the one of this process, and of all that it starts, inside the block."""
    before = os.environ["DATABASE_URL"], dict(connection.settings_dict)
    url = cluster.url(devpg.RUNTIME, "pairing")
    connection.close()
    os.environ["DATABASE_URL"] = url
    connection.settings_dict.update({k: v for k, v in dj_database_url.parse(url).items() if k in _PLACE})
    try:
        yield
    finally:
        connection.close()
        os.environ["DATABASE_URL"] = before[0]
        connection.settings_dict.update(before[1])


_PLACE = ("HOST", "PORT", "NAME", "USER", "PASSWORD")


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = stat.read_text().rsplit(")", 1)[1].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(stat.parent.name))
    return found


def send(number: signal.Signals, pids: Iterable[int]) -> None:
    """Send a signal to processes, of which one may just have ended by itself."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def postmaster(cluster: devpg.Cluster) -> int:
    """The first process of a server, parent of all others."""
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def freeze(cluster: devpg.Cluster) -> Callable[[], None]:
    """Stop all processes of a server where they stand; what it returns lets them go on."""
    head = postmaster(cluster)
    frozen = [head, *children(head)]
    send(signal.SIGSTOP, frozen)
    return lambda: send(signal.SIGCONT, frozen)


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    headers: http.client.HTTPMessage
    text: str
    seconds: float


class Visitor:
    """Somebody at the real site, signed in or not. Follows no redirect."""

    def __init__(self, url: str, user: User | None = None, **headers: str) -> None:
        self.place = urlsplit(url).netloc
        session = cast.sign_in(user).cookies["sessionid"].value if user else "abcdefghijklmnop"
        self.headers = {"Cookie": f"sessionid={session}; csrftoken={_TOKEN}"} | headers

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request; raises OSError or HTTPException when nothing comes back within 30 s."""
        door = http.client.HTTPConnection(self.place, timeout=30)
        start = time.monotonic()
        try:
            door.request(method, path, body or None, self.headers | headers)
            response = door.getresponse()
            text = response.read().decode()
            return Answer(response.status, response.headers, text, time.monotonic() - start)
        finally:
            door.close()

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, fields: Mapping[str, object]) -> Answer:
        """Send a form as a browser does."""
        body = urlencode({**fields, "csrfmiddlewaretoken": _TOKEN}, doseq=True).encode()
        return self.send("POST", path, body, **{"Content-Type": "application/x-www-form-urlencoded"})


_TOKEN = "t" * 32
