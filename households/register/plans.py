"""What becomes of each household and member of a register: what the dry run shows and the import carries out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from households.checks import Weight
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from households.register.rows import HouseholdRows, Member, Said


@dataclass(slots=True)
class Change:
    """One fact that the register says differently. `waits`: a second person has to look first."""

    model: str
    field: str
    old: Any
    new: Any
    waits: bool = False


@dataclass(slots=True)
class MemberPlan:
    """What becomes of one row. Without `membership` the person joins; without `person` he is new."""

    member: Member
    person: Person | None = None
    membership: Membership | None = None
    year: PersonYear | None = None
    changes: list[Change] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)  # of the year, when there is no row for it yet
    said: list[Said] = field(default_factory=list)
    head_waits: bool = False  # the file's new head, as soon as a second person has looked

    @property
    def joins(self) -> bool:
        """Whether the person becomes a member by this row."""
        return self.membership is None


@dataclass(slots=True)
class HouseholdPlan:
    """What becomes of one household of the file."""

    rows: HouseholdRows
    village: str = ""
    household: Household | None = None
    year: HouseholdYear | None = None
    changes: list[Change] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    members: list[MemberPlan] = field(default_factory=list)
    absent: list[Membership] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def problems(self) -> Iterator[Said]:
        """All that reading and comparing found."""
        yield from self.said
        for member in self.members:
            yield from member.said

    @property
    def is_refused(self) -> bool:
        """Whether it cannot come in as it is."""
        return any(said.problem.weight is Weight.ERROR for said in self.problems())


@dataclass(slots=True)
class Plan:
    """All households of the file, and those files of its villages that it does not name."""

    households: list[HouseholdPlan]
    absent: "QuerySet[Household]"
