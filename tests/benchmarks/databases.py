"""Databases of a given size for benchmarks, kept between runs on a server of their own."""

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator

import dev
import devpg
from tests.databases import ROOT, shape

MANAGE = [str(dev.PYTHON), "manage.py"]
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings"}


@contextlib.contextmanager
def running() -> Iterator[devpg.Cluster]:
    """Have the benchmarks' PostgreSQL running inside the block; it writes to disk as a real one does."""
    dev.STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    server = devpg.Cluster(devpg.place(dev.STATE, "benchmarks"), devpg.wheel_programs(dev.VENV), keep=True)
    with server.running():
        yield server


def database(server: devpg.Cluster, households: int) -> str:
    """The name of a database with so many demo households, made now unless it is there in today's shape."""
    name = f"bench_{households}_{shape()}"
    found = server.sql("SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%'").split()
    if name in found:
        return name
    for old in found:
        if re.fullmatch(rf"bench_{households}_\w+", old):
            server.sql(f'DROP DATABASE "{old}" WITH (FORCE)')
    half = f"{name}_half"
    for statement in devpg.make_database(half).splitlines():
        server.sql(statement)
    dev.say(f"Filling a database with {households} households …")
    owner, runtime = (server.url(role, half) for role in (devpg.OWNER, devpg.RUNTIME))
    for environment, command in (
        (dev.settings(runtime, owner) | SETTINGS, ["migrate", "--skip-checks", "--verbosity", "0"]),
        (dev.settings(runtime) | SETTINGS, ["demo", "--households", str(households)]),
    ):
        subprocess.run([*MANAGE, *command], cwd=ROOT, env=environment, check=True)
    server.sql("VACUUM ANALYZE", half)
    server.sql(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
    return name


def use(server: devpg.Cluster, name: str) -> None:
    """Make a database the one of this process."""
    os.environ |= dev.settings(server.url(devpg.RUNTIME, name)) | SETTINGS
    import django

    django.setup()
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name
