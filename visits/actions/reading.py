"""Reading by exception: the township marks a visit as read, or asks at a field; the author answers beside it.

A visit is read, never approved or rejected; the author's words stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.models.scoped import codes_of
from pairing import clock
from pairing.audit import action
from pairing.errors import Conflict, Refused, Text
from pairing.roles import P
from visits import checks, rules
from visits.actions import counters
from visits.models import Visit, VisitQuestion

QUESTION_MOST = 400  # characters; the model's limit
ANSWER_MOST = 2000


@dataclass(frozen=True)
class Question:
    """What the township asks at one field (a key of ``rules.ASKABLE``)."""

    field: str
    text: str


def mark_read(*, visit: Visit, version: int | None = None, by: Any) -> Visit:
    """Mark a visit as read (已阅).

    Raises ``Refused`` when it is withdrawn, one's own, or read already, ``Conflict`` when it has changed
    since the reader saw ``version``.
    """
    with action("visit.read", by=by, permission=P.VISIT_READ) as entry:
        visit = _locked(visit, by, P.VISIT_READ)
        _check_version(visit, version, {})
        rules.check_reading(visit, by, Visit.State.READ)
        visit.read_by, visit.read_at = by, clock.now()
        _move(visit, Visit.State.READ, "read_by", "read_at")
        entry.about(visit, fields=["state"])
    return visit


def ask(*, visit: Visit, questions: Sequence[Question], version: int | None = None, by: Any) -> Visit:
    """Ask the author to add something (请补充), all questions at once, each at its field.

    Raises ``Refused`` without a question or at an unknown field, and as ``mark_read`` does; a ``Conflict``
    carries the questions, so that none is lost.
    """
    asked = [Question(q.field, checks.one_line(q.text)) for q in questions if checks.one_line(q.text)]
    if not asked:
        raise Refused(_("Write what should be added, at the field that it belongs to."))
    for question in asked:
        if question.field not in rules.ASKABLE:
            raise Refused(_("Choose from the list."))
        if len(question.text) > QUESTION_MOST:
            raise Refused(
                _("Please keep this below %(most)d characters.") % {"most": QUESTION_MOST}, question.field
            )
    with action("visit.ask", by=by, permission=P.VISIT_READ) as entry:
        visit = _locked(visit, by, P.VISIT_READ)
        _check_version(visit, version, {str(rules.ASKABLE[q.field]): q.text for q in asked})
        rules.check_reading(visit, by, Visit.State.ASKED)
        rules.check_askable(visit.household)
        VisitQuestion.everything.bulk_create(
            VisitQuestion(
                **codes_of(visit),
                visit=visit,
                household_id=visit.household_id,
                field=question.field,
                question=question.text,
                asked_by=by,
                asked_at=clock.now(),
            )
            for question in asked
        )
        _move(visit, Visit.State.ASKED)
        entry.about(visit, fields=["state", *(q.field for q in asked)])
    return visit


def answer_question(*, question: VisitQuestion, answer: str, by: Any) -> VisitQuestion:
    """Answer the township's question beside one's own words; after the last answer it is to be read again.

    Raises ``Refused`` for an empty answer, an answered question, a withdrawn visit, or somebody else's.
    """
    text = checks.tidy(answer)
    if not text:
        raise Refused(_("Write what there is to add."), "answer")
    if len(text) > ANSWER_MOST:
        raise Refused(_("Please keep this below %(most)d characters.") % {"most": ANSWER_MOST}, "answer")
    with action("visit.answer", by=by) as entry:
        visit = _locked(question.visit, by, P.VISIT_LOG)
        question = VisitQuestion.everything.select_for_update(no_key=True, of=("self",)).get(pk=question.pk)
        question.visit = visit
        if (question.answer, question.answered_by_id) == (text, by.pk):
            entry.quiet = True  # sent twice, as by a second tap
            return question
        rules.check_answer(question, by)
        question.answer, question.answered_by, question.answered_at = text, by, clock.now()
        question.save(update_fields=["answer", "answered_by", "answered_at"])
        waiting = visit.questions.filter(answered_at__isnull=True).exists()
        if not waiting and visit.state == Visit.State.ASKED:
            _move(visit, Visit.State.ANSWERED)
        entry.about(visit, fields=[question.field])
    return question


def _locked(visit: Visit, by: Any, permission: P) -> Visit:
    """The visit as it stands now, its household locked first, if ``by`` reaches it still."""
    household = counters.lock_for(by, permission, visit.household_id)
    row: Visit = Visit.everything.select_for_update(no_key=True, of=("self",)).get(pk=visit.pk)
    row.household = household
    return row


def _check_version(visit: Visit, version: int | None, sent: dict[str, Text]) -> None:
    if version is not None and visit.version != version:
        raise Conflict(
            _("This visit has changed since you opened it. Look at it again before you go on."),
            stored={str(_("State")): visit.get_state_display(), str(_("What was said")): visit.said},
            sent=sent,
        )


def _move(visit: Visit, state: str, *fields: str) -> None:
    visit.state = state
    visit.version += 1
    visit.save(update_fields=["state", "version", *fields])
