"""What a register of households holds, once read: households, their members, and what is said of each row."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households import checks
from households.checks import HEAD, Problem, Weight
from households.register.layouts import Layout
from households.register.titles import Column
from pairing.numbers import Identity

#: A row's number over all sheets of a file is its number in the sheet plus this for each sheet before it.
SHEET_STEP: Final = 2_000_000

SENTENCES: Final[dict[str, Promise]] = {
    "register.no_titles": _(
        "No table was found: in the first 15 rows, no row has four column titles that are known here."
    ),
    "register.no_rows": _("The table has titles, but no rows below them."),
    "register.helpers": _(
        "This is a list of helpers. Please choose a register of households; helpers are paired under"
        " “Manage pairing”, from a roster."
    ),
    "register.villages": _("This is a list of villages. Please choose a register of households."),
    "register.columns": _("These columns are missing: %(titles)s."),
}


class NotARegister(Exception):
    """A spreadsheet that is no register of households. `code` is a key of `SENTENCES`."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def sentence(self) -> str:
        """The sentence for the reader, in his language."""
        return str(SENTENCES[self.code]) % self.params


class Skip(StrEnum):
    """Why a row of the file is no member."""

    TITLES = "titles"
    TOTAL = "total"
    NOTE = "note"
    BLANK = "blank"


@dataclass(slots=True)
class Said:
    """A problem at its place: the row's number over all sheets, and the column's title as in the file."""

    row: int
    column: str
    problem: Problem


@dataclass(slots=True)
class Member:
    """One row. `values` has the member's fields by name; `identity` the number when it is good."""

    row: int
    values: dict[str, Any]
    identity: Identity | None
    said: list[Said] = field(default_factory=list)


@dataclass(slots=True)
class HouseholdRows:
    """The rows of one household. `place` has the names of its place as in the file, `values` its fields."""

    number: str
    place: dict[str, str]
    values: dict[str, Any]
    members: list[Member] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def problems(self) -> Iterator[Said]:
        """All that is said of the household and of its members."""
        yield from self.said
        for member in self.members:
            yield from member.said

    @property
    def head(self) -> Member | None:
        """The member whose row says that he is the head."""
        return next((m for m in self.members if m.values.get("relation") == HEAD), None)


@dataclass(slots=True)
class Register:
    """What a file holds."""

    layout: Layout
    columns: list[Column]
    households: list[HouseholdRows]
    skipped: dict[Skip, int]
    hidden_sheets: list[str]
    sheets: list[str]
    whole: bool = True  # the rows of a household are its whole family, not only its head

    @property
    def years(self) -> set[int]:
        """The years that a column of the file names; empty when it has none."""
        return {year for h in self.households if (year := h.values.get("year"))}

    def problems(self) -> Iterator[Said]:
        """All that is said of its households."""
        for household in self.households:
            yield from household.problems()


def family_problems(household: HouseholdRows, *, whole: bool = True) -> Iterator[Problem]:
    """One head, nobody twice, as many as the register says. `whole`: the rows are all members of it."""
    if len(household.members) == 1 and household.members[0].values.get("relation") == HEAD:
        said = household.values.get("member_count")
    else:
        family = [
            (m.values.get("relation", ""), m.values.get("sex") or (m.identity.sex if m.identity else ""))
            for m in household.members
        ]
        yield from checks.check_family(family)
        keys = [m.identity.key for m in household.members if m.identity and m.identity.key]
        if len(set(keys)) < len(keys):
            yield Problem("members.twice", "id_number")
        said = household.values.get("member_count")
    if whole and said is not None and said != len(household.members):
        params = {"said": said, "counted": len(household.members)}
        yield Problem("members.count", "member_count", Weight.DOUBT, params)
    main, others = household.values.get("main_cause", ""), household.values.get("other_causes", ())
    if others:
        yield from checks.check_causes(main, others)
    grade = household.values.get("housing_grade", "")
    if grade:
        yield from checks.check_housing(household.values.get("dangerous_housing"), grade)
