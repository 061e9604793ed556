"""How pages reach rows: in scope or 404."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from households import rules
from households.models import Household, Membership
from pairing import audit
from pairing.roles import P


def household_or_404(request: HttpRequest, public_id: UUID, permission: P) -> Household:
    """The file, if the reader's grants that carry the permission reach it."""
    rows = Household.objects.visible_to(request.user, permission).select_related("lead")
    found: Household = get_object_or_404(rows, public_id=public_id)
    return found


def record_shown(request: HttpRequest, row: Any, permission: P, name: str = "household.show") -> None:
    """Record that a form shows what stands in ``row``, also when it is sent back: nobody need open it first."""
    audit.read(name, by=request.user, objects=[row], permission=permission)


def membership_or_404(request: HttpRequest, public_id: UUID, permission: P) -> Membership:
    """The membership of a person in a file in reach. Raises Refused for somebody who has left it."""
    rows = Membership.objects.visible_to(request.user, permission).select_related("person", "household")
    found: Membership = get_object_or_404(rows, public_id=public_id)
    rules.check_present(found)  # his facts are those of the file in which he lives now
    return found


def present_members(household: Household) -> list[Membership]:
    """The members of a file in reach, head first."""
    return heads_first(household.memberships.present().select_related("person").order_by("pk"))


def heads_first(members: Iterable[Membership]) -> list[Membership]:
    """These members, the head first."""
    return sorted(members, key=lambda membership: membership.relation != "head")
