"""What becomes of a visit once it is saved: corrected beside the old words, withdrawn, confirmed by the visitor."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from households import rules as household_rules
from households.models.scoped import codes_of
from pairing import clock
from pairing.audit import action
from pairing.errors import Refused
from pairing.roles import P
from visits import checks, rules
from visits.actions import counters, facts
from visits.actions.promises import take_back_words
from visits.models import Visit, VisitCorrection, VisitEffect
from visits.models.effects import EffectQuerySet


def correct_visit(
    *, visit: Visit, text: str, reason: str = "", take_back: Sequence[uuid.UUID] = (), by: Any
) -> VisitCorrection:
    """Write a correction beside the old words, which stay readable; who may: ``rules.check_own``.

    ``take_back`` names what the visit did to the file by mistake; what can still be undone is undone.
    """
    text, reason = checks.tidy(text), checks.one_line(reason)
    if not text:
        raise Refused(_("Write what should be read instead or besides."), "text")
    if len(text) > checks.SAID_MOST:
        raise Refused(_("Please keep this below %(most)d characters.") % {"most": checks.SAID_MOST}, "text")
    with action("visit.correct", by=by) as entry:
        visit = _locked(visit, by)
        rules.check_own(visit, by)
        last = visit.corrections.last()
        if last and (last.corrected_by_id, last.text, last.reason) == (by.pk, text, reason):
            entry.quiet = True  # sent twice, as by a second tap
            return last
        correction = VisitCorrection.everything.create(
            **codes_of(visit),
            visit=visit,
            household_id=visit.household_id,
            corrected_by=by,
            corrected_at=clock.now(),
            text=text,
            reason=reason,
        )
        visit.version += 1
        visit.save(update_fields=["version"])
        entry.about(visit, fields=["correction"])
        facts.take_back(_effects(visit).filter(public_id__in=take_back), by=by)
    return correction


def withdraw_visit(*, visit: Visit, reason: str, by: Any) -> Visit:
    """Take a visit back with a reason: it counts no more and stays readable.

    What it did to the file, and the household's word on promises, goes back with it where nobody has built on it;
    what it opened stays open.
    """
    reason = checks.one_line(reason)
    if not reason:
        raise Refused(_("Say why the visit is withdrawn."), "reason")
    with action("visit.withdraw", by=by, reason=reason) as entry:
        visit = _locked(visit, by)
        if visit.state == Visit.State.WITHDRAWN and visit.withdrawn_reason == reason:
            entry.quiet = True  # sent twice
            return visit
        rules.check_own(visit, by)
        visit.state, visit.withdrawn_at, visit.withdrawn_reason = Visit.State.WITHDRAWN, clock.now(), reason
        visit.version += 1
        visit.save(update_fields=["state", "withdrawn_at", "withdrawn_reason", "version"])
        words = take_back_words(visit)
        counters.recount([visit.household_id])
        entry.about(visit, *words, fields=["state", "withdrawn_reason"])
        facts.take_back(_effects(visit), by=by)
    return visit


def confirm_visit(*, visit: Visit, by: Any) -> Visit:
    """The visitor confirms what somebody else typed for him; from then on it counts."""
    with action("visit.confirm", by=by) as entry:
        visit = _locked(visit, by)
        if visit.is_entered_for and visit.confirmed_by_id == by.pk and visit.state != Visit.State.WITHDRAWN:
            entry.quiet = True  # sent twice
            return visit
        rules.check_confirm(visit, by)
        visit.confirmed_by, visit.confirmed_at = by, clock.now()
        visit.version += 1
        visit.save(update_fields=["confirmed_by", "confirmed_at", "version"])
        counters.recount([visit.household_id])
        entry.about(visit, fields=["confirmed_by"])
    return visit


def _locked(visit: Visit, by: Any) -> Visit:
    """The visit as it stands now, its household locked first.

    Raises Refused when ``by`` reaches it no more and it does not wait for his word.
    """
    counters.lock([visit.household_id])
    row: Visit = Visit.everything.select_for_update(no_key=True, of=("self",)).get(pk=visit.pk)
    waits_for_him = row.visited_by_id == by.pk and row.confirmed_at is None
    rows = Visit.everything
    reach = rows.visible_to(by, P.VISIT_LOG) | rows.visible_to(by, P.VISIT_ENTER)
    if not waits_for_him and not reach.filter(pk=row.pk).exists():
        raise Refused(household_rules.NO_LONGER)
    return row


def _effects(visit: Visit) -> EffectQuerySet:
    return VisitEffect.everything.standing().filter(visit=visit).select_related("absence", "request")
