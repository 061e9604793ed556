"""The eight figures at their boundaries, the strip of months, and the small cells that stay hidden."""

import itertools
import random
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import time_machine

from households.models import Absence, ChangeRequest, FileQuestion
from households.models.scoped import codes_of
from pairing import clock
from pairing.roles import P, Role
from tests import cast, factories
from visits.actions import counters
from visits.models import Problem, Promise, Visit, VisitQuestion
from visits.reports import small_cells
from visits.reports.figures import BY_KEY, FIGURES, Scope, waiting_limit
from visits.reports.strip import month_ends, strips

DAY = date(2026, 11, 20)  # a Friday
NOON = datetime(2026, 11, 20, 12, tzinfo=clock.business_timezone)


@pytest.fixture
def staff(db):
    with time_machine.travel(NOON, tick=False):
        factories.codes()
        factories.areas(cast.AREAS)
        yield factories.user("staff", Role.STAFF, cast.TOWNSHIP)


def file(days=300, village=cast.VILLAGE, **more):
    """A file that was put on the pairing list so many days ago; None for one that is not on it."""
    listed = None if days is None else DAY - timedelta(days=days)
    return factories.household(village, listed_on=listed, more=more)


def scope(user):
    return Scope(user, P.OVERVIEW_ROWS, clock.today())


def count(user, key):
    return BY_KEY[key].count(scope(user)).number


def visit(row, user, days, method="home", **more):
    """A visit so many days ago; the file is recounted as the actions do."""
    day = DAY - timedelta(days=days)
    values = {"state": "filed", "confirmed_at": clock.now(), "recorded_at": clock.now()} | more
    made = Visit.everything.create(
        household=row, author=user, visited_by=user, visited_on=day, method=method, said="x",
        body_hmac="", **codes_of(row), **values,
    )  # fmt: skip
    counters.recount([row.pk])
    return made


def test_households_are_open_files_here(staff):
    file(), file(None), file(village=cast.OTHER_VILLAGE)
    file(status="closed", closed_on=DAY)
    assert count(staff, "households") == 2


def test_unpaired_are_listed_and_have_no_lead_today(staff):
    file(None)
    paired, second = file(), file()
    factories.pairings([(paired, staff, DAY, None)])
    factories.pairings([(second, staff, DAY, None)], role="second")
    assert list(BY_KEY["unpaired"].rows(scope(staff))[0]) == [second]


@pytest.mark.parametrize(("days", "overdue"), [(120, 0), (121, 1)])
def test_not_visited_begins_on_day_121(staff, days, overdue):
    visit(file(400), staff, days)
    file(days)  # never visited: the day of listing counts
    assert count(staff, "not_visited") == 2 * overdue


@pytest.mark.parametrize(
    "more",
    [
        {"method": "call"},
        {"method": "elsewhere"},
        {"method": "not_met"},
        {"state": "withdrawn"},
        {"confirmed_at": None},
    ],
)
def test_only_a_valid_home_visit_ends_the_gap(staff, more):
    visit(file(200), staff, 1, **more)
    assert count(staff, "not_visited") == 1


def test_a_handover_resets_nothing_and_families_away_stand_aside(staff):
    row = file(200)
    factories.pairings([(row, staff, DAY, None)])
    Absence.everything.create(household=row, away_from=DAY, until=DAY + timedelta(1), **codes_of(row))
    back = file(200)
    Absence.everything.create(household=back, away_from=DAY - timedelta(9), until=DAY, **codes_of(back))
    counted = BY_KEY["not_visited"].count(scope(staff))
    assert (counted.number, counted.aside) == (2, 1)


def test_a_promise_is_overdue_on_the_day_after(staff):
    row = file()
    for due, state, moved in [(0, "open", 0), (-1, "open", 0), (-1, "open", 2), (-9, "dropped", 0)]:
        Promise.everything.create(
            household=row, made_by=staff, holder=staff, what="x", due_on=DAY + timedelta(due), state=state,
            times_moved=moved, dropped_reason="x", **codes_of(row),
        )  # fmt: skip
    counted = BY_KEY["promises_overdue"].count(scope(staff))
    assert (counted.number, counted.aside) == (2, 1)


def problem(row, user, **more):
    values = {
        "kind": "water",
        "words": "x",
        "reason": "x",
        "office": "county_water",
        "level": "county",
    } | more
    return Problem.everything.create(household=row, raised_by=user, **codes_of(row), **values)


def test_answers_are_owed_until_the_household_is_told(staff):
    row = file()
    for state in Problem.State.values:
        problem(row, staff, state=state, due_on=DAY, told_on=DAY if state in ("told", "closed") else None)
    assert count(staff, "answers_owed") == len(Problem.OUTCOMES) == 4


def test_a_referral_is_late_on_the_day_after_its_limit(staff):
    row = file()
    problem(row, staff, state="referred", due_on=DAY)
    problem(row, staff, state="referred", due_on=DAY - timedelta(1))
    problem(row, staff, state="answered", due_on=DAY - timedelta(1))
    assert count(staff, "referrals_late") == 1


def test_a_file_to_mend_counts_once(staff):
    row, mended = file(), file()
    for rule in "ab":
        FileQuestion.everything.create(household=row, rule=rule, **codes_of(row))
    FileQuestion.everything.create(household=mended, rule="a", cleared_on=DAY, **codes_of(mended))
    FileQuestion.everything.create(household=mended, rule="b", answered_at=clock.now(), **codes_of(mended))
    assert count(staff, "to_mend") == 1


@pytest.mark.parametrize(
    ("arrived", "today", "over"),
    [
        ("2026-11-13", "2026-11-20", False),  # Friday to Friday: five working days
        ("2026-11-13", "2026-11-21", False),  # Saturday adds none
        ("2026-11-13", "2026-11-23", True),
        ("2026-11-14", "2026-11-20", False),  # from a Saturday: five working days on Friday
        ("2026-11-14", "2026-11-23", True),
    ],
)
def test_waiting_means_more_than_five_working_days(arrived, today, over):
    late = datetime.fromisoformat(f"{arrived}T23:59:59").replace(tzinfo=clock.business_timezone)
    assert (late < waiting_limit(date.fromisoformat(today))) is over


def test_waiting_on_us_counts_visits_and_changes_and_an_answer_begins_anew(staff):
    row, long_ago = file(), clock.now() - timedelta(days=20)
    visit(row, staff, 20, state="to_read", recorded_at=long_ago)
    visit(row, staff, 20, state="filed", recorded_at=long_ago)
    answered = visit(row, staff, 20, state="answered", recorded_at=long_ago)
    VisitQuestion.everything.create(
        visit=answered, household=row, field="said", question="?", answer="x", asked_by=staff,
        answered_at=clock.now(), **codes_of(row),
    )  # fmt: skip
    for state in ("waiting", "returned"):
        ChangeRequest.everything.create(
            household=row, state=state, reason="x", proposed_by=staff, proposed_at=long_ago, base_version=1,
            **codes_of(row),
        )  # fmt: skip
    assert count(staff, "waiting") == 2


def test_areas_add_up_to_the_figure(staff):
    for village in (cast.VILLAGE, cast.SECOND_VILLAGE, cast.OTHER_VILLAGE):
        visit(file(200, village), staff, 130, state="to_read", recorded_at=clock.now() - timedelta(days=20))
    for figure in FIGURES:
        by_area = figure.by_area(scope(staff))
        assert sum(by_area.values()) == figure.count(scope(staff)).number
        assert cast.OTHER_VILLAGE not in by_area


# --- the strip of months --------------------------------------------------------------------------------


def test_month_ends_run_to_today():
    assert month_ends(date(2024, 3, 31), 3) == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]
    assert len(month_ends(DAY)) == 12


def test_the_last_month_is_the_figure_of_today(staff):
    for days in (10, 120, 121, 300):
        file(days)
    cell = strips(scope(staff))[cast.VILLAGE][-1]
    assert cell.listed - cell.covered == count(staff, "not_visited") == 2
    assert (cell.share, cell.guarded_share) == (50, None)


# --- small cells --------------------------------------------------------------------------------------------


def possible(world, shown):
    """All values that each hidden small part could have, for all that the page tells. By brute force."""
    hidden = [key for key, text in shown.parts.items() if text in (small_cells.SMALL, small_cells.WITHHELD)]
    ranges = [range(1, 5) if shown.parts[key] == small_cells.SMALL else range(5, 60) for key in hidden]
    known = sum(int(text) for key, text in shown.parts.items() if key not in hidden)
    found = {key: set() for key in hidden}
    for values in itertools.product(*ranges):
        total = known + sum(values)
        if shown.total == small_cells.SMALL:
            fits = 1 <= total <= 4
        else:
            fits = shown.total == small_cells.WITHHELD or total == int(shown.total)
        if fits:
            for key, value in zip(hidden, values, strict=True):
                found[key].add(value)
    return {key: values for key, values in found.items() if shown.parts[key] == small_cells.SMALL}


def test_no_small_part_can_be_worked_out_in_200_worlds():
    chance = random.Random(11)
    for _world in range(200):
        sizes = [0, 0, 1, 2, 3, 4, 5, 6, 9, 14]
        parts = {n: chance.choice(sizes) for n in range(chance.randrange(1, 6))}
        shown = small_cells.shown_parts(parts)
        small = [key for key, number in parts.items() if 1 <= number <= 4]
        assert all(shown.parts[key] == "<5" for key in small)
        free = possible(parts, shown)
        total = sum(parts.values())
        for key in small:
            most = {1, 2, 3, 4} if total > 4 else set(range(1, 6 - len(small)))
            assert free[key] >= most, (parts, shown)


def bounds(shown):
    """The least and the most that one page says the total can be."""
    held_back = (0, 99) if shown.total == small_cells.WITHHELD else (5, 99)
    limits = {small_cells.SMALL: (1, 4), small_cells.WITHHELD: held_back}
    texts = [limits.get(text) or (int(text), int(text)) for text in shown.parts.values()]
    total = limits.get(shown.total) or (int(shown.total), int(shown.total))
    return max(total[0], sum(low for low, _high in texts)), min(total[1], sum(high for _low, high in texts))


def test_no_small_part_can_be_worked_out_from_two_pages_in_400_worlds():
    """The overview, the villages and the offices of one number, side by side: each small part can be 1 or 4."""
    chance = random.Random(5)
    hidden = 0
    for _world in range(400):
        villages, offices = chance.randrange(1, 6), chance.randrange(1, 6)
        drawn = [
            (chance.randrange(villages), chance.randrange(offices)) for _n in range(chance.randrange(26))
        ]
        by_village, by_office = (dict(Counter(cell[part] for cell in drawn)) for part in (0, 1))
        pages = small_cells.shown_apart(by_office, by_village)
        assert pages[0].total == pages[1].total
        lows, highs = zip(*map(bounds, pages), strict=True)
        low, high = max(lows), min(highs)
        for page in pages:
            for key in (key for key, text in page.parts.items() if text == small_cells.SMALL):
                hidden += 1
                others = small_cells.Shown(
                    small_cells.WITHHELD, {k: t for k, t in page.parts.items() if k != key}
                )
                least, most = bounds(others)
                could = {n for n in range(1, 5) if least + n <= high and most + n >= low}
                assert could == {1, 2, 3, 4}, (by_village, by_office, pages)
    assert hidden > 400


def test_nothing_small_nothing_hidden():
    shown = small_cells.shown_parts({"a": 0, "b": 5, "c": 12})
    assert (shown.total, dict(shown.parts)) == ("17", {"a": "0", "b": "5", "c": "12"})


def test_a_lone_small_part_takes_another_with_it_or_the_total():
    assert small_cells.shown_parts({"a": 1, "b": 7, "c": 30}).parts == {"a": "<5", "b": "7", "c": "—"}
    assert small_cells.shown_parts({"a": 4, "b": 4}).total == "—"


@pytest.mark.parametrize(
    ("villages", "offices"), [([6, 6], [4, 4, 4]), ([4, 4, 4], [6, 6]), ([7], [6, 1]), ([2], [1, 1])]
)
def test_what_one_split_hides_the_other_does_not_tell(villages, offices):
    by_office, by_village = small_cells.shown_apart(dict(enumerate(offices)), dict(enumerate(villages)))
    assert (by_office.total, by_village.total, set(by_village.parts.values())) == ("—", "—", {"—"})
    assert list(by_office.parts.values()) == [small_cells.shown(number) for number in offices]
