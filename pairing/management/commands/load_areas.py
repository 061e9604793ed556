"""Load areas from a CSV file (plain or .gz): code, name, level, and former_codes where villages merged.

Loading again changes only what the file changed: names follow it, areas that it no longer lists stay but are
no longer active, and former codes are kept, so that old registers still find their village.
"""

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from pairing.models import Area, FormerCode
from pairing.models.areas import LENGTH
from pairing.names import place_display, place_key

COLUMNS = ("code", "name", "level", "former_codes")
DEFAULT = settings.BASE_DIR / "pairing" / "data" / "areas_gansu.csv.gz"
_LEVEL = {length: level for level, length in LENGTH.items()}


@dataclass(frozen=True)
class Row:
    """One line of an area file, checked."""

    code: str
    name: str
    level: str
    former_codes: tuple[str, ...]


def read_areas(path: Path) -> list[Row]:
    """The areas of a file in order of their codes. Raises CommandError with line and reason."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(
            f"{path} is not in UTF-8; save it so, as WPS and Excel do under CSV UTF-8."
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    reader = csv.DictReader(io.StringIO(text))
    if missing := {"code", "name"} - set(reader.fieldnames or ()):
        raise CommandError(f"{path} has no column {', '.join(sorted(missing))}.")
    rows: dict[str, Row] = {}
    for number, line in enumerate(reader, start=2):
        code, name = (line["code"] or "").strip(), (line["name"] or "").strip()
        level = _LEVEL.get(len(code), "")
        former = tuple((line.get("former_codes") or "").split())
        problem = (
            (
                not all(c.isascii() and c.isdigit() and len(c) in _LEVEL for c in (code, *former))
                and "bad code"
            )
            or (
                not (0 < len(name) <= 80 and name.isprintable())
                and "no name, or one of more than 80 characters"
            )
            or (
                (line.get("level") or level) != level
                and f"a code of {len(code)} digits is a {level}, not a {line['level']}"
            )
            or (code in rows and "code listed twice")
        )
        if problem:
            raise CommandError(f"{path}, line {number}, {code or 'no code'}: {problem}.")
        rows[code] = Row(code, name, level, former)
    for code in rows:
        parent = code[: max((n for n in _LEVEL if n < len(code)), default=0)]
        if parent and parent not in rows:
            raise CommandError(f"{path}, {code}: the area above it, {parent}, is not listed.")
    return [rows[code] for code in sorted(rows)]


class Command(BaseCommand):
    help = "Load or update areas (places) of one province from a CSV file; without FILE, those of Gansu."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=DEFAULT, metavar="FILE")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        rows = read_areas(options["file"])
        if not rows:
            raise CommandError("The file lists no area.")
        present = {area.code: area for area in Area.objects.all()}
        fresh = [_area(row) for row in rows]
        changed = [area for area in fresh if _facts(area) != _facts(present.get(area.code))]
        Area.objects.bulk_create(
            changed,
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["level", "name", "display_name", "pinyin", "active"],
        )
        listed, provinces = {row.code for row in rows}, {row.code[:2] for row in rows}
        gone = [
            area.code
            for area in present.values()
            if area.active and area.code not in listed and area.code[:2] in provinces
        ]
        Area.objects.filter(code__in=gone).update(active=False)
        former = [
            FormerCode(code=code, area_id=row.code, name=present[code].name if code in present else "")
            for row in rows
            for code in row.former_codes
        ]
        FormerCode.objects.bulk_create(
            former, update_conflicts=True, unique_fields=["code"], update_fields=["area"]
        )
        if options["verbosity"]:
            self.stdout.write(
                f"{len(rows)} areas read, {len(changed)} new or changed, {len(gone)} no longer active,"
                f" {len(former)} former codes."
            )


def _area(row: Row) -> Area:
    display = place_display(row.name) if row.level == Area.Level.VILLAGE else row.name
    return Area(
        code=row.code, level=row.level, name=row.name, display_name=display, pinyin=place_key(display)[:200]
    )


def _facts(area: Area | None) -> tuple[Any, ...]:
    return () if area is None else (area.level, area.name, area.display_name, area.pinyin, area.active)
