"""A register of 20,000 rows comes in, beside the mere reading of its spreadsheet:

    .venv/bin/python -m tests.benchmarks.imports [--households 30000] [--rows 20000]

The floor is what reading, checking and COPY must cost: 2.4 times calamine's own reading of the file (8.6 s
for 3.6 s at 100,000 rows of 30 columns). Everything is rolled back.
"""

import argparse
import io
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.benchmarks import databases
from tests.households.register_files import TITLES, family, number

FLOOR = 2.4  # × calamine's reading
GOAL = 2.0  # × the floor
MEMBERS = (("赵福国", "户主"), ("周桂花", "配偶"), ("赵小军", "之子"), ("赵兰", "之女"))


def rows(count: int, villages: list[tuple[str, str]]) -> Iterator[list[Any]]:
    """Households of four in turn over the villages; numbers of a region that no demo household has."""
    for n in range(-(-count // len(MEMBERS))):
        day = f"19{40 + n % 60:02d}{1 + n // 60 % 12:02d}{1 + n // 720 % 28:02d}"
        people = [(name, relation, day, 0) for name, relation in MEMBERS]
        for i, row in enumerate(family(n, villages[n % len(villages)], people, 9211.37)):
            row[6] = f"9{n:09d}{i:02d}0000"
            row[8] = number(day, 4 * (n // 20_160) + 2 * (i // 2) + (i + 1) % 2, f"62999{i + 1}")
            row[27] = f"199{n:08d}"
            yield row


def main() -> None:
    """Fill, import, report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, default=30_000)
    parser.add_argument("--rows", type=int, default=20_000)
    options = parser.parse_args()
    with databases.running() as server:
        databases.use(server, databases.database(server, options.households))
        measure(options.rows)


def measure(count: int) -> None:
    """Print what reading, the dry run and the import took."""
    import xlsxwriter
    from django.db import transaction
    from python_calamine import CalamineWorkbook

    from households.register import applying, intake
    from pairing import clock
    from pairing.models import Area, User

    admin = User.objects.get(username="admin")
    towns = {a.pk: a.name for a in Area.objects.townships().within(admin.area_id)}
    places = Area.objects.active().villages().within(admin.area_id).order_by("code")
    villages = [(towns[a.pk[:9]], a.name) for a in places]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([list(TITLES), *rows(count, villages)]):
            sheet.write_row(line, 0, row)
    file.seek(0)
    seconds = [time.perf_counter()]
    CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()
    seconds.append(time.perf_counter())
    with transaction.atomic():
        batch = intake.upload(
            file=file, name="register.xlsx", area=admin.area_id, year=clock.today().year, by=admin
        )
        seconds.append(time.perf_counter())
        applying.apply(batch=batch, leave_out=True, version=batch.version, by=admin)
        seconds.append(time.perf_counter())
        print(f"\nimport of {count} rows: {batch.counts}")
        transaction.set_rollback(True)
    floor, dry, applied = (b - a for a, b in pairwise(seconds))
    found = (dry + applied) / (FLOOR * floor)
    print(f"calamine {floor:.2f} s, dry run {dry:.1f} s, import {applied:.1f} s")
    print(f"{'met' if found <= GOAL else '**missed**'}: {found:.1f} of {GOAL} × the floor")


if __name__ == "__main__":
    main()
