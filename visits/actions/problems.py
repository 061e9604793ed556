"""Problems (诉求): opened at the table with a triage; every household is owed an answer.

What happens at the office to which one is referred stands in ``referrals``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.models import Household
from households.models.scoped import codes_of
from pairing import clock, codelists
from pairing.audit import action
from pairing.errors import Conflict, Refused
from pairing.roles import P
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
    referred_on = clock.today() if referred else None  # then the office hears of it, whenever it was raised
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
        restricted=problem.kind == checks.COMPLAINT,
        state=problem.triage,
        office=problem.office if referred else "",
        level=level_of(problem.office) if referred else "",
        referred_on=referred_on,
        due_on=referred_on and referred_on + timedelta(days=REPLY_DAYS),
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


def level_of(office: str) -> str:
    """At which level a referral waits: the code of an office begins with its level."""
    county = office.startswith("county")
    return Problem.Level.COUNTY if county else Problem.Level.TOWNSHIP


# --- the helper's steps -----------------------------------------------------------------------------------


def solve(*, problem: Problem, outcome: str, version: int | None = None, by: Any) -> Problem:
    """The helper solved it himself (已解决). Raises ``Refused`` without a word of what was done."""
    outcome = _words(outcome, "outcome", _("Write in a line what was done."))
    with moving("problem.solve", problem, Problem.State.SOLVED, version=version, by=by) as row:
        row.outcome = outcome
        row.note = outcome
    return row


def explain(*, problem: Problem, reason: str, version: int | None = None, by: Any) -> Problem:
    """It was explained to the household why this cannot be (已当面解释), with the reason in words."""
    reason = _reason(reason)
    with moving("problem.explain", problem, Problem.State.EXPLAINED, version=version, by=by) as row:
        row.reason = row.note = reason
    return row


def put_off(
    *, problem: Problem, reason: str, look_again_on: date, version: int | None = None, by: Any
) -> Problem:
    """Not now (暂时办不了): the reason in words, and the day on which somebody looks again."""
    reason = _reason(reason)
    if look_again_on <= clock.today():
        raise Refused(_("Choose a later day on which to look again."), "look_again_on")
    with moving("problem.put_off", problem, Problem.State.NOT_NOW, version=version, by=by) as row:
        row.reason = row.note = reason
        row.look_again_on = look_again_on
    return row


def take_back(*, problem: Problem, note: str = "", version: int | None = None, by: Any) -> Problem:
    """Back to the helper: from an office, or taken up again after "not now"."""
    with moving("problem.take_back", problem, Problem.State.MINE, version=version, by=by) as row:
        if row.before in (Problem.State.TOLD, Problem.State.CLOSED):
            raise Refused(_("This problem has been told to the household. Reopen it instead."))
        _begin_again(row, checks.one_line(note))
    return row


def tell(
    *,
    problem: Problem,
    household_view: str,
    told_on: date | None = None,
    version: int | None = None,
    by: Any,
) -> Problem:
    """The household has been told the outcome (已告知), and this is what it says to it.

    Raises ``Refused`` for a day in the future or before the problem, and without the household's view.
    """
    view = _words(household_view, "household_view", _("Write what the household says to it."), most=400)
    told_on = told_on or clock.today()
    if not problem.raised_on <= told_on <= clock.today():
        raise Refused(_("Choose a day between the problem and today."), "told_on")
    with moving("problem.tell", problem, Problem.State.TOLD, version=version, by=by) as row:
        row.told_on, row.household_view, row.note = told_on, view, view
    return row


def close(*, problem: Problem, version: int | None = None, by: Any) -> Problem:
    """The household knows, and nothing is left to do (已办结)."""
    with moving("problem.close", problem, Problem.State.CLOSED, version=version, by=by) as row:
        row.closed_on = clock.today()
    return row


def reopen(*, problem: Problem, reason: str, version: int | None = None, by: Any) -> Problem:
    """It is not settled after all: back to the helper, with the reason; the former steps stay readable."""
    reason = _reason(reason)
    with moving("problem.reopen", problem, Problem.State.MINE, version=version, by=by) as row:
        if row.before not in (Problem.State.TOLD, Problem.State.CLOSED):
            raise Refused(_("This problem is still open."))
        _begin_again(row, reason)
    return row


@contextmanager
def moving(
    name: str, problem: Problem, to: str, *, version: int | None = None, by: Any, checked: bool = True
) -> Iterator[Any]:
    """One step under lock: yields the row to change, then saves it, writes its step and counts again.

    The caller may set ``note`` (what the step says) and read ``before`` (the former state). ``checked=False``
    is for the clock's own steps, which nobody takes.
    """
    with action(name, by=by, permission=P.PROBLEM_ANSWER if checked else None) as entry:
        household = counters.lock([problem.household_id])[problem.household_id]
        row: Any = Problem.everything.select_for_update(no_key=True, of=("self",)).get(pk=problem.pk)
        row.household, row.before, row.note = household, row.state, ""
        if version is not None and row.version != version:
            raise Conflict(
                _("This problem has changed since you opened it. Look at it again before you go on."),
                stored={str(_("State")): row.get_state_display(), str(_("Outcome")): row.outcome},
            )
        rules.check_move(row, to)
        if checked:
            rules.check_problem_right(row, by, to)
        row.state = to
        yield row
        row.version += 1
        row.save()
        add_step(row, note=row.note, by=by)
        counters.recount([household.pk])
        entry.about(row, household, fields=["state"])


def _begin_again(row: Any, note: str) -> None:
    """A problem that is the helper's again carries nothing of a former answer; its steps do."""
    row.office = row.level = row.reason = row.outcome = row.household_view = ""
    row.referred_on = row.due_on = row.look_again_on = row.told_on = row.closed_on = None
    row.answered_by = row.answered_at = None
    row.note = note


def _reason(text: str) -> str:
    return _words(text, "reason", _("Give the reason as you told it to the household."), most=400)


def _words(text: str, field: str, missing: Any, most: int = 1000) -> str:
    """Words that must be there, and not more than fit."""
    words = checks.tidy(text)
    if not words:
        raise Refused(missing, field)
    if len(words) > most:
        raise Refused(_("Please keep this below %(most)d characters.") % {"most": most}, field)
    return words
