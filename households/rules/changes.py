"""Rules of change requests: who may decide, return, send again or withdraw, and in which state."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.models import ChangeField, ChangeRequest
from pairing.errors import Refused

State = ChangeRequest.State


def check_state(request: ChangeRequest, to: str) -> None:
    """The request's state allows the step. Raises Refused."""
    if to not in ChangeRequest.TRANSITIONS.get(State(request.state), []):
        raise Refused(_("This request is settled already."))


def check_second_person(request: ChangeRequest, by: Any) -> None:
    """Nobody decides what he proposed himself. Raises Refused."""
    if by.pk == request.proposed_by_id:
        raise Refused(_("You proposed this change yourself. Somebody else has to review it."))


def check_reviewer(request: ChangeRequest, by: Any, *, in_reach: bool) -> None:
    """``by`` may review this request now: in his area, still waiting, not his own. Raises Refused."""
    if not in_reach:
        raise Refused(_("Only a reviewer of this area decides on changes."))
    check_second_person(request, by)
    if request.state != State.WAITING:
        raise Refused(_("This request is settled already."))


def check_proposer(request: ChangeRequest, by: Any) -> None:
    """Only the proposer sends a request again or withdraws it. Raises Refused."""
    if by.pk != request.proposed_by_id:
        raise Refused(_("Only the person who proposed this change can do that."))


def check_may_return(request: ChangeRequest) -> None:
    """A request is returned once, with all remarks. Raises Refused."""
    if request.round > 1:
        raise Refused(_("This request was returned once already. Approve or refuse each field now."))


UNDECIDED = _("Please go through the whole list before you hand it in.")
UNEXPLAINED = _("Please say why you do not approve this field.")


def check_whole_checklist(fields: Iterable[ChangeField], decisions: Mapping[Any, tuple[bool, str]]) -> None:
    """Every field has an answer, and each refusal a reason, before anything is decided. Raises Refused."""
    for field in fields:
        if field.public_id not in decisions:
            raise Refused(UNDECIDED, f"field_{field.public_id}")
        approved, remark = decisions[field.public_id]
        if not approved and not remark.strip():
            raise Refused(UNEXPLAINED, f"remark_{field.public_id}")


def can_decide(request: ChangeRequest, by: Any) -> bool:
    """May ``by`` review this request now?"""
    return request.state == State.WAITING and by.pk != request.proposed_by_id
