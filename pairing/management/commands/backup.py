"""Write a backup of the database into a new folder, from one moment, while people work."""

import json
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from pairing import clock
from pairing.management.backups import DUMP, LEFT_OUT, MANIFEST, key_ids, program, run, seal_files, tables


class Command(BaseCommand):
    help = "Back up the database into a new folder below FOLDER. The keys are not in it: keep them apart."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        moment = clock.now()
        target = options["folder"] / f"pairing-{moment:%Y%m%dT%H%M%SZ}"
        half = target.with_name(target.name + ".part")
        try:
            half.mkdir(parents=True)
        except OSError as error:
            raise CommandError(f"{half} cannot be made: {error.strerror}.") from error
        try:
            manifest = self._fill(half, moment)
        except BaseException as error:
            shutil.rmtree(half, ignore_errors=True)  # a full disk stays no fuller for it
            if isinstance(error, OSError):
                raise CommandError(f"{half} cannot be written: {error.strerror}.") from error
            raise
        half.rename(target)
        rows = sum(count for count, _ in manifest["tables"].values())
        self.stdout.write(
            f"{target}: {rows} rows of {len(manifest['tables'])} tables;"
            f" needs the field keys {', '.join(manifest['key_ids']) or '(none)'} and the HMAC key."
        )

    def _fill(self, folder: Path, moment: datetime) -> dict[str, Any]:
        """Write the dump, the manifest and their seal; gives the manifest."""
        with transaction.atomic(), connection.cursor() as cursor:
            # The dump and our own sums see the same moment.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
            snapshot, version = cursor.fetchone()
            dump = [
                program(connection, "pg_dump"),
                "--format=custom",
                f"--snapshot={snapshot}",
                f"--file={folder / DUMP}",
            ]
            dump += ["--no-owner", "--no-privileges", *(f"--exclude-table-data={name}" for name in LEFT_OUT)]
            run(connection, dump)
            cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
            manifest: dict[str, Any] = {
                "made_at": moment.isoformat(timespec="seconds"),
                "postgresql": version,
                "migrations": [f"{app}.{name}" for app, name in cursor.fetchall()],
                "key_ids": key_ids(connection),
                "tables": tables(connection),
            }
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        seal_files(folder)
        return manifest
