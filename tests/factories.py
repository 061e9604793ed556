"""Rows for tests, made fast: many at once, straight into the tables, valid and unlike any other."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from households.actions.counters import recount
from households.models import Household, HouseholdYear, Membership, Pairing, Person, PersonYear
from households.models.scoped import codes_of
from pairing import clock, codelists
from pairing.models import Area, Code, Grant, Unit, User
from pairing.models.areas import LENGTH
from pairing.names import place_key, sort_key
from pairing.numbers import check_character

PASSWORD = "a long walk to the village"
_LEVEL = {length: level for level, length in LENGTH.items()}
_last = 0


def _next() -> int:
    """A number that no row since the last `resume` has."""
    resume(_last + 1)
    return _last


def made_so_far() -> int:
    """How far the numbers have come."""
    return _last


def resume(last: int) -> None:
    """Go on after this number: rows that are written back keep theirs, and further ones follow them."""
    global _last
    _last = last


@cache
def _password() -> str:
    return make_password(PASSWORD)


def codes() -> None:
    """The code lists, as a site has them; nothing where they are loaded already."""
    if not Code.objects.exists():
        call_command("load_codes", verbosity=0, stdout=io.StringIO())
    codelists.forget()
    codelists.entries("relation")  # so that no counted query is the first to read them


def areas(names: Mapping[str, str]) -> dict[str, Area]:
    """Areas by their codes, from ``{code: display name}``."""
    rows = [
        Area(code=code, level=_LEVEL[len(code)], name=name, display_name=name, pinyin=place_key(name))
        for code, name in names.items()
    ]
    Area.objects.bulk_create(rows)
    return {area.code: area for area in rows}


def unit(area: str, name: str = "") -> Unit:
    """A unit that sends helpers."""
    name = name or f"帮扶单位{_next()}"
    return Unit.objects.create(area_id=area, county_code=area[:6], name=name, kind="government")


def users(specs: Mapping[str, tuple[str | None, str]], **common: Any) -> dict[str, User]:
    """People by user name, from ``{user name: (role or None, area)}``: one open grant, a second factor."""
    rows = [
        User(
            username=username,
            name=(name := f"人员{_next()}"),
            name_key=sort_key(name),
            area_id=area,
            password=_password(),
            password_changed_at=clock.now(),
            second_factor_on=True,
            phone=phone_number(),
            **common,
        )
        for username, (_role, area) in specs.items()
    ]
    User.objects.bulk_create(rows)
    started = clock.today() - timedelta(days=900)
    Grant.objects.bulk_create(
        Grant(user=user, role=role, area_id=area, started_on=started)
        for user, (role, area) in zip(rows, specs.values(), strict=True)
        if role
    )
    return {user.username: user for user in rows}


def user(username: str, role: str | None, area: str, **more: Any) -> User:
    """One person, with one grant or none."""
    return users({username: (role, area)}, **more)[username]


def identity_number(birth: date, sex: str = "male") -> str:
    """A valid number of the unassigned region 629999 that no other call returns."""
    order = _next() % 499 * 2 + (sex == "male")
    first = f"629999{birth:%Y%m%d}{order:03d}"
    return first + check_character(first)


def phone_number() -> str:
    """A mobile number that no other call returns."""
    return f"139{_next():08d}"


@dataclass
class MemberSpec:
    """A member to be: what is not said is filled with something valid and unlike any other."""

    name: str = ""
    relation: str = "head"
    sex: str = "male"
    birth_date: date = date(1962, 3, 1)
    id_number: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class FileSpec:
    """A file to be."""

    village: str
    members: list[MemberSpec] = field(default_factory=lambda: [MemberSpec()])
    listed_on: date | None = None
    household_type: str = "lifted"
    main_cause: str = "illness"
    more: dict[str, Any] = field(default_factory=dict)


def households(specs: Iterable[FileSpec]) -> list[Household]:
    """Files with members, and facts of this year, in a handful of statements."""
    specs, today = list(specs), clock.today()
    files = []
    for spec in specs:
        row = Household(
            **{
                "file_number": f"{spec.village}{_next() % 10_000:04d}",
                "group_name": "一社",
                "phone": phone_number(),
                "listed_on": spec.listed_on,
                **spec.more,
            }
        )
        row.place(spec.village)
        files.append(row)
    Household.everything.bulk_create(files)
    people, memberships, years, person_years = [], [], [], []
    for row, spec in zip(files, specs, strict=True):
        years.append(
            HouseholdYear(
                household=row,
                year=today.year,
                household_type=spec.household_type,
                main_cause=spec.main_cause,
                per_head_income="9800.00",
                fact_source="household",
                known_on=today - timedelta(days=40),
                **codes_of(row),
            )
        )
        for member in spec.members:
            name = member.name or f"村民{_next()}"
            number = (
                identity_number(member.birth_date, member.sex)
                if member.id_number is None
                else member.id_number
            )
            person = Person(
                name=name,
                name_key=sort_key(name),
                sex=member.sex,
                birth_date=member.birth_date,
                certificate="identity_card",
                id_number=number,
                ethnic_group="han",
                **{**codes_of(row), **member.more},
            )
            people.append(person)
            memberships.append(
                Membership(
                    household=row,
                    person=person,
                    relation=member.relation,
                    joined_on=date(2015, 1, 1),
                    joined_reason="registered",
                    **codes_of(row),
                )
            )
            person_years.append(
                PersonYear(
                    person=person,
                    household=row,
                    year=today.year,
                    health=["healthy"],
                    labour="ordinary",
                    **codes_of(row),
                )
            )
    Person.everything.bulk_create(people)
    Membership.everything.bulk_create(memberships)
    HouseholdYear.everything.bulk_create(years)
    PersonYear.everything.bulk_create(person_years)
    recount([row.pk for row in files])
    fresh = Household.everything.in_bulk([row.pk for row in files])
    return [fresh[row.pk] for row in files]


def household(village: str, **more: Any) -> Household:
    """One file; see ``FileSpec``."""
    return households([FileSpec(village, **more)])[0]


def pairings(
    rows: Iterable[tuple[Household, User, date, date | None]], role: str = Pairing.Role.LEAD
) -> list[Pairing]:
    """Pairings from ``(household, helper, from, until or None)``."""
    made = Pairing.everything.bulk_create(
        Pairing(
            household=household, cadre=cadre, role=role, started_on=start, ended_on=end, **codes_of(household)
        )
        for household, cadre, start, end in rows
    )
    recount({pairing.household_id for pairing in made})
    return made
