"""Kill the database or the workers at any moment: nothing acknowledged is lost, nothing stands twice (S36).

Sixteen phones send visits to the real site, each with its id until it is acknowledged. The test restarts the
database as a service manager would; nobody restarts the application. PAIRING_KILL_VISITS is the number of visits.
"""

import http.client
import os
import signal
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.urls import reverse

from households.models import Household, ImportBatch, Pairing
from pairing import clock
from pairing.models import AuditEvent
from pairing.roles import Role
from tests import cast, factories, fragile, site
from tests.households import importing, register_files
from visits.models import Visit

pytestmark = pytest.mark.slow
CLIENTS = 16
VISITS = int(os.environ.get("PAIRING_KILL_VISITS", "320"))
NO_ANSWER = (OSError, http.client.HTTPException)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, django_db_setup, django_db_blocker):
    """A server that keeps what it has acknowledged, as in production."""
    with (
        fragile.server(tmp_path_factory.mktemp("kills"), keep=True) as made,
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


def kill_database(cluster, served):
    """The first process only: its children end when they notice. Then start it again."""
    connection.close()  # ours would be cut off, too
    os.kill(fragile.postmaster(cluster), signal.SIGKILL)
    cluster.start()


def kill_workers(cluster, served):
    """All of them; gunicorn's first process starts new ones by itself."""
    fragile.send(signal.SIGKILL, fragile.children(served.process.pid))


@dataclass
class Drive:
    """What the phones have sent, and what they were told."""

    acknowledged: dict[str, float] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0

    def phone(self, visitor: fragile.Visitor, paths: list[str], visits: int) -> None:
        """Send so many visits one after the other, each until it is acknowledged."""
        day = clock.today().isoformat()
        for number in range(visits):
            key = str(uuid.uuid4())
            sent = {"client_id": key, "visited_on": day, "method": "home", "met_others": "son", "said": key}
            while key not in self.acknowledged:
                try:
                    status = visitor.post(paths[number % len(paths)], sent).status
                except NO_ANSWER:
                    self.unanswered += 1
                    time.sleep(0.2)
                    continue
                self.statuses[status] += 1
                if status not in (302, 429, 503):
                    return
                if status == 302:
                    self.acknowledged[key] = time.monotonic()
                else:
                    time.sleep(0.2)

    def wait_for(self, part: float) -> None:
        """Return when this part of all visits is acknowledged."""
        deadline = time.monotonic() + 300
        while len(self.acknowledged) < part * VISITS:
            assert time.monotonic() < deadline, self.statuses
            time.sleep(0.01)

    @property
    def gap(self) -> float:
        """The longest time without any acknowledgement, in seconds."""
        times = sorted(self.acknowledged.values())
        return max(later - earlier for earlier, later in pairwise(times))


def test_visits(cluster, served, world):
    cadres = factories.users({f"phone{n}": (Role.CADRE, cast.TOWNSHIP) for n in range(CLIENTS)}).values()
    start = clock.today() - timedelta(days=9)
    drive, phones = Drive(), []
    for cadre in cadres:
        files = factories.households([factories.FileSpec(cast.VILLAGE) for _n in range(4)])
        factories.pairings([(row, cadre, start, None) for row in files])
        paths = [reverse("visits:visit_create", args=[row.public_id]) for row in files]
        phones.append((fragile.Visitor(served.url, cadre), paths))
    before = Visit.everything.count()
    with ThreadPoolExecutor(CLIENTS) as pool:
        sending = [pool.submit(drive.phone, *phone, VISITS // CLIENTS) for phone in phones]
        drive.wait_for(0.25)
        kill_database(cluster, served)
        drive.wait_for(0.6)
        kill_workers(cluster, served)
    for done in sending:
        done.result()
    print(f"{len(drive.acknowledged)} visits, {dict(drive.statuses)}, {drive.unanswered} without an answer,"
          f" longest gap {drive.gap:.1f} s")  # fmt: skip
    assert set(drive.statuses) <= {302, 429, 503}
    assert drive.unanswered + drive.statuses[503] > 0  # it was felt
    stored = Counter(str(key) for key in Visit.everything.values_list("client_id", flat=True))
    assert [key for key in drive.acknowledged if stored[key] != 1] == []
    assert Visit.everything.count() - before == len(drive.acknowledged) == VISITS // CLIENTS * CLIENTS
    assert AuditEvent.objects.filter(action="visit.save").count() == len(drive.acknowledged)
    assert drive.gap <= 20
    assert served.process.poll() is None


def import_register(world, number):
    """A register that was staged; the deed applies it."""
    rows = []
    for n in range(5):
        couple = [
            ("赵福国", "户主", "19560204", 20 * number + 2 * n + 1),
            ("周桂花", "配偶", "19580305", 20 * number + 2 * n + 2),
        ]
        rows += register_files.family(10 * number + n, register_files.ONE, couple, 9211 + n)
    batch = importing.staged(world.client("county_admin"), register_files.good(rows=rows))
    return "county_admin", importing.url("import_apply", batch), {"version": batch.version}


def pair_many(world, number):
    """Ten households for one helper at once."""
    cadre = factories.user(f"helper{number}", Role.CADRE, cast.TOWNSHIP)
    files = factories.households(
        [factories.FileSpec(cast.VILLAGE, listed_on=clock.today()) for _n in range(10)]
    )
    sent = {"households": [str(row.public_id) for row in files], "cadre": str(cadre.public_id)}
    sent |= {"started_on": clock.today().isoformat(), "confirm": "yes"}
    return "township_admin", reverse("households:pairing_create"), sent


def hand_over(world, number):
    """Ten households from one helper to another at once."""
    leaver, successor = (
        factories.user(f"{who}{number}", Role.CADRE, cast.TOWNSHIP) for who in ("leaver", "successor")
    )
    files = factories.households([factories.FileSpec(cast.VILLAGE) for _n in range(10)])
    factories.pairings([(row, leaver, clock.today() - timedelta(days=9), None) for row in files])
    sent = {"handed_on": clock.today().isoformat(), "reason": "transferred", "confirm": "yes"}
    sent |= {"everybody": str(successor.public_id), "end_duty": "on"}
    return "township_admin", reverse("households:handover_create", args=[leaver.public_id]), sent


def everything():
    """What the deeds write."""
    return importing.tables() | {
        "open pairings": Pairing.everything.open().count(),
        "pairings": Pairing.everything.count(),
        "leads": Household.everything.exclude(lead=None).count(),
        "rows of the log": AuditEvent.objects.exclude(
            action__in=["import.show", "import.upload", "pairing.choose", "pairing.handover"]
        ).count(),
    }


@pytest.fixture
def slow_rows(cluster):
    """Each new pairing and member takes a tenth of a second, so that there is a middle to kill in."""
    sleep = "BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END"
    cluster.sql(f"CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ {sleep} $$", "pairing")
    for table in ("households_membership", "households_pairing"):
        trigger = f"CREATE TRIGGER slow BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION slow()"
        cluster.sql(trigger, "pairing")
    yield
    cluster.sql("DROP FUNCTION slow() CASCADE", "pairing")


def sleeping(cluster):
    """Whether a deed is in its slow middle."""
    return cluster.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' LIMIT 1") == "1"


def answers(visitor):
    try:
        return visitor.get("/healthz").status == 200
    except NO_ANSWER:
        return False


def wait_until(true):
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("kill", [kill_database, kill_workers])
@pytest.mark.parametrize("deed", [import_register, pair_many, hand_over])
def test_a_large_deed_is_done_whole_or_not_at_all(cluster, served, world, slow_rows, deed, kill):
    who, path, sent = deed(world, 1 + (kill is kill_workers))
    before = everything()
    visitor = fragile.Visitor(served.url, world.people[who])
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(visitor.post, path, sent)
        wait_until(lambda: sleeping(cluster))
        kill(cluster, served)
        try:
            assert doing.result().status == 503
        except NO_ANSWER:
            assert kill is kill_workers
    wait_until(lambda: not sleeping(cluster) and answers(visitor))
    assert everything() == before
    if deed is import_register:  # a dry run does not outlive the server
        visitor.post(path.replace("apply", "read"), {})
        sent["version"] = ImportBatch.everything.latest("pk").version
    assert visitor.post(path, sent).status == 302
    assert everything() != before
