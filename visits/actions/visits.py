"""Visits (走访记录): saved once however often sent. What becomes of one afterwards stands in ``corrections``.

A visit is one save of everything that was said at one table: the conversation, the household's word on due
promises, problems with their triage, new promises, help, tasks and the restricted part.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from households.models import Household
from households.models.scoped import codes_of
from pairing import clock, codelists
from pairing.audit import Entry, action
from pairing.crypto import blind
from pairing.errors import Conflict, Gone, Refused, violated
from pairing.roles import P
from pairing.together import read
from visits import checks, rules
from visits.actions import counters
from visits.actions import facts as told_facts
from visits.actions.facts import UNCHANGED, Fact, FileChanges
from visits.actions.help import HelpInput, add_help
from visits.actions.late import told_late
from visits.actions.problems import ProblemInput, add_problem
from visits.actions.promises import add_promise, apply_word
from visits.models import ConflictDraft, Problem, Promise, Slip, Visit

NOT_ASKED = "not_asked"  # 今天没问: a due promise that was not spoken of


@dataclass(frozen=True)
class PromiseAnswer:
    """The household's word on one due promise: ``kept``, ``partly``, ``not_kept`` or ``not_asked``."""

    promise: uuid.UUID
    word: str
    household_word: str = ""
    done_what: str = ""


@dataclass(frozen=True)
class PromiseInput:
    """A new promise; with ``for_problem`` it belongs to the first problem that stays with the helper."""

    what: str
    due_on: date
    for_problem: bool = False


@dataclass(frozen=True)
class VisitInput:
    """All that one visit form carries. ``client_id`` is made when the form opens and stays with its draft."""

    client_id: uuid.UUID
    visited_on: date
    method: str = Visit.Method.HOME
    met: Sequence[uuid.UUID] = ()
    met_others: str = ""
    said: str = ""
    no_change: bool = False
    answers: Sequence[PromiseAnswer] = ()
    problems: Sequence[ProblemInput] = ()
    promises: Sequence[PromiseInput] = ()
    help: Sequence[HelpInput] = ()
    tasks: Sequence[str] = ()
    facts: Sequence[Fact] = ()
    changes: FileChanges = UNCHANGED
    restricted: str = ""
    device_at: datetime | None = None
    again: bool = False  # a second visit of that day in the same words, and not the first sent twice

    @property
    def changed_facts(self) -> bool:
        return bool(self.changes) or any(fact.still is False for fact in self.facts)


def save_visit(
    *, household: Household, visit: VisitInput, visited_by: Any = None, slip: Slip | None = None, by: Any
) -> Visit:
    """Store one visit with everything in it; sent again with the same body it answers the same.

    ``visited_by`` differs from ``by`` when a clerk or township staff types it (代录): he then confirms.
    A visit sent after the pairing ended but dated inside it is kept for the township to read
    (``after_pairing``), be the file closed by now; nothing in the file follows from it (``late``).

    Raises Refused at a field; Conflict when the same id comes with another body (which is kept sealed for its
    author); Gone when the visit has been withdrawn meanwhile.
    """
    visitor = visited_by or by
    body = checks.body_text({"household": household.public_id, "visitor": visitor.pk, **_body(visit)})
    digest = blind(body, "visit.body")

    def save() -> Visit:
        with action("visit.save", by=by) as entry:
            locked = counters.lock([household.pk])[household.pk]  # ten taps at once: nine wait, then know
            seen = Seen(locked, visit, visitor, by)
            known = _known(seen, visit, digest, entry, by)
            return known or _save(locked, visit, digest, visitor, slip, seen, entry, by)

    try:
        try:
            return save()
        except IntegrityError as error:
            if violated(error) != "visit_sent_once":
                raise
            return save()  # the id won under another household's lock, and now it is known
    except Conflict:
        _keep_conflict(household, visit, digest, body, by)
        raise


class Seen:
    """What stands in the tables when a visit is about to be saved, read under the lock in one statement."""

    def __init__(self, household: Household, visit: VisitInput, visitor: Any, by: Any) -> None:
        sent = {"county_code": household.county_code, "author": by, "client_id": visit.client_id}
        self.known = Visit.everything.filter(**sent).order_by("pk").values_list("pk")
        self.pairings = rules.pairings_of(household, visitor)
        met = household.memberships.filter(person__public_id__in=visit.met).order_by()
        self.met = met.values_list("person__public_id", flat=True)
        before = Visit.everything.valid().filter(household=household, visited_by=visitor).order_by()
        self.before = before.values_list("pk")[:1]
        day = Visit.everything.valid().filter(household=household, author=by, visited_on=visit.visited_on)
        self.day = day.order_by("-pk").values_list("body_hmac", "method", "said", "no_change")[:20]
        read(self.known, self.pairings, self.met, self.before, self.day)


def is_saved(*, client_id: str, by: Any) -> bool:
    """Is a visit with this id stored already? Anything that is no id is not."""
    try:
        key = uuid.UUID(client_id)
    except ValueError:
        return False
    return bool(Visit.everything.filter(author=by, client_id=key).exists())


def _body(visit: VisitInput) -> dict[str, Any]:
    """What makes two sent visits the same: what was typed, not the id, the phone's clock, our sentences."""
    body = asdict(visit)
    del body["client_id"], body["device_at"], body["again"]
    if not visit.changes:
        del body["changes"]  # so that what was sent before there were changes is still known
    for fact in body["facts"]:
        del fact["sentence"]
    return body


def _known(seen: Seen, visit: VisitInput, digest: str, entry: Entry, by: Any) -> Visit | None:
    """The visit stored under this id before, if any. Raises Conflict and Gone as ``save_visit`` does.

    Its words come back only while ``by`` may still read them: his pairing may have ended since.
    """
    if not seen.known:
        return None
    known = Visit.everything.get(pk=seen.known[0][0])
    if known.body_hmac != digest:
        reads = Visit.everything.visible_to(by, P.HOUSEHOLD_VIEW).filter(pk=known.pk).exists()
        raise Conflict(
            _("This visit was saved before with other words. Your new text has been kept."),
            stored={str(_("What was said")): known.said} if reads else {},
            sent={str(_("What was said")): visit.said},
        )
    if known.state == Visit.State.WITHDRAWN:
        raise Gone(_("This visit has been withdrawn."))
    entry.quiet = True
    return known


def _keep_conflict(household: Household, visit: VisitInput, digest: str, body: str, by: Any) -> None:
    """Keep the second text, sealed, for its author alone; the same text once."""
    draft = ConflictDraft(
        county_code=household.county_code, author=by, client_id=visit.client_id, body_hmac=digest, body=body
    )
    with action("visit.conflict", by=by) as entry:
        ConflictDraft.everything.bulk_create([draft], ignore_conflicts=True)
        entry.about(household)


def _save(
    household: Household,
    visit: VisitInput,
    digest: str,
    visitor: Any,
    slip: Slip | None,
    seen: Seen,
    entry: Entry,
    by: Any,
) -> Visit:
    rules.check_takes_visit(household, visit.visited_on)
    own = visitor.pk == by.pk
    if not own and not rules.may_enter_for(by, household):
        raise Refused(_("You cannot enter visits for helpers of this village."))
    if slip is not None:
        slip = Slip.everything.select_for_update(no_key=True, of=("self",)).get(pk=slip.pk)
        rules.check_slip(slip)  # as it stands now: two people may have opened it
    pairing = rules.check_visit_day(household, visitor, visit.visited_on, list(seen.pairings))
    _check(visit)
    _check_new(seen, visit, digest)
    after_pairing = pairing.ended_on is not None and not rules.is_helper(visitor, household)
    row = Visit(
        **codes_of(household),
        household=household,
        author=by,
        client_id=visit.client_id,
        body_hmac=digest,
        visited_by=visitor,
        confirmed_by=by if own else None,
        confirmed_at=clock.now() if own else None,
        visited_on=visit.visited_on,
        recorded_at=clock.now(),
        device_at=visit.device_at,
        method=visit.method,
        met=_members(seen, visit),
        met_others=checks.one_line(visit.met_others),
        said=checks.tidy(visit.said),
        no_change=visit.no_change and not visit.changed_facts and visit.method != Visit.Method.NOT_MET,
        tasks=_tasks(visit),
        restricted=checks.tidy(visit.restricted),
        has_restricted=bool(visit.restricted.strip()),
        facts=_facts(household, visit, late=after_pairing),
        after_pairing=after_pairing,
    )
    row.reading_reasons = _reasons(row, visit, first=not seen.before)
    row.state = rules.first_state(row.reading_reasons)
    row.save(force_insert=True)
    if not after_pairing:
        _rest(household, row, visit, visitor)
    if slip is not None:
        slip.visit = row
        slip.save(update_fields=["visit"])
    counters.recount([household.pk])
    entry.about(row, household, fields=_fields(visit))
    if own and not after_pairing:
        _change_file(household, row, visit.changes, by)
    return row


def _check(visit: VisitInput) -> None:
    """Is the input complete in itself?"""
    if visit.method not in Visit.Method.values:
        raise Refused(_("Choose how you met."), "method")
    met_anybody = visit.method != Visit.Method.NOT_MET
    if not met_anybody and (answers := _given(visit)):
        field = f"answer-{answers[0].promise}-word"
        raise Refused(_("Nobody was met, so nobody can say this. Choose “Not asked today”."), field)
    checks.check_met(method_met=met_anybody, met=len(visit.met), others=checks.one_line(visit.met_others))
    more = bool(visit.problems or visit.promises or visit.help or visit.tasks or visit.changed_facts)
    checks.check_said(
        met_anybody=met_anybody,
        said=checks.tidy(visit.said),
        no_change=visit.no_change,
        restricted=checks.tidy(visit.restricted),
        more=more,
    )


def _check_new(seen: Seen, visit: VisitInput, digest: str) -> None:
    """Was the same typed before under another id? A browser without script that goes back after saving puts the
    words into a fresh form, whose id nobody used. Who did go twice says so (``again``)."""
    words = (checks.tidy(visit.said), visit.no_change)
    told = [visit.method, *words]
    if not visit.again and any(hmac == digest or (any(words) and told == old) for hmac, *old in seen.day):
        raise Refused(
            _(
                "You have saved these words of this day before. If nothing is new, there is nothing left to do. "
                "If you went a second time, tap “Another visit” and save again."
            ),
            "again",
        )


def _members(seen: Seen, visit: VisitInput) -> list[uuid.UUID]:
    """The chosen people, all of them of this household. Nobody when nobody was met."""
    if visit.method == Visit.Method.NOT_MET or not visit.met:
        return []
    if not set(visit.met) <= set(seen.met):
        raise Refused(_("Choose people of this household."), "met")
    return list(dict.fromkeys(visit.met))


def _tasks(visit: VisitInput) -> list[str]:
    if not all(codelists.holds("visit_task", task, visit.visited_on) for task in visit.tasks):
        raise Refused(_("Choose from the list."), "tasks")
    return list(dict.fromkeys(visit.tasks))


def _facts(household: Household, visit: VisitInput, *, late: bool) -> str:
    """The facts that were spoken of, as JSON text; empty without any. With ``late``, all else that was told too."""
    if any(fact.still is False and not checks.one_line(fact.words) for fact in visit.facts):
        raise Refused(_("Write in a few words what has changed."), "facts")
    facts = [*visit.facts, *told_facts.told(household, visit.changes)]
    if late:
        facts += told_late(household, visit, _given(visit))
    return json.dumps([asdict(fact) for fact in facts], ensure_ascii=False) if facts else ""


def _reasons(row: Visit, visit: VisitInput, *, first: bool) -> list[str]:
    """Why the township is to read this visit, the ``first`` of this visitor or not. Source: reading by exception."""
    reason = Visit.Reason
    found = {
        reason.PROBLEM: bool(visit.problems),
        reason.MONEY: any(help.amount for help in visit.help),
        reason.RESTRICTED: row.has_restricted,
        reason.CHANGE: visit.changed_facts,
        reason.AFTER_PAIRING: row.after_pairing,
        reason.FIRST: first,
    }
    reasons = [str(name) for name, holds in found.items() if holds]
    return reasons or ([str(reason.SAMPLE)] if checks.is_sampled(row.public_id) else [])


def _rest(household: Household, row: Visit, visit: VisitInput, visitor: Any) -> None:
    """What stands beside the conversation: answers, problems, promises, help."""
    _answer(household, row, visit, visitor)
    mine = None
    for i, problem in enumerate(visit.problems):
        with _at(f"problem{i}"):
            opened = add_problem(household, problem, row.visited_on, visitor, row)
        mine = mine or (opened if opened.state == Problem.State.MINE else None)
    for i, promise in enumerate(visit.promises):
        with _at(f"promise{i}"):
            belongs = mine if promise.for_problem else None
            add_promise(household, promise.what, promise.due_on, row.visited_on, visitor, row, belongs)
    for i, help in enumerate(visit.help):
        with _at(f"help{i}"):
            add_help(household, help, row.visited_on, visitor, row)


def _given(visit: VisitInput) -> list[PromiseAnswer]:
    """The answers on promises that were spoken of."""
    return [answer for answer in visit.answers if answer.word != NOT_ASKED]


def _answer(household: Household, row: Visit, visit: VisitInput, visitor: Any) -> None:
    answers = {answer.promise: answer for answer in _given(visit)}
    if not answers:
        return
    asked = Promise.everything.select_for_update(no_key=True, of=("self",)).filter(
        household=household, public_id__in=answers
    )
    if row.is_entered_for and rules.sees_fewer_fields(row.author, household):
        asked = asked.unrestricted()  # others do not exist for who types
    for promise in asked:
        answer = answers.pop(promise.public_id)
        with _at(f"answer-{promise.public_id}"):
            apply_word(
                promise, answer.word, answer.household_word, answer.done_what, row.visited_on, visitor, row
            )
    if answers:
        raise Refused(_("One of the promises is not this household's. Please open the form again."))


def _change_file(household: Household, row: Visit, changes: FileChanges, by: Any) -> None:
    """What follows from the facts told; a former helper's and one typed by somebody else change no file."""
    for back in changes.back:
        with _at(f"fact-absence-{back.absence}"):
            told_facts.come_back(household, row, back, by=by)
    with _at("changes"):
        if changes.away:
            told_facts.go_away(household, row, changes.away, by=by)
        if changes.asked:
            told_facts.ask(household, row, changes, by=by)


@contextmanager
def _at(prefix: str) -> Iterator[None]:
    """Name the block of the form to which a refused field belongs."""
    try:
        yield
    except Refused as refused:
        raise Refused(refused.reason, f"{prefix}-{refused.field}" if refused.field else None) from refused


def _fields(visit: VisitInput) -> list[str]:
    """The names of the fields that were filled, for the audit row."""
    return [name for name, value in vars(visit).items() if value and name not in ("client_id", "device_at")]
