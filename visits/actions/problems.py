"""Problems (诉求): opened at the table with a triage; every household is owed an answer."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.models import Household
from households.models.scoped import codes_of
from pairing import clock, codelists
from pairing.audit import action
from pairing.errors import Refused
from visits import checks, rules
from visits.actions import counters
from visits.models import Problem, ProblemStep, Visit
from visits.models.problems import REPLY_DAYS

#: Triage at the table, as the form sends it: the first states of a problem.
TRIAGE = (Problem.State.MINE, Problem.State.REFERRED, Problem.State.EXPLAINED, Problem.State.NOT_NOW)


@dataclass(frozen=True)
class ProblemInput:
    """A problem as it is said at the table. ``triage`` is one of ``TRIAGE``; ``office`` goes with a referral,
    ``reason`` with explained and not now, ``look_again_on`` with not now."""

    kind: str
    words: str
    triage: str = Problem.State.MINE
    office: str = ""
    reason: str = ""
    look_again_on: date | None = None
    restricted: bool = False


def open_problem(
    *,
    household: Household,
    problem: ProblemInput,
    raised_on: date | None = None,
    visit: Visit | None = None,
    raised_by: Any = None,
    by: Any,
) -> Problem:
    """Open a problem with its triage. Raises Refused where words, office, reason or day are missing."""
    with action("problem.open", by=by) as entry:
        household = counters.lock([household.pk])[household.pk]
        rules.check_open_file(household)
        row = add_problem(household, problem, raised_on or clock.today(), raised_by or by, visit)
        counters.recount([household.pk])
        entry.about(row, household, fields=["kind", "words", "state"])
    return row


def add_problem(
    household: Household, problem: ProblemInput, raised_on: date, raised_by: Any, visit: Visit | None = None
) -> Problem:
    """The rows of a problem, for an action that holds the household's lock and counts afterwards."""
    words, reason = checks.tidy(problem.words), checks.one_line(problem.reason)
    if not codelists.holds("problem_kind", problem.kind, raised_on):
        raise Refused(_("Choose what kind of problem it is."), "kind")
    if not words:
        raise Refused(_("Write the problem in the household's words."), "words")
    if problem.triage not in TRIAGE:
        raise Refused(_("Choose what becomes of the problem."), "triage")
    referred = problem.triage == Problem.State.REFERRED
    if referred and not codelists.holds("office", problem.office, raised_on):
        raise Refused(_("Choose the office that it goes to."), "office")
    if problem.triage in (Problem.State.EXPLAINED, Problem.State.NOT_NOW) and not reason:
        raise Refused(_("Give the reason as you told it to the household."), "reason")
    not_now = problem.triage == Problem.State.NOT_NOW
    if not_now and (problem.look_again_on is None or problem.look_again_on <= raised_on):
        raise Refused(_("Choose a later day on which to look again."), "look_again_on")
    row = Problem.everything.create(
        **codes_of(household),
        household=household,
        visit=visit,
        raised_by=raised_by,
        raised_on=raised_on,
        kind=problem.kind,
        words=words,
        restricted=problem.restricted or problem.kind == checks.COMPLAINT,
        state=problem.triage,
        office=problem.office if referred else "",
        level=_level(problem.office) if referred else "",
        referred_on=raised_on if referred else None,
        due_on=raised_on + timedelta(days=REPLY_DAYS) if referred else None,
        look_again_on=problem.look_again_on if not_now else None,
        reason=reason,
    )
    add_step(row, note=reason, by=raised_by)
    return row


def add_step(problem: Problem, *, note: str = "", by: Any) -> ProblemStep:
    """Write down where a problem stands now, as the household could be told it."""
    return ProblemStep.everything.create(
        **codes_of(problem),
        problem=problem,
        household_id=problem.household_id,
        state=problem.state,
        office=problem.office,
        level=problem.level,
        note=note,
        by=by,
    )


def _level(office: str) -> str:
    """At which level a referral waits: the code of an office begins with its level."""
    county = office.startswith("county")
    return Problem.Level.COUNTY if county else Problem.Level.TOWNSHIP
