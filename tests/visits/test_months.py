"""Months of villages are kept by triggers: whatever happens to files, they equal what is counted anew."""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from households.actions import households as files
from households.actions import months
from households.actions.moves import move_household
from households.models import Household, VillageMonth
from pairing import clock
from pairing.models import Grant
from pairing.roles import P, Role
from tests import cast, factories
from tests.visits import made
from visits.actions import counters
from visits.actions.corrections import confirm_visit, withdraw_visit
from visits.models import Visit
from visits.reports.figures import BY_KEY, Scope
from visits.reports.strip import month_ends, strips

NOON = datetime(2026, 11, 20, 12, tzinfo=clock.business_timezone)
DAY = NOON.date()
VILLAGES = [cast.VILLAGE, cast.SECOND_VILLAGE, cast.OTHER_VILLAGE]


@pytest.fixture
def people(db):
    with time_machine.travel(NOON, tick=False) as clock_of:
        factories.codes()
        factories.areas(cast.AREAS)
        admin = factories.user("admin", Role.ADMINISTRATOR, cast.COUNTY)
        # Who withdraws a visit enters visits there.
        Grant.objects.create(user=admin, role=Role.STAFF, area_id=cast.COUNTY)
        staff = factories.user("staff", Role.STAFF, cast.TOWNSHIP)
        yield admin, staff, clock_of


def days_ago(chance: random.Random, most: int) -> date:
    return clock.today() - timedelta(chance.randrange(most))


def happen(chance: random.Random, admin, file: Household) -> None:
    """One thing that changes what a file counts for, by the same actions as the pages."""
    file = Household.everything.get(pk=file.pk)
    visits = list(Visit.everything.valid().filter(household=file))
    what = chance.choice(["visit"] * 6 + ["withdraw", "confirm", "close", "move", "list", "listed_before"])
    if what == "visit":
        late = {"confirmed_at": None} if chance.random() < 0.2 else {}
        method = chance.choice(["home", "home", "home", "call"])
        made.visit(file, admin, chance.randrange(500), method=method, state="filed", **late)
        counters.recount([file.pk])
    elif what == "withdraw" and visits:
        withdraw_visit(visit=chance.choice(visits), reason="x", by=admin)
    elif what == "confirm" and (waiting := [v for v in visits if v.confirmed_at is None]):
        confirm_visit(visit=waiting[0], by=admin)
    elif what == "close" and not file.is_open:
        files.reopen_household(household=file, reason="x", by=admin)
    elif what == "close":
        last = max(filter(None, [days_ago(chance, 300), file.listed_on, file.last_visit_on]))
        files.close_household(household=file, on=last, reason="died_out", by=admin)
    elif what == "move" and file.is_open:
        village = chance.choice([code for code in VILLAGES if code != file.village_code])
        move_household(household=file, village_code=village, on=DAY, reason="x", by=admin)
    elif what == "list" and file.is_open and file.listed_on:
        files.take_off_list(household=file, reason="x", by=admin)
    elif what == "list" and file.is_open:
        files.put_on_list(household=file, on=days_ago(chance, 600), reason="x", by=admin)
    elif what == "listed_before":  # as a corrected import writes it
        Household.everything.filter(pk=file.pk).update(listed_on=days_ago(chance, 600))


def counted(length: int) -> dict[str, list[tuple[int, int]]]:
    """The strip against its definition: household by household, month by month."""
    visited = defaultdict(list)
    for household, day in Visit.everything.home().values_list("household_id", "visited_on"):
        visited[household].append(day)
    ends = month_ends(clock.today())
    found: dict[str, list[tuple[int, int]]] = defaultdict(lambda: [(0, 0)] * len(ends))
    for file in Household.everything.exclude(listed_on=None):
        for n, end in enumerate(ends):
            if file.listed_on <= end and (file.closed_on is None or file.closed_on > end):
                last = max([file.listed_on, *(day for day in visited[file.pk] if day <= end)])
                listed, covered = found[file.village_code[:length]][n]
                near = end - last <= timedelta(days=120)
                found[file.village_code[:length]][n] = listed + 1, covered + near
    return dict(found)


def shown(user, length: int) -> dict[str, list[tuple[int, int]]]:
    cells = strips(Scope(user, P.OVERVIEW_ROWS, clock.today()), length)
    lines = {code: [(cell.listed, cell.covered) for cell in line] for code, line in cells.items()}
    return {code: line for code, line in lines.items() if any(listed for listed, _covered in line)}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_months_and_figures_equal_a_recount(people, seed, django_assert_num_queries):
    admin, _staff, clock_of = people
    chance = random.Random(seed)
    made_files = factories.households(
        factories.FileSpec(
            chance.choice(VILLAGES), listed_on=days_ago(chance, 600) if chance.random() < 0.8 else None
        )
        for _n in range(12)
    )
    Household.everything.update(created_at=clock.now() - timedelta(days=700))
    for step in range(45):
        happen(chance, admin, chance.choice(made_files))
        if step % 15 == 14:
            clock_of.shift(timedelta(days=chance.randrange(40)))  # months turn without any work
            assert shown(admin, 12) == counted(12)
    assert shown(admin, 9) == counted(9)
    assert months.recount() == 0
    scope = Scope(admin, P.OVERVIEW_ROWS, clock.today())
    files_in = BY_KEY["households"]
    assert (
        files_in.count(scope).number == files_in.rows(scope)[0].count() == Household.everything.open().count()
    )
    with django_assert_num_queries(1):
        strips(scope)


def test_files_written_set_by_set_and_deleted_count_too(people):
    admin, _staff, _clock = people
    rows = factories.households(
        factories.FileSpec(village, listed_on=DAY) for village in VILLAGES for _n in "ab"
    )
    Household.everything.filter(pk__in=[row.pk for row in rows[:3]]).update(listed_on=DAY - timedelta(200))
    assert shown(admin, 12) == counted(12)
    for of_file in (rows[0].memberships, rows[0].person_years, rows[0].years):
        of_file.all().delete()
    rows[0].delete()
    assert shown(admin, 12) == counted(12)
    assert months.recount() == 0


def test_staff_count_their_township_only_and_cadres_nothing(people):
    admin, staff, _clock = people
    factories.households(factories.FileSpec(village, listed_on=DAY) for village in VILLAGES)
    assert set(shown(staff, 12)) == {v for v in VILLAGES if v.startswith(cast.TOWNSHIP)}
    assert set(shown(admin, 12)) == set(VILLAGES)
    cadre = factories.user("cadre", Role.CADRE, cast.COUNTY)
    assert not VillageMonth.objects.visible_to(cadre, P.HOUSEHOLD_VIEW).exists()


def test_a_recount_sees_and_mends_what_no_trigger_wrote(people):
    factories.households(factories.FileSpec(village, listed_on=DAY) for village in VILLAGES)
    with transaction.atomic():
        VillageMonth.everything.filter(village_code=VILLAGES[0]).update(covered=7)
        VillageMonth.everything.filter(village_code=VILLAGES[1]).delete()
        VillageMonth.everything.create(
            county_code=cast.COUNTY, township_code=cast.TOWNSHIP, village_code=VILLAGES[0], month=date(2020, 1, 1), listed=1
        )  # fmt: skip
    assert months.recount(VILLAGES[1]) == 2
    assert months.recount() > 2
    assert months.recount() == 0
    assert {line[-1] for line in counted(12).values()} == {(1, 1)}
