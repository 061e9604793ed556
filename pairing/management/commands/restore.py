"""Restore a backup into an empty database, and prove that it is what was backed up.

Before: every byte of the files is checked, and that the keys it needs are there. After: rows of each table;
with --verify also the checksum of each table and one value opened under each key. Then migrate brings older
backups up to the present version and sets the grants.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connection, transaction

from pairing.management.backups import DUMP, MANIFEST, check_files, key_ids, program, run, tables


class Command(BaseCommand):
    help = "Restore the backup in FOLDER into the (empty) database of OWNER_DATABASE_URL."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--verify", action="store_true", help="compare checksums and open a value per key"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        check_files(folder)
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if missing := sorted(set(manifest["key_ids"]) - set(settings.FIELD_KEYS)):
            raise CommandError(
                f"PAIRING_FIELD_KEYS lacks the keys {', '.join(missing)} that this backup needs."
            )
        with connection.cursor() as cursor:
            if connection.introspection.table_names(cursor):
                raise CommandError("The database is not empty. Make a new one for the restored data.")
            cursor.execute("SELECT current_user, has_schema_privilege(current_schema(), 'CREATE')")
            role, may_create = cursor.fetchone()
        if not may_create:
            raise CommandError(f"restore makes tables, and {role} may not. Set OWNER_DATABASE_URL.")
        restore = [program(connection, "pg_restore"), "--single-transaction", "--exit-on-error", "--no-owner"]
        restore += ["--no-privileges", "--no-comments", f"--dbname={connection.settings_dict['NAME']}"]
        connection.close()
        run(connection, [*restore, str(folder / DUMP)])
        self._compare(manifest, whole=options["verify"])
        call_command("migrate", verbosity=0, skip_checks=True)
        done = "rows, checksums and keys verified" if options["verify"] else "rows counted"
        self.stdout.write(f"{folder} restored as of {manifest['made_at']}: {done}.")

    @transaction.atomic
    def _compare(self, manifest: dict[str, Any], whole: bool) -> None:
        found, expected = tables(connection), manifest["tables"]
        if not whole:
            found, expected = ({name: rows[0] for name, rows in each.items()} for each in (found, expected))
        if wrong := sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name)):
            raise CommandError(
                f"Restored, but not as backed up: {', '.join(wrong)}. Do not use this database."
            )
        # Fewer, where a column of the older version is gone: the checksums have told that its values are whole.
        if whole and not set(key_ids(connection)) <= set(manifest["key_ids"]):
            raise CommandError(
                "Restored, but sealed under other keys than backed up. Do not use this database."
            )
