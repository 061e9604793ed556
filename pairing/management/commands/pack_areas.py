"""Make the project's compact area file from an official CSV with the columns code, name and level.

python manage.py pack_areas gansu_divisions.csv pairing/data/areas_gansu.csv.gz
"""

import csv
import gzip
import io
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from pairing.management.commands.load_areas import COLUMNS, read_areas


class Command(BaseCommand):
    help = "Pack an official list of areas (CSV with code, name, level) into the compact form of load_areas."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("target", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        areas = read_areas(options["source"])
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([area.code, area.name, area.level, " ".join(area.former_codes)] for area in areas)
        # No time of making inside: the same source gives the same bytes.
        packed = gzip.compress(text.getvalue().encode(), 9, mtime=0)
        try:
            options["target"].write_bytes(packed)
        except OSError as error:
            raise CommandError(f"{options['target']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{len(areas)} areas in {options['target']}.")
