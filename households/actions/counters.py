"""What a file keeps of its members and pairings, so that lists need no joins. Proved by a recount."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from households.models import Household, HouseholdYear, Membership, Pairing
from households.models.members import HEAD
from pairing import sets
from pairing.names import initials, search_terms, sort_key

KEPT = (
    "head_name",
    "head_key",
    "head_initials",
    "search_terms",
    "member_count",
    "pairing_count",
    "lead_id",
    "household_type",
)


def recount(household_ids: Iterable[int]) -> None:
    """Count the members and pairings of these files again. Raises no version: nobody edited anything.

    A family whose head has left keeps the last head's name until another is named.
    """
    ids = sorted(set(household_ids))
    counted = counts(ids)
    changed = []
    for household in Household.everything.filter(pk__in=ids).order_by("pk").only("pk", *KEPT):
        if fresh := {k: v for k, v in counted[household.pk].items() if getattr(household, k) != v}:
            for name, value in fresh.items():
                setattr(household, name, value)
            changed.append((household, list(fresh)))
    sets.update(changed)


def counts(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What ``recount`` would write, by file. In five queries, whatever their number."""
    ids = list(ids)
    found: dict[int, dict[str, Any]] = {
        pk: {"member_count": 0, "pairing_count": 0, "lead_id": None, "household_type": ""} for pk in ids
    }
    names: dict[int, list[str]] = {pk: [] for pk in ids}
    for pk, relation, name in _present(ids).values_list("household_id", "relation", "person__name"):
        found[pk]["member_count"] += 1
        names[pk].append(name)
        if relation == HEAD:
            _name_head(found[pk], name)
    for pk, role, cadre in (
        Pairing.everything.open().filter(household__in=ids).values_list("household_id", "role", "cadre_id")
    ):
        found[pk]["pairing_count"] += 1
        if role == Pairing.Role.LEAD:
            found[pk]["lead_id"] = cadre
    newest = HouseholdYear.everything.filter(household__in=ids).order_by("household_id", "-year")
    for pk, household_type in newest.distinct("household_id").values_list("household_id", "household_type"):
        found[pk]["household_type"] = household_type
    headless = [pk for pk in ids if "head_name" not in found[pk]]
    if headless:
        for pk, name in Household.everything.filter(pk__in=headless).values_list("pk", "head_name"):
            if name:
                names[pk].append(name)
                _name_head(found[pk], name)
    for pk in ids:
        found[pk]["search_terms"] = search_terms(*names[pk])
    return found


def _name_head(row: dict[str, Any], name: str) -> None:
    row |= {"head_name": name, "head_key": sort_key(name)[:200], "head_initials": initials(name)[:60]}


def _present(ids: list[int]) -> QuerySet[Any]:
    return Membership.everything.present().filter(household__in=ids)
