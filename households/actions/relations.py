"""How all members of a family are related to its head: written at once, as after a change of head."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from households import rules
from households.actions.saving import check_version, locked_open, touched
from households.models import Household, Membership
from households.models.members import HEAD
from pairing.audit import action
from pairing.roles import P


def edit_relations(
    *,
    household: Household,
    relations: Mapping[UUID, str],
    reason: str,
    version: int | None = None,
    by: Any,
) -> int:
    """Write the relations of members, by the public id of their membership; returns how many changed.

    ``version`` is the file's that the reader saw. Raises Refused where somebody would become the head or
    cease to be, Conflict for a stale version.
    """
    with action("member.relations", by=by, reason=reason, permission=P.HOUSEHOLD_EDIT) as entry:
        household = locked_open(household)
        rules.check_reason(reason)
        check_version(household, version)
        present = Membership.everything.select_for_update().present().filter(household=household)
        changed = []
        for member in present.exclude(relation=HEAD).select_related("person").order_by("pk"):
            relation = relations.get(member.public_id, member.relation)
            rules.check_relation_stays_or_moves_freely(member, relation)
            if relation != member.relation:
                member.relation = relation
                member.version += 1
                member.save(update_fields=["relation", "version"])
                changed.append(member.person)
        entry.quiet = not changed
        entry.about(household, *changed, fields=["relation"] if changed else [])
        if changed:
            touched(household)
    return len(changed)
