"""The database goes away in four ways: a friendly page within three seconds, and back by itself."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2
import pytest

import devpg
from tests import databases, site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A server of our own that may be stopped, with a copy of the migrated database."""
    state = tmp_path_factory.mktemp("away")
    made = devpg.Cluster(devpg.place(state, "away"), devpg.wheel_programs(Path(sys.prefix)), keep=False)
    made.start()
    for statement in devpg.make_database("pairing").splitlines():
        made.sql(statement)
    source = databases.own_name("_away")
    databases.clone(source)
    dump = [made.programs / "pg_dump", "--dbname", databases.address(devpg.OWNER, source)]
    text = subprocess.run(dump, capture_output=True, check=True).stdout
    databases.drop(source)
    load = [made.programs / "psql", "-qX", "-d", made.url(devpg.SUPERUSER, "pairing")]
    subprocess.run(load, input=text, stdout=subprocess.DEVNULL, check=True)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def served(cluster):
    before = os.environ["DATABASE_URL"]
    os.environ["DATABASE_URL"] = cluster.url(devpg.RUNTIME, "pairing")
    try:
        with site.serve() as running:
            yield running
    finally:
        os.environ["DATABASE_URL"] = before


def get(served, path="/account/login/"):
    cookie = {"Cookie": "sessionid=abcdefghijklmnop"}
    request = urllib.request.Request(served.url + path, headers=cookie)  # noqa: S310
    start = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=15) as response:  # noqa: S310
            return response.status, response.headers, response.read().decode(), time.monotonic() - start
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode(), time.monotonic() - start


def processes(cluster):
    head = int((cluster.data / "postmaster.pid").read_text().split()[0])
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            parents[int(stat.parent.name)] = int(fields[1])
        except OSError:
            continue
    return [head, *(pid for pid, parent in parents.items() if parent == head)]


def stop(cluster):
    cluster.stop()
    return cluster.start


def freeze(cluster):
    frozen = processes(cluster)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    return lambda: [os.kill(pid, signal.SIGCONT) for pid in frozen]


def refuse(cluster):
    cluster.sql("ALTER DATABASE pairing WITH ALLOW_CONNECTIONS false")
    cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'pairing'")
    return lambda: cluster.sql("ALTER DATABASE pairing WITH ALLOW_CONNECTIONS true")


def use_up(cluster):
    cluster.sql(f"ALTER ROLE {devpg.RUNTIME} CONNECTION LIMIT 1")
    cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'pairing'")
    held = psycopg2.connect(cluster.url(devpg.RUNTIME, "pairing"))

    def back():
        held.close()
        cluster.sql(f"ALTER ROLE {devpg.RUNTIME} CONNECTION LIMIT -1")

    return back


@pytest.mark.parametrize("away", [stop, freeze, refuse, use_up])
def test_away_and_back(cluster, served, away):
    assert get(served)[0] == 200
    assert get(served, "/healthz")[0] == 200
    back = away(cluster)
    try:
        for path in ("/account/login/", "/", "/healthz", "/account/login/", "/enter/"):
            status, headers, text, seconds = get(served, path)
            assert status == 503
            assert headers["Retry-After"] == "30"
            assert headers["X-Request-ID"] in text
            assert "Traceback" not in text
            assert seconds < 3
    finally:
        back()
    deadline = time.monotonic() + 10
    while get(served)[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
