"""Load the code lists: list, code, both labels, aliases, first and last day of validity, order.

Loading again follows the file. A code that the file no longer lists stays, so that old rows stay readable,
and can no longer be chosen from today on.
"""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from pairing import clock
from pairing.models import Code

DEFAULT = settings.BASE_DIR / "pairing" / "data" / "codes.csv"
_FIELDS = ["label_zh", "label_en", "aliases", "valid_from", "valid_to", "order"]


def read_codes(path: Path) -> list[Code]:
    """The codes of a file. Raises CommandError with line and reason."""
    codes: dict[tuple[str, str], Code] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, line in enumerate(csv.DictReader(file), start=2):
                try:
                    code = _code(line)
                except (KeyError, ValueError) as error:
                    raise CommandError(f"{path}, line {number}: {error}") from error
                if codes.setdefault((code.list_name, code.code), code) is not code:
                    raise CommandError(f"{path}, line {number}: {code.list_name} {code.code} listed twice.")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    return list(codes.values())


class Command(BaseCommand):
    help = "Load or update the code lists; without FILE, those that come with the program."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=DEFAULT, metavar="FILE")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        codes = read_codes(options["file"])
        if not codes:
            raise CommandError("The file lists no code.")
        Code.objects.bulk_create(
            codes, update_conflicts=True, unique_fields=["list_name", "code"], update_fields=_FIELDS
        )
        listed = {(code.list_name, code.code) for code in codes}
        retired = [
            code.pk for code in Code.objects.all()
            if (code.list_name, code.code) not in listed and code.valid_to is None
        ]  # fmt: skip
        yesterday = clock.today() - dt.timedelta(days=1)
        Code.objects.filter(pk__in=retired).update(valid_to=yesterday)
        if options["verbosity"]:
            self.stdout.write(f"{len(codes)} codes read, {len(retired)} retired.")


def _code(line: dict[str, str]) -> Code:
    if not line["list"] or not line["code"] or not line["label_zh"] or not line["label_en"]:
        raise ValueError("list, code and both labels are needed.")
    return Code(
        list_name=line["list"].strip(),
        code=line["code"].strip(),
        label_zh=line["label_zh"].strip(),
        label_en=line["label_en"].strip(),
        aliases=[alias.strip() for alias in line["aliases"].split("|") if alias.strip()],
        valid_from=_day(line["valid_from"]),
        valid_to=_day(line["valid_to"]),
        order=int(line["order"] or 0),
    )


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
