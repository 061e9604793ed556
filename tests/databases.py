"""The databases of the tests: one migrated template with the code lists, and clones of it that cost about 0.1 s each.

The first pytest process prepares a server and the template, and hands both on to its workers through the
environment. The server is our own (devpg.py), or that of PAIRING_TEST_DATABASE_URL, an address for a
superuser. Several sessions may run at once on the same server: each clone carries the session's name.
"""

import contextlib
import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

import devpg

ROOT = Path(__file__).resolve().parent.parent
SERVER, TEMPLATE, SESSION = "PAIRING_TEST_SERVER", "PAIRING_TEST_TEMPLATE", "PAIRING_TEST_SESSION"
SHAPE = (
    "*/migrations/*.py",
    "*/models/*.py",
    "pairing/data/*",
    "pairing/fields.py",
    "pairing/grants.py",
    "pairing/management/commands/*.py",
    "pairing/settings.py",
    "requirements-dev.txt",
    "tests/databases.py",
)


def address(role: str, database: str) -> str:
    """The URL of a database on the tests' server for a role."""
    parts = urlsplit(os.environ[SERVER])
    password = f":{parts.password}" if parts.password else ""
    return f"postgresql://{role}{password}@{parts.netloc.rpartition('@')[2]}/{database}"


def execute(*statements: str) -> list[tuple[str, ...]]:
    """Run statements as the superuser, outside a transaction; returns the rows of the last one."""
    connection = psycopg2.connect(os.environ[SERVER])
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def own_name(suffix: str = "") -> str:
    """The name of this process's database; a suffix names further ones."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"test_{os.environ[SESSION]}_{worker}{suffix}"


def drop(*names: str) -> None:
    """Drop databases that may not exist, cutting off whoever still talks to them."""
    execute(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in names))


def clone(name: str) -> str:
    """Make a database anew as a copy of the template and return its URL for the runtime role."""
    drop(name)
    execute(*devpg.make_database(name, os.environ[TEMPLATE]).splitlines())
    return address(devpg.RUNTIME, name)


def shape() -> str:
    """A hash of all that decides what a migrated database looks like."""
    digest = hashlib.sha256()
    for pattern in SHAPE:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def make_template() -> str:
    """Migrate a database as the owner, unless one of this shape is there, and return its name.

    Raises RuntimeError with the output of `migrate` when that fails.
    """
    name = f"template_{shape()}"
    half = f"test_{os.environ[SESSION]}_half"
    # One session builds, the others wait: the lock is let go when this connection closes.
    door = psycopg2.connect(os.environ[SERVER])
    try:
        door.cursor().execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            return name
        execute(*devpg.make_database(half).splitlines())
        url = address(devpg.OWNER, half)
        for command in ("migrate", "load_codes"):
            done = subprocess.run(
                [sys.executable, "manage.py", command, "--skip-checks", "--verbosity", "0"],
                cwd=ROOT,
                env=os.environ | {"OWNER_DATABASE_URL": url, "DATABASE_URL": address(devpg.RUNTIME, half)},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                drop(half)
                raise RuntimeError(f"manage.py {command} failed:\n{done.stdout}{done.stderr}")
        execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
        return name
    finally:
        door.close()


def make_roles(url: str) -> None:
    """Make the two roles on a server that is not ours; a new one gets the superuser's own password."""
    password = urlsplit(url).password
    clause = f"PASSWORD '{password}'" if password else ""
    for role in (devpg.OWNER, devpg.RUNTIME):
        if not execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
            execute(f"CREATE ROLE {role} LOGIN {clause}")


@contextlib.contextmanager
def session() -> Iterator[None]:
    """Have a server and a template for one run of pytest; afterwards nothing of this run is left."""
    os.environ[SESSION] = f"{os.getpid()}{secrets.token_hex(2)}"
    with contextlib.ExitStack() as stack:
        if url := os.environ.get("PAIRING_TEST_DATABASE_URL"):
            os.environ[SERVER] = url
            make_roles(url)
            leftovers: list[str] = []
        else:
            state = Path(os.environ.get("PAIRING_STATE", ROOT / ".dev"))
            programs = devpg.wheel_programs(Path(sys.prefix))
            cluster = devpg.Cluster(devpg.place(state, "tests"), programs, keep=False)
            leftovers = stack.enter_context(cluster.running())
            os.environ[SERVER] = cluster.url(devpg.SUPERUSER, "postgres")
        wanted = f"template_{shape()}"
        drop(*(name for name in leftovers if name.startswith(("test_", "template_")) and name != wanted))
        os.environ[TEMPLATE] = make_template()
        try:
            yield
        finally:
            own = f"SELECT datname FROM pg_database WHERE datname LIKE 'test\\_{os.environ[SESSION]}\\_%'"
            drop(*(name for (name,) in execute(own)))
