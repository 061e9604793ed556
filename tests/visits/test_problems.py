"""Problems: from office to office, up to the county, back to the household; each step written down."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from households.models import Household
from pairing import clock
from pairing.errors import Conflict, Refused
from pairing.roles import P
from tests import cast
from tests.visits import logged, made
from visits import rules
from visits.actions import problems, referrals
from visits.models import Problem
from visits.reports.figures import BY_KEY, Scope

pytestmark = pytest.mark.django_db
TODAY = clock.today()


@pytest.fixture
def world():
    return cast.build()


def steps(problem):
    return list(problem.steps.values_list("state", flat=True))


def test_the_whole_way_from_the_table_back_to_the_table(world):
    cadre, staff, file = world.people["cadre"], world.people["staff"], world.files["own"]
    told = problems.ProblemInput(kind="water", words="no water")
    problem = logged.visit(world, problems=[told]).problems.get()
    problem = referrals.refer(problem=problem, office="township_rural", note="please", by=cadre)
    assert (problem.level, problem.due_on) == ("township", TODAY + timedelta(days=15))
    problem = referrals.answer(problem=problem, outcome="pipe mended on Friday", version=2, by=staff)
    assert (problem.answered_by, problem.outcome) == (staff, "pipe mended on Friday")
    assert Problem.everything.answer_owed().count() == 1
    problem = problems.tell(problem=problem, household_view="good", by=cadre)
    assert Problem.everything.answer_owed().count() == 0
    problem = problems.close(problem=problem, by=cadre)
    assert Household.everything.get(pk=file.pk).open_problems == 0
    problem = problems.reopen(problem=problem, reason="dry again", by=cadre)
    assert (problem.office, problem.outcome, problem.told_on, problem.closed_on) == ("", "", None, None)
    assert Household.everything.get(pk=file.pk).open_problems == 1
    assert steps(problem) == ["mine", "referred", "answered", "told", "closed", "mine"]
    assert list(problem.steps.values_list("note", flat=True))[2] == "pipe mended on Friday"


def test_a_referral_is_answered_at_the_level_where_it_waits(world):
    township = made.problem(world.files["own"], world.people["cadre"])
    county = made.problem(world.files["own"], world.people["cadre"], office="county_water", level="county")
    may = {
        "township": {"staff", "reviewer", "township_admin"},
        "county": {"county_admin"},
    }
    for problem in (township, county):
        answering = {name for name, person in world.people.items() if rules.answers_at(problem, person)}
        assert answering == may[problem.level]
    with pytest.raises(Refused):
        referrals.answer(problem=county, outcome="x", by=world.people["staff"])
    with pytest.raises(Refused):
        referrals.answer(problem=township, outcome="x", by=world.people["cadre"])


def test_the_helpers_steps_are_the_helpers(world):
    problem = made.problem(world.files["own"], world.people["cadre"], state="mine")
    for name in ("staff", "county_admin", "other_cadre", "clerk"):
        with pytest.raises(Refused):
            problems.solve(problem=problem, outcome="x", by=world.people[name])
    assert problems.solve(problem=problem, outcome="x", by=world.people["cadre"]).state == "solved"


def test_without_a_helper_the_township_acts(world):
    problem = made.problem(world.files["area"], world.people["cadre"], state="answered")
    assert problems.tell(problem=problem, household_view="x", by=world.people["staff"]).state == "told"


def test_staff_send_on_what_came_to_the_wrong_office_with_a_new_clock(world):
    problem = made.problem(world.files["own"], world.people["cadre"], waits=10)
    with pytest.raises(Refused):
        referrals.refer(problem=problem, office=problem.office, by=world.people["staff"])
    moved = referrals.refer(problem=problem, office="county_water", by=world.people["staff"])
    assert (moved.level, moved.referred_on) == ("county", TODAY)


@pytest.mark.parametrize(("waits", "climbs"), [(15, 0), (16, 1)])
def test_an_unanswered_referral_climbs_once_and_stays_late(world, waits, climbs, capsys):
    problem = made.problem(world.files["own"], world.people["cadre"], waits=waits)
    scope = Scope(world.people["staff"], P.OVERVIEW_ROWS, TODAY)
    before = BY_KEY["referrals_late"].count(scope).number
    call_command("climb_referrals")
    call_command("climb_referrals")
    problem.refresh_from_db()
    assert problem.level == ("county" if climbs else "township")
    assert problem.steps.count() == climbs
    assert BY_KEY["referrals_late"].count(scope).number == before == climbs


@pytest.mark.parametrize(
    ("step", "more"),
    [
        (problems.solve, {"outcome": " "}),
        (problems.explain, {"reason": ""}),
        (problems.put_off, {"reason": "", "look_again_on": TODAY + timedelta(days=9)}),
        (problems.put_off, {"reason": "x", "look_again_on": TODAY}),
        (problems.explain, {"reason": "x" * 401}),
        (referrals.refer, {"office": "nowhere"}),
    ],
)
def test_every_step_wants_its_words(world, step, more):
    problem = made.problem(world.files["own"], world.people["cadre"], state="mine")
    with pytest.raises(Refused) as refusal:
        step(problem=problem, by=world.people["cadre"], **more)
    assert refusal.value.field in more


def test_told_needs_a_day_that_has_been(world):
    problem = made.problem(world.files["own"], world.people["cadre"], state="answered")
    for days in (1, -400):
        with pytest.raises(Refused):
            problems.tell(
                problem=problem, household_view="x", told_on=TODAY + timedelta(days=days),
                by=world.people["cadre"],
            )  # fmt: skip


def test_every_pair_of_states_that_is_not_a_transition_is_refused(world):
    for state in Problem.State:
        problem = made.problem(world.files["own"], world.people["cadre"], state=state)
        for to in Problem.State:
            if to not in Problem.TRANSITIONS[state]:
                with pytest.raises(Refused):
                    rules.check_move(problem, to)
            else:
                rules.check_move(problem, to)


def test_a_stale_step_is_a_conflict(world):
    problem = made.problem(world.files["own"], world.people["cadre"])
    with pytest.raises(Conflict):
        referrals.answer(problem=problem, outcome="x", version=7, by=world.people["staff"])
