"""Change requests (变更): proposed, decided field by field by a second person, returned once, withdrawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from households import rules
from households.actions.change_values import apply_change, is_member, present_text, read_value
from households.actions.saving import check_version, locked, locked_open, touched
from households.models import (
    ChangeField,
    ChangeRequest,
    Household,
    ImportBatch,
    Person,
)
from households.models.scoped import codes_of
from households.rules import changes as change_rules
from households.rules.depths import MASKED, Depth, depth_of, sees
from pairing import clock
from pairing.audit import action
from pairing.errors import Refused
from pairing.roles import P

State, Decision = ChangeRequest.State, ChangeField.Decision


@dataclass(frozen=True)
class FieldChange:
    """One asked-for change. ``new`` is text: ISO dates, plain digits, codes; empty means "nothing known".

    ``model`` is household, household_year (with ``year``) or person (with ``person``). For the field ``head``
    of a household ``new`` comes from ``head_value``.
    """

    model: str
    field: str
    new: str
    person: Person | None = None
    year: int | None = None


def propose_change(
    *,
    household: Household,
    changes: Iterable[FieldChange],
    reason: str,
    proof: str = "",
    batch: ImportBatch | None = None,
    by: Any,
) -> ChangeRequest:
    """Ask for changes of sensitive facts. What the file says already is left out, where ``by`` may read it whole:
    else a refusal, or its silence, would tell him that he has guessed right.

    Raises Refused when nothing would change, for a field that is in review already, for a value that cannot
    be read, and for a closed file; ValueError for fields that need no second person.
    """
    changes = list(changes)
    for change in changes:
        if not rules.is_sensitive(change.model, change.field):
            raise ValueError(f"{change.model}.{change.field} needs no second person")
    with action("change.propose", by=by, reason=reason, permission=P.CHANGE_PROPOSE) as entry:
        household = locked_open(household)
        rules.check_reason(reason)
        rules.check_reach(household, by, P.CHANGE_PROPOSE)
        wanted = _wanted(household, changes, depth_of(by, household.village_code))
        if not wanted:
            raise Refused(_("The file says so already: nothing would change."))
        _check_wanted(household, [change for change, _old in wanted])
        request = ChangeRequest(
            household=household,
            reason=reason.strip(),
            proof=proof.strip(),
            proposed_by=by,
            proposed_at=clock.now(),
            batch=batch,
            base_version=household.version,
            **codes_of(household),
        )
        request.save(force_insert=True)
        for change, old in wanted:
            ChangeField(
                request=request,
                household=household,
                model=change.model,
                field=change.field,
                person=change.person,
                year=change.year,
                old=old,
                new=change.new,
                **codes_of(household),
            ).save(force_insert=True)
        entry.about(household, request, fields=[f"{c.model}.{c.field}" for c, _old in wanted])
    return request


def _wanted(
    household: Household, changes: Iterable[FieldChange], depth: Depth
) -> list[tuple[FieldChange, str]]:
    """The changes that would change something, or whose fact a reader of this ``depth`` does not see whole; each
    with the present text."""
    present = (
        (change, present_text(household, change.model, change.field, change.person, change.year))
        for change in changes
    )
    return [
        (change, old)
        for change, old in present
        if old != (change.new.partition(":")[0] if change.field == "head" else change.new)
        or not sees(depth, change.field)
        or change.field in MASKED
    ]


def _check_wanted(household: Household, wanted: Iterable[FieldChange]) -> None:
    """Each change names a subject of the file and a value that can be read, and its fact is not in review yet.

    Raises Refused or ValueError.
    """
    asked = ChangeField.everything.filter(
        request__household=household, request__state__in=[State.WAITING, State.RETURNED]
    )
    in_review = set(asked.values_list("model", "field", "person_id", "year"))
    for change in wanted:
        _check_subject(household, change)
        if (change.model, change.field, change.person and change.person.pk, change.year) in in_review:
            raise Refused(_("A change of this fact is in review already."), change.field)
        read_value(change.model, change.field, change.new)


def _check_subject(household: Household, change: FieldChange) -> None:
    """The person or year that a change names belongs to the file. Raises Refused or ValueError."""
    if change.model == "household_year" and change.year is None:
        raise ValueError("a year's fact needs its year")
    if (change.model == "person" or change.field == "head") and (
        change.person is None or not is_member(household, change.person)
    ):
        raise Refused(_("This person is no member of the family."), change.field)


def decide_change(
    *,
    request: ChangeRequest,
    decisions: Mapping[UUID, tuple[bool, str]],
    remark: str = "",
    version: int | None = None,
    by: Any,
) -> ChangeRequest:
    """Approve or refuse every field, by public id: ``(approved, remark)``. Approved ones are applied at once.

    A field whose value has moved since it was proposed is blocked, and only that one. Raises Refused for
    one's own request, one that is settled, an unfinished check list; Conflict when it changed meanwhile.
    """
    with action("change.decide", by=by, reason=request.reason, permission=P.CHANGE_DECIDE) as entry:
        household = locked_open(request.household)
        request = _locked(request)
        entry.about(household, request)
        change_rules.check_second_person(request, by)
        change_rules.check_state(request, State.DECIDED)
        check_version(request, version)
        fields = list(ChangeField.everything.select_related("person").filter(request=request).order_by("pk"))
        change_rules.check_whole_checklist(fields, decisions)
        applied = []
        for field in fields:
            approved, field.remark = decisions[field.public_id]
            field.decision = Decision.APPROVED if approved else Decision.REFUSED
            if approved:
                now = present_text(household, field.model, field.field, field.person, field.year)
                here = field.person is None or is_member(household, field.person)
                if here and now == field.old.open():
                    apply_change(household, field)
                    applied.append(f"{field.model}.{field.field}")
                else:
                    field.decision = Decision.BLOCKED
            field.save(update_fields=["decision", "remark"])
        _settle(request, State.DECIDED, remark, by)
        if applied:
            touched(household, people=True)
        entry.about(household, request, fields=applied)
    return request


def return_change(
    *,
    request: ChangeRequest,
    remarks: Mapping[UUID, str],
    remark: str = "",
    version: int | None = None,
    by: Any,
) -> ChangeRequest:
    """Return a request once, with all remarks at the same time. Raises Refused."""
    with action("change.return", by=by, permission=P.CHANGE_DECIDE) as entry:
        locked(request.household)
        request = _locked(request)
        change_rules.check_second_person(request, by)
        change_rules.check_state(request, State.RETURNED)
        change_rules.check_may_return(request)
        check_version(request, version)
        if not remark.strip() and not any(text.strip() for text in remarks.values()):
            raise Refused(_("Please write what should be different."), "remark")
        for field in ChangeField.everything.filter(request=request):
            field.remark = remarks.get(field.public_id, "").strip()
            field.save(update_fields=["remark"])
        _settle(request, State.RETURNED, remark, by)
        entry.about(request.household, request)
    return request


def resubmit_change(
    *,
    request: ChangeRequest,
    values: Mapping[UUID, str],
    reason: str,
    proof: str = "",
    version: int | None = None,
    by: Any,
) -> ChangeRequest:
    """Send a returned request again, with new values by the fields' public ids. Raises Refused, Conflict."""
    with action("change.resubmit", by=by, permission=P.CHANGE_PROPOSE) as entry:
        household = locked_open(request.household)
        request = _locked(request)
        rules.check_reach(household, by, P.CHANGE_PROPOSE)
        change_rules.check_proposer(request, by)
        change_rules.check_state(request, State.WAITING)
        check_version(request, version)
        rules.check_reason(reason)
        for field in ChangeField.everything.select_related("person").filter(request=request):
            text = values.get(field.public_id, field.new.open())
            _check_subject(household, FieldChange(field.model, field.field, text, field.person, field.year))
            read_value(field.model, field.field, text)
            field.new = text
            field.old = present_text(household, field.model, field.field, field.person, field.year)
            field.decision = Decision.OPEN
            field.save(update_fields=["old", "new", "decision"])
        request.reason, request.proof = reason.strip(), proof.strip()
        request.round += 1
        request.base_version = household.version
        request.decided_by = request.decided_at = None
        request.state = State.WAITING
        request.version += 1
        request.save()
        entry.about(household, request)
    return request


def withdraw_change(*, request: ChangeRequest, by: Any) -> ChangeRequest:
    """The proposer takes a request back; it stays readable. Raises Refused."""
    with action("change.withdraw", by=by, permission=P.CHANGE_PROPOSE) as entry:
        request = _locked(request)
        change_rules.check_proposer(request, by)
        change_rules.check_state(request, State.WITHDRAWN)
        request.state, request.withdrawn_at = State.WITHDRAWN, clock.now()
        request.version += 1
        request.save(update_fields=["state", "withdrawn_at", "version"])
        entry.about(request.household, request)
    return request


def withdraw_all(*, household: Household, why: str, by: Any) -> list[ChangeRequest]:
    """Withdraw all that waits on a file that closes, since nobody can decide it any more; proposers read ``why``.

    For an action that holds the household's lock. Remarks of a review before stay readable behind it.
    """
    mine = ChangeRequest.everything.unsettled().filter(household=household)
    requests = list(mine.select_for_update().order_by("pk"))
    if requests:
        with action("change.withdraw", by=by, permission=P.HOUSEHOLD_EDIT) as entry:
            for request in requests:
                request.state, request.withdrawn_at = State.WITHDRAWN, clock.now()
                request.remark = " ".join(filter(None, [why, request.remark]))[:400]
                request.version += 1
                request.save(update_fields=["state", "withdrawn_at", "remark", "version"])
            entry.about(household, *requests)
    return requests


def _locked(request: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.everything.select_for_update().get(pk=request.pk)


def _settle(request: ChangeRequest, state: str, remark: str, by: Any) -> None:
    request.state, request.remark = state, remark.strip()
    request.decided_by, request.decided_at = by, clock.now()
    request.version += 1
    request.save(update_fields=["state", "remark", "decided_by", "decided_at", "version"])
