"""What is brought to a file: the plain shapes that actions take from pages, registers and the demo."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar


@dataclass(frozen=True)
class YearEntry:
    """The facts of one year of a household. Money in yuan; codes of the lists that the model names."""

    year: int
    household_type: str = ""
    household_status: str = ""
    monitoring_kind: str = ""
    exit_year: int | None = None
    main_cause: str = ""
    other_causes: tuple[str, ...] = ()
    housing_grade: str = ""
    dangerous_housing: bool | None = None
    water_safe: bool | None = None
    water_hard: bool | None = None
    per_head_income: Decimal | None = None
    fact_source: str = ""
    known_on: date | None = None


@dataclass(frozen=True)
class PersonYearEntry:
    """The facts of one year of a person."""

    year: int
    education: str = ""
    schooling: str = ""
    health: tuple[str, ...] = ()
    labour: str = ""
    work_place: str = ""
    work_months: int | None = None
    illness_insurance: bool | None = None
    fact_source: str = ""
    known_on: date | None = None


@dataclass(frozen=True)
class MemberEntry:
    """A member as he comes into a file. ``joined_on`` None means the day of registering."""

    name: str
    relation: str
    sex: str = ""
    birth_date: date | None = None
    ethnic_group: str = ""
    certificate: str = ""
    id_number: str = ""
    person_number: str = ""
    phone: str = ""
    joined_on: date | None = None
    joined_reason: str = "registered"
    years: tuple[PersonYearEntry, ...] = field(default=())


Year = TypeVar("Year", YearEntry, PersonYearEntry)


def values_of(entry: YearEntry | PersonYearEntry) -> dict[str, Any]:
    """The fields of a year's entry as the model names them, without the year; lists for arrays."""
    values = {f.name: getattr(entry, f.name) for f in fields(entry) if f.name != "year"}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def entry_of(kind: type[Year], row: Any, **changes: Any) -> Year:
    """The facts of a stored year as an entry: as ``row`` has them, but for ``changes``."""
    return kind(**{f.name: getattr(row, f.name) for f in fields(kind)} | changes)


def differing(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of ``values`` that are not what the row says."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}
