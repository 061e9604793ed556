"""Promises (答应的事): made, done, moved, dropped, and what the household says of them."""

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from households.models import Household
from households.models.scoped import codes_of
from pairing import clock
from pairing.audit import action
from pairing.errors import Refused
from pairing.roles import P
from visits import checks, rules
from visits.actions import counters
from visits.models import Problem, Promise, PromiseDate, Visit

#: What a household may answer; ``not_asked`` on a form means that nothing is written.
WORDS = (Promise.State.KEPT, Promise.State.PARTLY, Promise.State.NOT_KEPT)


def add_promise(
    household: Household,
    what: str,
    due_on: date,
    made_on: date,
    holder: Any,
    visit: Visit | None = None,
    problem: Problem | None = None,
) -> Promise:
    """The row of a promise, for an action that holds the household's lock and counts afterwards."""
    what = checks.one_line(what)
    if not what:
        raise Refused(_("Write what was promised."), "what")
    checks.check_due(due_on, made_on=made_on)
    return Promise.everything.create(
        **codes_of(household),
        household=household,
        visit=visit,
        problem=problem,
        made_by=holder,
        holder=holder,
        made_on=made_on,
        what=what,
        due_on=due_on,
    )


def record_done(*, promise: Promise, what: str, on: date | None = None, by: Any) -> Promise:
    """Write what was done (已办理). The promise then waits for the household's own word."""
    on = on or clock.today()
    what = checks.one_line(what)
    if not what:
        raise Refused(_("Write in one line what was done."), "done_what")
    _check_day(promise, on)
    with action("promise.done", by=by) as entry:
        promise = _locked(promise, by)
        if (promise.state, promise.done_what, promise.done_on, promise.done_by_id) == (
            Promise.State.DONE,
            what,
            on,
            by.pk,
        ):
            entry.quiet = True  # sent twice, as by a second tap
            return promise
        rules.check_promise_open(promise)
        _set_done(promise, what, on, by)
        promise.version += 1
        promise.save(update_fields=["state", "done_what", "done_on", "done_by", "version"])
        counters.recount([promise.household_id])
        entry.about(promise, fields=["state", "done_what", "done_on"])
    return promise


def move_promise(*, promise: Promise, due_on: date, reason: str, by: Any) -> Promise:
    """Give a promise another day (改期). The former day and the reason stay readable; nobody is blamed.

    One that was kept partly or not is open again with its new day.
    """
    reason = checks.one_line(reason)
    if not reason:
        raise Refused(_("Say why the day moves."), "reason")
    checks.check_due(due_on, made_on=clock.today())
    with action("promise.move", by=by, reason=reason) as entry:
        promise = _locked(promise, by)
        rules.check_promise_movable(promise)
        if due_on == promise.due_on and promise.state == Promise.State.OPEN:
            if promise.former_dates.filter(moved_by=by, reason=reason).exists():
                entry.quiet = True  # sent twice
                return promise
            raise Refused(_("This is the day it already has."), "due_on")
        PromiseDate.everything.create(
            **codes_of(promise),
            promise=promise,
            household_id=promise.household_id,
            due_on=promise.due_on,
            reason=reason,
            moved_by=by,
        )
        promise.due_on, promise.state = due_on, Promise.State.OPEN
        promise.times_moved += 1
        promise.version += 1
        promise.save(update_fields=["due_on", "state", "times_moved", "version"])
        counters.recount([promise.household_id])
        entry.about(promise, fields=["due_on"])
    return promise


def drop_promise(*, promise: Promise, reason: str, by: Any) -> Promise:
    """Let a promise go (作罢), with the reason that the household was or will be given.

    One that was kept partly or not keeps the household's word and is left at that. Source: decisions, "Promise:
    partly, not → open or final".
    """
    reason = checks.one_line(reason)
    if not reason:
        raise Refused(_("Say why it is dropped."), "reason")
    with action("promise.drop", by=by, reason=reason) as entry:
        promise = _locked(promise, by)
        if promise.dropped_reason == reason:
            entry.quiet = True  # sent twice
            return promise
        rules.check_promise_movable(promise)
        if promise.state == Promise.State.OPEN:
            promise.state = Promise.State.DROPPED
        promise.dropped_reason = reason
        promise.version += 1
        promise.save(update_fields=["state", "dropped_reason", "version"])
        counters.recount([promise.household_id])
        entry.about(promise, fields=["state", "dropped_reason"])
    return promise


def record_word(
    *,
    promise: Promise,
    word: str,
    household_word: str = "",
    done_what: str = "",
    asked_on: date | None = None,
    visit: Visit | None = None,
    asked_by: Any = None,
    by: Any,
) -> Promise:
    """Write the household's own word: kept, partly, or not, and who asked.

    An open promise takes ``done_what`` with it, both steps in one save. Not kept without anything done leaves
    it open: the household is still owed. Raises Refused for an unknown word, or kept without a line
    of what was done.
    """
    with action("promise.word", by=by) as entry:
        promise = _locked(promise, by)
        if (promise.state, promise.household_word, promise.asked_by_id) == (
            word,
            checks.one_line(household_word),
            (asked_by or by).pk,
        ):
            entry.quiet = True  # sent twice
            return promise
        apply_word(promise, word, household_word, done_what, asked_on or clock.today(), asked_by or by, visit)
        counters.recount([promise.household_id])
        entry.about(promise, fields=["state", "household_word", "done_what", "asked_by", "asked_on"])
    return promise


def apply_word(
    promise: Promise,
    word: str,
    household_word: str,
    done_what: str,
    asked_on: date,
    asked_by: Any,
    visit: Visit | None = None,
) -> None:
    """Write the household's word on a promise, for an action that holds the household's lock."""
    if word not in WORDS:
        raise Refused(_("Choose what the household says."), "word")
    if promise.state != Promise.State.DONE:
        rules.check_promise_open(promise)
    done_what = checks.one_line(done_what)
    if promise.state == Promise.State.OPEN and done_what:
        _set_done(promise, done_what, max(asked_on, promise.made_on), asked_by)
    if promise.state == Promise.State.DONE:
        promise.state = word
    elif word != Promise.State.NOT_KEPT:
        raise Refused(_("Write in one line what was done."), "done_what")
    promise.household_word = checks.one_line(household_word)
    promise.asked_by, promise.asked_on, promise.asked_at_visit = asked_by, asked_on, visit
    promise.version += 1
    promise.save()


def take_back_words(visit: Visit) -> list[Promise]:
    """Put promises back to what they were before this visit's word on them, where nobody has touched them since.

    For an action that holds the household's lock and counts afterwards. What they were stands in their history. A
    closed file keeps them settled: nobody is left to keep a promise.
    """
    done: list[Promise] = []
    if not visit.household.is_open:
        return done
    for promise in visit.promises_asked.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        before = promise.events.order_by("-pgh_id")[1:2].first()
        if before is None or before.asked_at_visit_id == visit.pk:
            continue
        for name in _OF_A_WORD:
            setattr(promise, name, getattr(before, name))
        promise.version += 1
        promise.save(update_fields=[*_OF_A_WORD, "version"])
        done.append(promise)
    return done


#: What ``apply_word`` writes.
_OF_A_WORD: Final = (
    *("state", "done_what", "done_on", "done_by", "household_word"),
    *("asked_by", "asked_on", "asked_at_visit"),
)


def _locked(promise: Promise, by: Any) -> Promise:
    """The promise as it stands now, its household locked first; it is the helper's of this moment."""
    counters.lock_for(by, P.VISIT_LOG, promise.household_id)
    return Promise.everything.select_for_update(no_key=True, of=("self",)).get(pk=promise.pk)


def _check_day(promise: Promise, on: date) -> None:
    if not promise.made_on <= on <= clock.today():
        raise Refused(_("Choose a day between the promise and today."), "done_on")


def _set_done(promise: Promise, what: str, on: date, by: Any) -> None:
    promise.state, promise.done_what, promise.done_on, promise.done_by = Promise.State.DONE, what, on, by
