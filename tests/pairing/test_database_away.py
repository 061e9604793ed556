"""The database goes away in four ways: a friendly page within three seconds, and back by itself.

One that stands still in the middle of a request holds its worker for ten seconds at most.
"""

import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import psycopg2
import pytest
from django.urls import reverse

import devpg
from pairing import clock
from tests import cast, fragile, site
from visits.models import Visit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, django_db_setup, django_db_blocker):
    with (
        fragile.server(tmp_path_factory.mktemp("away")) as made,
        django_db_blocker.unblock(),
        fragile.standing_on(made),
    ):
        yield made


@pytest.fixture(scope="module")
def served(cluster):
    with site.serve() as running:
        yield running


@pytest.fixture(scope="module")
def world(cluster):
    return cast.build()


def stop(cluster):
    cluster.stop()
    return cluster.start


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


def wait_until_back(visitor):
    deadline = time.monotonic() + 10
    while visitor.get("/account/login/").status == 503:
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize("away", [stop, fragile.freeze, refuse, use_up])
def test_away_and_back(cluster, served, away):
    visitor = fragile.Visitor(served.url)
    assert visitor.get("/account/login/").status == 200
    assert visitor.get("/healthz").status == 200
    back = away(cluster)
    try:
        for path in ("/account/login/", "/", "/healthz", "/account/login/", "/enter/"):
            answer = visitor.get(path)
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "30"
            assert answer.headers["X-Request-ID"] in answer.text
            assert "Traceback" not in answer.text
            assert answer.seconds < 3
        sent = visitor.post("/account/login/", {"login": "马", "password": "a long walk"})
        assert "a long walk" not in sent.text
    finally:
        back()
    wait_until_back(visitor)


def test_standing_still_in_the_middle_of_a_save(cluster, served, world):
    """The words stand in the 503 page; sent from there, they are stored once."""
    household = world.files["own"]
    visitor = fragile.Visitor(served.url, world.people["cadre"])
    path = reverse("visits:visit_create", args=[household.public_id])
    words = {"said": '玉米收了 "三千斤"\n<价钱>也好。'}
    sent = words | {"client_id": str(uuid.uuid4()), "visited_on": clock.today().isoformat(), "method": "home"}
    sent |= {"met": str(world.heads["own"].person.public_id)}
    with psycopg2.connect(cluster.url(devpg.RUNTIME, "pairing")) as held, ThreadPoolExecutor(1) as beside:
        lock = "SELECT 1 FROM households_household WHERE id = %s FOR UPDATE"
        held.cursor().execute(lock, [household.pk])
        saving = beside.submit(visitor.post, path, sent)
        wait_for_a_lock(cluster)
        thaw = fragile.freeze(cluster)
        try:
            answer = saving.result()
        finally:
            thaw()
    held.close()
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.seconds < 10
    wait_until_back(visitor)
    kept = dict(re.findall(r'<textarea hidden name="(\w+)">\n(.*?)</textarea>', answer.text, re.DOTALL))
    assert unescape(kept["said"]).replace("\r\n", "\n") == words["said"]
    again = visitor.post(path, {name: unescape(value) for name, value in kept.items()})
    assert again.status == 302
    assert Visit.everything.get(client_id=sent["client_id"]).said == words["said"]


@pytest.mark.parametrize(
    ("deed", "status"),
    [("PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW;", 503), ("RETURN NULL;", 302)],
)
def test_a_session_that_cannot_be_written(cluster, served, world, deed, status):
    """Django takes a lost database for a session that was ended; only the latter is sent to sign in."""
    visitor = fragile.Visitor(served.url, world.people["cadre"])
    body = f"RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$ BEGIN {deed} END $$"
    cluster.sql(f"CREATE FUNCTION instead() {body}", "pairing")
    trigger = "CREATE TRIGGER instead BEFORE UPDATE ON django_session FOR EACH ROW EXECUTE FUNCTION instead()"
    cluster.sql(trigger, "pairing")
    try:
        answer = visitor.get(reverse("visits:today"))
    finally:
        cluster.sql("DROP FUNCTION instead() CASCADE", "pairing")
    assert answer.status == status
    assert visitor.get(reverse("visits:today")).status == 200


def wait_for_a_lock(cluster):
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    deadline = time.monotonic() + 10
    while cluster.sql(waiting) == "0":
        assert time.monotonic() < deadline
        time.sleep(0.05)
