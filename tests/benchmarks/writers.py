"""Sixteen helpers save at once: visits through the action, beside plain inserts of the same rows.

    .venv/bin/python -m tests.benchmarks.writers [--households 30000] [--seconds 5] [--writers 16]

Both write a visit with its history and its audit row; the plain side does nothing else. Plain and saved take
turns, and the writers are processes of their own, as gunicorn's are. What is stored stays in the database.
With --writers 1 the ratio tells what a save costs by itself; what sixteen lose beyond that, they lose by waiting.
"""

import argparse
import itertools
import multiprocessing
import statistics
import time
import uuid
from typing import Any

from tests.benchmarks import databases

WRITERS = 16
GOAL = 0.6  # of plain inserts
SAID = "玉米收完了，药还够吃一个月。"


def main() -> None:
    """Write for some seconds each way, by turns, and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, default=30_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writers", type=int, default=WRITERS)
    options = parser.parse_args()
    with databases.running() as server:
        databases.use(server, databases.database(server, options.households))
        measure(options.seconds, options.rounds, options.writers)


def measure(seconds: float, rounds: int, writers: int) -> None:
    """Print visits a second each way, and the ratio's median over the rounds."""
    from django.db import connection

    connection.close()
    numbers: dict[str, list[float]] = {"plain": [], "saved": []}
    with multiprocessing.get_context("fork").Pool(writers) as pool:
        for _round, way in itertools.product(range(rounds + 1), numbers):
            stored = pool.starmap(write, [(way, number, seconds) for number in range(writers)], chunksize=1)
            numbers[way].append(sum(stored) / seconds)
    ratios = [saved / plain for plain, saved in zip(*(n[1:] for n in numbers.values()), strict=False)]
    found = statistics.median(ratios)
    plain, saved = (statistics.median(n[1:]) for n in numbers.values())
    print(f"\n{writers} writers: {plain:.0f} plain inserts, {saved:.0f} saved visits a second")
    print(f"{'met' if found >= GOAL else '**missed**'}: {found:.2f} of {GOAL} × plain inserts")


def write(way: str, number: int, seconds: float) -> int:
    """One writer: visits to the households of one helper until the time is over; returns how many."""
    from households.models import Household, Membership
    from pairing import clock

    leads = Household.everything.exclude(lead=None).order_by("lead_id").values_list("lead_id", flat=True)
    lead = list(leads.distinct()[: 4 * WRITERS])[number * 4]
    files = list(Household.everything.open().filter(lead=lead).select_related("lead").order_by("pk"))
    heads = Membership.everything.filter(household__in=files, relation="head").select_related("person")
    met = {head.household_id: head.person.public_id for head in heads}
    done, today, until = 0, clock.today(), time.perf_counter() + seconds
    for file in itertools.cycle(files):
        (plain if way == "plain" else save)(file, met[file.pk], today)
        done += 1
        if time.perf_counter() > until:
            return done
    return done


def plain(file: Any, person: uuid.UUID, day: Any) -> None:
    """The bare row, its history by trigger, and an audit row."""
    from households.models.scoped import codes_of
    from pairing import clock
    from pairing.audit import action
    from visits.models import Visit

    with action("visit.save", by=file.lead) as entry:
        visit = Visit.everything.create(
            **codes_of(file), household=file, author=file.lead, visited_by=file.lead, confirmed_by=file.lead,
            confirmed_at=clock.now(), visited_on=day, met=[person], said=SAID, body_hmac="", state="filed",
        )  # fmt: skip
        entry.about(visit)


def save(file: Any, person: uuid.UUID, day: Any) -> None:
    """The same visit with everything that a save does."""
    from visits.actions.visits import VisitInput, save_visit

    sent = VisitInput(client_id=uuid.uuid4(), visited_on=day, met=[person], said=SAID, again=True)
    save_visit(household=file, visit=sent, by=file.lead)


if __name__ == "__main__":
    main()
