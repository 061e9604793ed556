"""What members are to a new head, as far as it follows from what they were to the former one.

Only a suggestion: somebody who knows the family looks at it before it is saved.
"""

from collections.abc import Mapping
from typing import Any, Final

from households.models import Membership

_DESCENT: Final = frozenset(
    [
        *("son", "daughter", "daughter_in_law", "son_in_law", "grandson", "granddaughter"),
        *("daughters_son", "daughters_daughter"),
    ]
)
_PARENTS: Final = {
    "wifes_father": "father",
    "wifes_mother": "mother",
    "husbands_father": "father",
    "husbands_mother": "mother",
}


def suggested(was: str, *, sex: str, head_was: str, head_sex: str) -> str:
    """The relation of somebody who ``was`` something to a head whose ``head_was`` (spouse, son …) now leads.

    Empty where it does not follow. Codes of the list ``relation``; sexes as ``Person.Sex``.
    """
    if head_was == "spouse":
        if was in {"father", "mother"}:
            return f"{'husbands' if head_sex == 'female' else 'wifes'}_{was}"
        return was if was in _DESCENT else _PARENTS.get(was, "")
    if head_was in {"son", "daughter"}:
        if was == "spouse":
            return {"female": "mother", "male": "father"}.get(sex, "")
        return {"son": "brother", "daughter": "sister"}.get(was, "")
    return ""


def former(memberships: Mapping[int, Membership]) -> dict[int, str]:
    """The last other relation of each member, out of the history; by key. One query."""
    model: Any = Membership._meta.get_field("events").related_model
    events = model.objects
    found: dict[int, str] = {}
    rows = events.filter(pgh_obj__in=memberships).order_by("pgh_obj", "-pgh_id")
    for key, relation in rows.values_list("pgh_obj", "relation"):
        if key not in found and relation not in {"", memberships[key].relation}:
            found[key] = relation
    return found
