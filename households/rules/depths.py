"""With how many fields somebody reads a file: all of it, a helper's brief, or what a village clerk sees."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from pairing.access import covers
from pairing.roles import P

#: ``office`` sees the whole file; ``clerk`` no numbers, income, bank, health; ``helper`` a two-minute brief.
Depth = Literal["office", "clerk", "helper"]

_CLERK = frozenset({"head", "name", "sex", "household_type"})
_HELPER = _CLERK | {
    *("household_status", "monitoring_kind", "exit_year", "main_cause", "other_causes"),
    *("housing_grade", "dangerous_housing", "water_safe", "water_hard"),
}
_SEEN: Final[Mapping[Depth, frozenset[str]]] = {"clerk": _CLERK, "helper": _HELPER}


def depth_of(user: Any, village_code: str) -> Depth:
    """With how many fields ``user`` sees files of this village."""
    if covers(user, P.HOUSEHOLD_EDIT, village_code):
        return "office"
    return "clerk" if covers(user, P.HOUSEHOLD_VIEW, village_code) else "helper"


#: Of these a page tells nobody more than a mask.
MASKED: Final = frozenset({"id_number", "bank_account"})


def sees(depth: Depth, field: str) -> bool:
    """Does that reader see this fact of a year, or this field that a change can be asked of? New ones: the office."""
    return depth == "office" or field in _SEEN[depth]
