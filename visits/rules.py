"""May this person do this now? ``check_x`` raises ``Refused`` with the sentence that the reader sees."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from households.models import ChangeRequest, Household, Pairing
from pairing import clock, wording
from pairing.access import carries, covers, open_grants
from pairing.errors import Refused
from pairing.roles import BY_PAIRING, FEWER_FIELDS, P, permissions_of
from pairing.rules import can
from visits import checks
from visits.models import Problem, Promise, Slip, Visit, VisitEffect, VisitQuestion

# --- visits, promises, slips ---------------------------------------------------------------------------


def check_open_file(household: Household) -> None:
    """Nothing is recorded on a closed file."""
    if not household.is_open:
        raise Refused(_("This file is closed; nothing can be recorded on it."))


def check_takes_visit(household: Household, day: date) -> None:
    """A closed file still takes a visit of a day before it closed: it was made, and came late."""
    if household.closed_on is None or day >= household.closed_on:
        check_open_file(household)


def pairings_of(household: Household, cadre: Any) -> QuerySet[Any]:
    """Every valid pairing of the two, earliest first."""
    return Pairing.everything.valid().filter(household=household, cadre=cadre).order_by("started_on")


def check_visit_day(
    household: Household, visitor: Any, day: date, pairings: Sequence[Pairing] | None = None
) -> Pairing:
    """The pairing under which ``visitor`` may have visited on ``day``; refused in the future or before it.

    ``pairings`` are all of the two, where they have been read already.
    """
    checks.check_visit_date(day, today=clock.today())
    if pairings is None:
        pairings = list(pairings_of(household, visitor))
    if not pairings:
        raise Refused(_("This person is not a helper of the household."))
    checks.check_after_start(day, pairings[0].started_on)
    for pairing in pairings:
        if pairing.started_on <= day and (pairing.ended_on is None or day < pairing.ended_on):
            return pairing
    raise Refused(_("On this day the pairing did not hold."), "visited_on")


def check_pairing_end(pairing: Pairing, day: date, field: str) -> None:
    """A pairing ends after the helper's last home visit under it, or today (``settings.PAIRING_END_CHECKS``)."""
    if day >= clock.today():
        return
    visits = Visit.everything.valid().filter(household=pairing.household_id, visited_by=pairing.cadre_id)
    days = visits.filter(method=Visit.Method.HOME, visited_on__gte=max(day, pairing.started_on))
    last = days.order_by("-visited_on").values_list("visited_on", flat=True).first()
    if last is not None:
        raise Refused(
            _("This helper visited the household on %(day)s. The pairing ends after that day, or today.")
            % {"day": wording.day(last)},
            field,
        )


def former_household(user: Any, public_id: Any) -> Household | None:
    """The household whose helper ``user`` was once: a visit dated inside that pairing may still be sent."""
    former = Pairing.everything.valid().filter(
        cadre=user, household__public_id=public_id, ended_on__isnull=False
    )
    pairing = former.select_related("household").first()
    return pairing.household if pairing and carries(user, P.VISIT_LOG) else None


def may_enter_for(user: Any, household: Household) -> bool:
    """May ``user`` type a visit for its helper: clerks in their village, township staff in their township."""
    return covers(user, P.VISIT_ENTER, household.village_code)


def is_helper(user: Any, household: Household) -> bool:
    """Is ``user`` a helper of this household today?"""
    return carries(user, P.VISIT_LOG) and any(p.ended_on is None for p in pairings_of(household, user))


def check_own(visit: Visit, user: Any) -> None:
    """The visitor alone touches a visit's words; until he confirms, so does whoever typed it for him."""
    typed = user.pk == visit.author_id and visit.confirmed_at is None
    if user.pk != visit.visited_by_id and not typed:
        raise Refused(_("Only the helper who visited can do this."))
    if visit.state == Visit.State.WITHDRAWN:
        raise Refused(_("This visit has been withdrawn."))


def can_change(visit: Visit, user: Any) -> bool:
    """May ``user`` correct or withdraw this visit?"""
    return can(check_own, visit, user)


def check_confirm(visit: Visit, user: Any) -> None:
    """A visit typed by somebody else is confirmed by the visitor himself, once."""
    if user.pk != visit.visited_by_id:
        raise Refused(_("Only the helper who visited can confirm it."))
    if visit.state == Visit.State.WITHDRAWN:
        raise Refused(_("This visit has been withdrawn."))
    if visit.confirmed_at is not None:
        raise Refused(_("This visit has been confirmed already."))


def typed_for_former(user: Any) -> QuerySet[Any]:
    """Visits that wait for the word of ``user``, who helps the household no more: they are still his to confirm."""
    if not carries(user, P.VISIT_LOG):
        return Visit.everything.none()
    mine = Pairing.everything.valid().filter(cadre=user, household=OuterRef("household"))
    waiting = Visit.everything.unconfirmed().filter(visited_by=user)
    return waiting.filter(Exists(mine)).exclude(Exists(mine.filter(ended_on=None))).order_by("pk")


def waits_for_former(visit: Visit, user: Any) -> bool:
    """Does this visit wait for the word of ``user``, who helps the household no more?"""
    return (
        visit.visited_by_id == user.pk and visit.confirmed_at is None and not is_helper(user, visit.household)
    )


def can_confirm(visit: Visit, user: Any) -> bool:
    """Is this visit waiting for the word of ``user``?"""
    return can(check_confirm, visit, user)


def can_take_back(effect: VisitEffect) -> bool:
    """Can what a visit did to the file still be undone? Not once it is decided, or changed by somebody else."""
    if effect.taken_back_at is not None:
        return False
    if effect.request is not None:
        return ChangeRequest.State.WITHDRAWN in ChangeRequest.TRANSITIONS.get(
            ChangeRequest.State(effect.request.state), []
        )
    return effect.absence is not None and effect.absence.version == effect.version_after


def can_read_restricted(user: Any, visit: Visit) -> bool:
    """The restricted part is for its author, his successor with the household, and the named reader.

    Nobody in the village reads it: who is the village's clerk as well is no reader there.
    """
    if not visit.has_restricted:
        return False
    if user.pk in (visit.visited_by_id, visit.author_id):
        return True
    named = covers(user, P.RESTRICTED_READ, visit.village_code)
    return (named and not sees_fewer_fields(user, visit.household)) or _succeeded(user, visit)


def _succeeded(user: Any, visit: Visit) -> bool:
    """Has ``user`` taken the visitor's place: in the same role, from that day or later, while he is gone?"""
    if not carries(user, P.VISIT_LOG):
        return False
    both = list(pairings_of(visit.household, user) | pairings_of(visit.household, visit.visited_by_id))
    theirs = [p for p in both if p.cadre_id == visit.visited_by_id and p.started_on <= visit.visited_on]
    role = theirs[-1].role if theirs else Pairing.Role.LEAD
    if any(p.ended_on is None for p in both if p.cadre_id == visit.visited_by_id):
        return False
    mine = [p for p in both if p.cadre_id == user.pk and p.ended_on is None]
    return any(p.role == role and p.started_on >= visit.visited_on for p in mine)


def sees_fewer_fields(user: Any, household: Household) -> bool:
    """Does ``user`` see this household as a village clerk: no restricted text, no restricted problems?

    What he is elsewhere does not matter: a clerk who is a helper sees more of the households he helps only.
    """
    roles = {
        grant.role
        for grant in open_grants(user)
        if grant.role not in BY_PAIRING
        and P.HOUSEHOLD_VIEW in permissions_of(grant.role)
        and household.village_code.startswith(grant.area_id)
    }
    return bool(roles) and roles <= FEWER_FIELDS and not is_helper(user, household)


def first_state(reasons: list[str]) -> str:
    """Reading by exception: to be read with a reason, filed without one."""
    return Visit.State.TO_READ if reasons else Visit.State.FILED


def check_promise_open(promise: Promise) -> None:
    """Done, moved or dropped can only be what is still open."""
    if promise.state != Promise.State.OPEN:
        raise Refused(
            _("This promise has been settled already: %(state)s.") % {"state": promise.get_state_display()}
        )


def check_promise_done(promise: Promise) -> None:
    """The household is asked about what was done."""
    if promise.state != Promise.State.DONE:
        raise Refused(_("Write first what was done; then the household can be asked."))


def check_promise_movable(promise: Promise) -> None:
    """A date moves, or a promise is let go, while it is open, and again when it was kept partly or not."""
    if promise.state != Promise.State.OPEN and not promise.is_short:
        raise Refused(
            _("This promise has been settled already: %(state)s.") % {"state": promise.get_state_display()}
        )


def check_found(slip: Slip | None) -> None:
    """A number that leads to no slip of this area is told as such; nothing is said of other places."""
    if slip is None:
        raise Refused(_("No slip with this number was printed for a household here."), "number")
    check_slip(slip)


def is_entered(slip: Slip) -> bool:
    """Does a visit stand for this slip? A withdrawn one, typed wrongly perhaps, leaves it free."""
    return slip.visit is not None and slip.visit.state != Visit.State.WITHDRAWN


def check_slip(slip: Slip) -> None:
    """One slip, one visit."""
    if is_entered(slip):
        raise Refused(_("This slip has been entered already."), "number")


# --- reading and problems -------------------------------------------------------------------------------

#: Where the township may put a question, with the words of the form; the restricted part is not among them.
ASKABLE = {
    "visited_on": _("Date"),
    "method": _("How you met"),
    "met": _("With whom"),
    "said": _("What was said"),
    "facts": _("Facts that changed"),
    "problem": _("Problem"),
    "promise": _("Promise"),
    "help": _("Help"),
    "tasks": _("What was done"),
}


def check_reading(visit: Visit, user: Any, to: str) -> None:
    """A visit is read by somebody else than who made or typed it, and only while it is not withdrawn."""
    if visit.state == Visit.State.WITHDRAWN:
        raise Refused(_("This visit has been withdrawn."))
    if user.pk in (visit.visited_by_id, visit.author_id):
        raise Refused(_("This is your own visit; somebody else reads it."))
    if to not in Visit.TRANSITIONS.get(Visit.State(visit.state), []):
        raise Refused(
            _("This visit has been dealt with already: %(state)s.") % {"state": visit.get_state_display()}
        )


def check_askable(household: Household) -> None:
    """On a closed file nobody is left to answer a question."""
    if not household.is_open:
        raise Refused(_("This file is closed; nobody can add to its visits any more."))


def can_read(visit: Visit, user: Any) -> bool:
    """May ``user`` mark this visit as read, or ask at it?"""
    return can(check_reading, visit, user, Visit.State.READ)


def check_recordable(visit: Visit, household: Household, key: str) -> None:
    """A fact told at a visit goes into an open file, once, while the visit stands."""
    check_open_file(household)
    if visit.state == Visit.State.WITHDRAWN:
        raise Refused(_("This visit has been withdrawn."))
    if visit.effects.recorded().filter(fact=key).exists():
        raise Refused(_("This fact stands in the file already."))


def check_answer(question: VisitQuestion, user: Any) -> None:
    """A question is answered once: by who made or typed the visit, or by the household's helper of today."""
    if question.answered_at is not None:
        raise Refused(_("This question has been answered already."))
    visit = question.visit
    if visit.state == Visit.State.WITHDRAWN:
        raise Refused(_("This visit has been withdrawn."))
    if user.pk not in (visit.visited_by_id, visit.author_id) and not is_helper(user, visit.household):
        raise Refused(_("Only the helper who visited can do this."))


def can_answer(question: VisitQuestion, user: Any) -> bool:
    """Does this question wait for an answer of ``user``?"""
    return can(check_answer, question, user)


def check_move(problem: Problem, to: str) -> None:
    """A problem goes only where its state allows (``Problem.TRANSITIONS``)."""
    if to not in Problem.TRANSITIONS.get(Problem.State(problem.state), []):
        raise Refused(
            _("This problem is at “%(state)s” by now; that step is not open.")
            % {"state": problem.get_state_display()}
        )


def check_problem_right(problem: Problem, user: Any, to: str) -> None:
    """Who may take which step. A referral is answered at the level where it waits; the rest is the helper's.

    Township staff may refer on what was sent to the wrong office, and act where a household has no helper.
    Source: ADR 20, "answer a referred problem".
    """
    if to == Problem.State.ANSWERED:
        if not answers_at(problem, user):
            raise Refused(_("This referral is answered at the other level."))
        return
    if is_helper(user, problem.household):
        return
    office = answers_at(problem, user) or covers(user, P.VISIT_ENTER, problem.village_code)
    referring = to == Problem.State.REFERRED and problem.state == Problem.State.REFERRED
    if not (office and (referring or problem.household.lead_id is None)):
        raise Refused(_("Only this household's helper can do this."))


def answers_at(problem: Problem, user: Any) -> bool:
    """Does ``user`` answer referrals at the level where this problem waits?

    In the township that is its staff or its administrator, in the county an administrator of the county.
    """
    length = 6 if problem.level == Problem.Level.COUNTY else 9
    return any(
        P.PROBLEM_ANSWER in permissions_of(grant.role)
        and len(grant.area_id) == length
        and problem.village_code.startswith(grant.area_id)
        for grant in open_grants(user)
    )


def levels_of(user: Any) -> set[str]:
    """The levels at which ``user`` answers referrals."""
    lengths = {len(g.area_id) for g in open_grants(user) if P.PROBLEM_ANSWER in permissions_of(g.role)}
    levels = {9: Problem.Level.TOWNSHIP, 6: Problem.Level.COUNTY}
    return {str(level) for length, level in levels.items() if length in lengths}


def steps_open_to(problem: Problem, user: Any) -> list[str]:
    """The states to which ``user`` may move this problem now."""
    following = Problem.TRANSITIONS.get(Problem.State(problem.state), [])
    return [str(to) for to in following if can(check_problem_right, problem, user, to)]
