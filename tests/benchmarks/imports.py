"""A register of 20,000 rows comes in, three times, beside the least that reading and storing its rows can cost:

    .venv/bin/python -m tests.benchmarks.imports [--households 30000] [--rows 20000] [--rounds 3]

Once all rows are new, then the same file comes again, then one with another income and health in every row. The
floor: calamine reads the file, plain Python checks its cells, COPY brings them into a staging table, and an upsert
takes over what IS DISTINCT FROM the rows there. Each round does all of it in turn; everything is rolled back.
"""

import argparse
import csv
import io
import os
import re
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2

import devpg
from pairing.numbers import check_character
from tests.benchmarks import databases
from tests.households.register_files import PLACE, TITLES, family, number

GOAL = 2.0  # × the floor
MEMBERS = (("赵福国", "户主"), ("周桂花", "配偶"), ("赵小军", "之子"), ("赵兰", "之女"))
COLUMNS = ", ".join(f"c{place}" for place in range(len(TITLES)))
KEY = f"c{PLACE['人编号']}"


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


def changed(row: list[Any]) -> list[Any]:
    """The row with another income of its household and another health."""
    row = list(row)
    row[PLACE["人均纯收入"]], row[PLACE["健康状况"]] = 9999.5, "残疾"
    return row


def workbook(some: list[list[Any]]) -> bytes:
    """A spreadsheet of these rows below their titles."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([TITLES, *some]):
            sheet.write_row(line, 0, row)
    return file.getvalue()


def main() -> None:
    """Fill, import, report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, default=30_000)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with databases.running() as server:
        name = databases.database(server, options.households)
        databases.use(server, name)
        with psycopg2.connect(server.url(devpg.OWNER, name)) as connection:
            measure(options.rows, options.rounds, connection)


def measure(count: int, rounds: int, connection: Any) -> None:
    """Print what the floor, the dry run and the import took."""
    from django.db import connection as django
    from django.db import transaction

    from households.register import applying, intake
    from pairing import clock
    from pairing.models import Area, User

    admin = User.objects.get(username="admin")
    towns = {a.pk: a.name for a in Area.objects.townships().within(admin.area_id)}
    places = Area.objects.active().villages().within(admin.area_id).order_by("code")
    some = list(rows(count, [(towns[a.pk[:9]], a.name) for a in places]))
    files = {"new": workbook(some), "same": b"", "changed": workbook([changed(row) for row in some])}
    files["same"] = files["new"]
    del some
    found: dict[str, list[list[tuple[float, float]]]] = {what: [] for what in files}
    for _round in range(rounds):
        with transaction.atomic():
            django.cursor().close()
            watch = Watch(connection, django.connection)
            for what, data in files.items():
                *least, _none = watch.timed(lambda data=data: floor(data, connection))
                *dry, batch = watch.timed(
                    lambda data=data: intake.upload(
                        file=io.BytesIO(data),
                        name="a.xlsx",
                        area=admin.area_id,
                        year=clock.today().year,
                        by=admin,
                    )
                )
                assert batch.counts[what] == count, batch.counts
                *applied, _batch = watch.timed(
                    lambda batch=batch: applying.apply(batch=batch, version=batch.version, by=admin)
                )
                found[what].append([tuple(least), tuple(dry), tuple(applied)])
            transaction.set_rollback(True)
        connection.rollback()
    print(f"\n{count} rows, medians of {rounds} rounds: seconds on the clock (of processors)")
    for what, times in found.items():
        said = [
            f"{name} {median(wall for wall, _cpu in some):.1f} ({median(cpu for _wall, cpu in some):.1f})"
            for name, some in zip(("floor", "dry run", "import"), zip(*times, strict=True), strict=True)
        ]
        ratios = [median((dry[i] + applied[i]) / least[i] for least, dry, applied in times) for i in (0, 1)]
        met = "met" if ratios[0] <= GOAL else "**missed**"
        print(f"{what}: {', '.join(said)}; {met}: {ratios[0]:.1f} of {GOAL} × the floor ({ratios[1]:.1f})")
    print(
        f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB, with the files to send"
    )


class Watch:
    """Processor seconds of this process, its children and its database servers: other work hardly moves them."""

    def __init__(self, *connections: Any) -> None:
        self.servers = [Path(f"/proc/{connection.info.backend_pid}/stat") for connection in connections]

    def timed(self, do: Callable[[], Any]) -> tuple[float, float, Any]:
        """What something took, on the clock and of processors, and what it gave."""
        wall, spent = time.perf_counter(), self.spent()
        given = do()
        return time.perf_counter() - wall, self.spent() - spent, given

    def spent(self) -> float:
        """All that was used so far."""
        ticks = sum(
            sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) for stat in self.servers
        )
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def floor(data: bytes, connection: Any) -> None:
    """Read, check and upsert the rows into a flat table, as plainly as can be."""
    from python_calamine import CalamineWorkbook

    cells = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[1:]
    text = io.StringIO()
    csv.writer(text).writerows(map(checked, cells))
    text.seek(0)
    typed = ", ".join(f"c{place} text NOT NULL" for place in range(len(TITLES)))
    kept, new = (", ".join(f"{t}.c{place}" for place in range(len(TITLES))) for t in ("kept", "excluded"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS plain (id bigserial PRIMARY KEY, {typed}, UNIQUE ({KEY}))"
        )
        cursor.execute(f"CREATE TEMP TABLE staged ({typed}) ON COMMIT DROP")
        cursor.copy_expert(f"COPY staged FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({COLUMNS}))", text)
        cursor.execute(
            f"INSERT INTO plain AS kept ({COLUMNS}) SELECT * FROM staged ON CONFLICT ({KEY})"
            f" DO UPDATE SET ({COLUMNS}) = ({new}) WHERE ({kept}) IS DISTINCT FROM ({new})"
        )
        cursor.execute("DROP TABLE staged")


_PHONE = re.compile(r"1\d{10}\Z")


def checked(row: list[Any]) -> list[str]:
    """The row's cells as text. Raises ValueError for a number, a phone, a date or a sum that cannot be."""
    cells = [str(cell).strip() for cell in row]
    identity, phone = cells[PLACE["证件号码"]], cells[PLACE["联系电话"]]
    if len(identity) != 18 or identity[17] != check_character(identity[:17]):
        raise ValueError("number")
    if not 1 <= int(identity[10:12]) <= 12 or not 1 <= int(identity[12:14]) <= 31:
        raise ValueError("date")
    if not _PHONE.match(phone):
        raise ValueError("phone")
    if float(cells[PLACE["人均纯收入"]]) < 0 or int(float(cells[PLACE["人数"]])) < 1:
        raise ValueError("sum")
    return cells


if __name__ == "__main__":
    main()
