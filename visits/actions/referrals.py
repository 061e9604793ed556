"""Referrals (转办): a problem at an office, with a clock; unanswered it climbs to the county."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from pairing import clock, codelists
from pairing.errors import Refused
from visits import checks
from visits.actions.problems import level_of, moving
from visits.models import Problem
from visits.models.problems import REPLY_DAYS


def refer(*, problem: Problem, office: str, note: str = "", version: int | None = None, by: Any) -> Problem:
    """Send a problem to an office (转办); its clock of ``REPLY_DAYS`` days starts today.

    Raises ``Refused`` for an unknown office, or the one where it is already.
    """
    today = clock.today()
    if not codelists.holds("office", office, today):
        raise Refused(_("Choose the office that it goes to."), "office")
    with moving("problem.refer", problem, Problem.State.REFERRED, version=version, by=by) as row:
        if row.before == Problem.State.REFERRED and row.office == office:
            raise Refused(_("It is at this office already."), "office")
        row.office, row.level = office, level_of(office)
        row.referred_on, row.due_on = today, today + timedelta(days=REPLY_DAYS)
        row.look_again_on, row.reason = None, ""
        row.note = checks.one_line(note)[:400]
    return row


def answer(*, problem: Problem, outcome: str, version: int | None = None, by: Any) -> Problem:
    """The office's answer (已答复): the household is owed it from now on.

    Raises ``Refused`` without words, and for somebody who does not answer at the level where it waits.
    """
    words = checks.tidy(outcome)
    if not words:
        raise Refused(_("Write the answer in words that can be read out to the household."), "outcome")
    if len(words) > 1000:
        raise Refused(_("Please keep this below %(most)d characters.") % {"most": 1000}, "outcome")
    with moving("problem.answer", problem, Problem.State.ANSWERED, version=version, by=by) as row:
        row.outcome = row.note = words
        row.answered_by, row.answered_at = by, clock.now()
    return row


def climb(*, problem: Problem) -> Problem:
    """Past its limit the township's referral climbs to the county. The office's clock is not set back.

    So a climb alone never makes the figure of late referrals smaller. Raises ``Refused`` when it is not late,
    or with the county already.
    """
    with moving("problem.climb", problem, Problem.State.REFERRED, by=None, checked=False) as row:
        late = row.before == Problem.State.REFERRED and row.is_late(clock.today())
        if not late or row.level != Problem.Level.TOWNSHIP:
            raise Refused(_("This referral is not past its limit in the township."))
        row.level = Problem.Level.COUNTY
    return row


def climb_all(on: date) -> int:
    """Let every township referral that is late on ``on`` climb, oldest first; returns how many did."""
    late = Problem.everything.late(on).filter(level=Problem.Level.TOWNSHIP).order_by("household_id", "pk")
    climbed = 0
    for problem in late:
        try:
            climb(problem=problem)
        except Refused:  # answered while we were at it
            continue
        climbed += 1
    return climbed
