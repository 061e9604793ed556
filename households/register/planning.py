"""What a register would do to the files: compared with the register as it stands, nothing written.

The dry run shows a plan, and applying makes the same plan again under locks: so both always follow one rule.
A blank cell says nothing and never erases; who is absent from the file is a question.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q

from households import rules
from households.actions.change_values import head_value
from households.actions.saving import text_of
from households.checks import HEAD, Problem, Weight
from households.models import (
    ChangeField,
    ChangeRequest,
    Household,
    HouseholdYear,
    Membership,
    Person,
    PersonYear,
)
from households.register.places import Places
from households.register.plans import Change, HouseholdPlan, MemberPlan, Plan
from households.register.rows import HouseholdRows, Member, Said
from pairing.access import below
from pairing.fields import blind_of
from pairing.names import folded
from pairing.numbers import PartialDate

OF_HOUSEHOLD: Final = ("group_name", "phone", "address", "bank_name", "bank_account")
OF_YEAR: Final = (
    "household_type", "household_status", "monitoring_kind", "exit_year", "main_cause", "other_causes",
    "housing_grade", "dangerous_housing", "water_safe", "water_hard", "per_head_income",
)  # fmt: skip
OF_PERSON: Final = (
    "name", "sex", "birth_date", "ethnic_group", "certificate", "id_number", "person_number", "phone",
)  # fmt: skip
OF_PERSON_YEAR: Final = (
    "education", "schooling", "health", "labour", "work_place", "work_months", "illness_insurance",
)  # fmt: skip
_BLANK: Final[tuple[Any, ...]] = (None, "", (), [])


def make_plan(
    found: Sequence[HouseholdRows], *, area: str, year: int, whole: bool, lock: bool = False
) -> Plan:
    """Compare what a file says with the files of an area (a county or below) and a year.

    `whole`: each household's rows are its whole family. `lock` locks the files in key order, for applying.
    """
    county = area[:6]
    places = Places(area)
    known = _Known(county, year, found, lock=lock)
    plans = [_plan(rows, places, known, area=area, whole=whole) for rows in found]
    _refuse_twice(plans)
    named = [plan.household.pk for plan in plans if plan.household]
    villages = {plan.village for plan in plans if plan.village}
    absent = Household.everything.open().filter(below("village_code", [area]), village_code__in=villages)
    return Plan(plans, absent.exclude(pk__in=named))


class _Known:
    """What the files say, read in a constant number of queries."""

    def __init__(self, county: str, year: int, found: Sequence[HouseholdRows], *, lock: bool) -> None:
        self.year = year
        members = [m for rows in found for m in rows.members]
        self.hashes = {
            m.row: hashed
            for m in members
            if m.identity and m.identity.key
            and (hashed := blind_of(Person, "identity_hmac", m.identity.key)) is not None
        }  # fmt: skip
        hashes = set(self.hashes.values())
        known = set(
            Person.everything.filter(county_code=county, identity_hmac__in=hashes).values_list(
                "pk", flat=True
            )
        )
        present = Membership.everything.present().filter(county_code=county)
        homes = set(present.filter(person__in=known).values_list("household_id", flat=True))
        numbers = {rows.number for rows in found if rows.number}
        files = Household.everything.filter(
            Q(file_number__in=numbers) | Q(pk__in=homes), county_code=county
        ).order_by("pk")
        if lock:
            files = files.select_for_update()
        self.files = {household.pk: household for household in files}
        self.by_number = {household.file_number: household for household in self.files.values()}
        self.families: dict[int, list[Membership]] = defaultdict(list)
        self.home: dict[int, int] = {}
        persons: dict[int, Person] = {}
        for membership in (
            present.filter(household__in=list(self.files)).select_related("person").order_by("pk")
        ):
            self.families[membership.household_id].append(membership)
            self.home[membership.person_id] = membership.household_id
            persons[membership.person_id] = membership.person
        persons |= Person.everything.in_bulk(known - persons.keys())  # those who are in no household
        self.by_hash = {person.identity_hmac: person for person in persons.values()}
        self.household_years: dict[int, list[HouseholdYear]] = defaultdict(list)
        for row in HouseholdYear.everything.filter(household__in=list(self.files)).order_by("-year"):
            self.household_years[row.household_id].append(row)
        self.person_years = {
            row.person_id: row for row in PersonYear.everything.filter(year=year, person__in=list(persons))
        }
        self.asked = self._asked()

    def _asked(self) -> set[tuple[int, str, str, int | None, int | None, str]]:
        """What somebody asked for already and is in review, or was refused: a repeat asks nothing again."""
        request = ChangeRequest.State
        rows = ChangeField.everything.filter(household__in=list(self.files)).filter(
            Q(request__state__in=[request.WAITING, request.RETURNED])
            | Q(request__state=request.DECIDED, decision=ChangeField.Decision.REFUSED)
        )
        return {(r.household_id, r.model, r.field, r.person_id, r.year, r.new.open()) for r in rows}


def _plan(rows: HouseholdRows, places: Places, known: _Known, *, area: str, whole: bool) -> HouseholdPlan:
    plan = HouseholdPlan(rows, said=list(rows.said))
    first = rows.members[0].row
    plan.village, problem = places.find(rows.place)
    if problem is not None:
        plan.said.append(Said(first, "", problem))
    homes = {
        home
        for m in rows.members
        if (person := known.by_hash.get(known.hashes.get(m.row))) and (home := known.home.get(person.pk))
    }
    plan.household = known.by_number.get(rows.number) if rows.number else None
    if plan.household is None and homes:
        head = rows.head
        person = known.by_hash.get(known.hashes.get(head.row)) if head else None
        home = known.home.get(person.pk) if person else None
        if home is not None:
            plan.household = known.files[home]
            if rows.number:
                plan.said.append(
                    Said(first, "", Problem("household.renumbered", "file_number", Weight.DOUBT))
                )
    if plan.household is not None and not plan.household.village_code.startswith(area):
        plan.household = None  # a neighbour's file: neither compared, which would show it, nor changed
        plan.said.append(Said(first, "", Problem("household.elsewhere", "file_number")))
    if plan.household is not None:
        _compare_household(plan, known, first)
    else:
        plan.facts = _given(rows.values, OF_YEAR)
    _plan_members(plan, known, whole=whole)
    return plan


def _compare_household(plan: HouseholdPlan, known: _Known, first: int) -> None:
    household, values = plan.household, plan.rows.values
    if household is None:
        return
    if not household.is_open:
        plan.said.append(Said(first, "", Problem("household.closed", "file_number")))
        return
    if plan.village and household.village_code != plan.village:
        plan.said.append(Said(first, "", Problem("household.moved", "village", Weight.DOUBT)))
    plan.changes += _differences("household", household, _given(_household_values(values), OF_HOUSEHOLD))
    years = known.household_years[household.pk]
    plan.year = next((row for row in years if row.year == known.year), None)
    facts = _given(values, OF_YEAR)
    if plan.year is not None:
        plan.changes += _differences("household_year", plan.year, facts)
    elif not years:
        plan.facts = facts
    else:  # a new year: what is as it was the year before needs nobody's review
        before = next((row for row in years if row.year < known.year), None)
        for name, value in facts.items():
            old = getattr(before, name) if before else None
            if rules.is_sensitive("household_year", name) and old != value:
                plan.changes.append(Change("household_year", name, old, value, waits=True))
                if old not in (None, ""):
                    plan.facts[name] = old  # the new year keeps it until a second person has decided
            else:
                plan.facts[name] = value
    _drop_repeats(plan.changes, household, None, known)


def _plan_members(plan: HouseholdPlan, known: _Known, *, whole: bool) -> None:
    family = list(known.families[plan.household.pk]) if plan.household else []
    left = {membership.pk: membership for membership in family}
    unmatched: list[MemberPlan] = []
    for m in plan.rows.members:
        one = MemberPlan(m, said=list(m.said))
        plan.members.append(one)
        hashed = known.hashes.get(m.row)
        person = known.by_hash.get(hashed) if hashed else None
        if person is None:
            unmatched.append(one)
            continue
        one.person = person
        one.membership = next((s for s in left.values() if s.person_id == person.pk), None)
        home = known.home.get(person.pk)
        if one.membership is not None:
            del left[one.membership.pk]
        elif home is not None:
            one.said.append(Said(m.row, "", Problem("person.elsewhere", "id_number")))
        elif folded(person.name) != folded(m.values["name"]):  # a number alone brings no file's facts here
            one.said.append(Said(m.row, "", Problem("person.other_name", "id_number")))
    for one in unmatched:  # by name, among those of the family whom no number named
        same = [s for s in left.values() if folded(s.person.name) == folded(one.member.values["name"])]
        if len(same) == 1 and _may_be(one.member, same[0].person):
            one.membership, one.person = same[0], same[0].person
            del left[same[0].pk]
            _offer_number(one)
    for one in plan.members:
        _compare_member(plan, one, known)
    if whole and plan.household is not None:
        plan.absent = list(left.values())
    _propose_head(plan, known)


def _may_be(member: Member, person: Person) -> bool:
    """Whether a row without a usable number can be this person of the same name."""
    if member.identity is None or not member.identity.key:
        return True
    return not person.id_number


def _offer_number(one: MemberPlan) -> None:
    """A damaged number whose first 15 digits are those of the file: the file's is offered, never guessed."""
    start = one.member.values.get("damaged")
    if not start or one.person is None or not one.person.id_number.open().startswith(start):
        return
    for said in one.said:
        if said.problem.code == "identity.damaged":
            said.problem = Problem("identity.candidate", "id_number", Weight.DOUBT)


def _compare_member(plan: HouseholdPlan, one: MemberPlan, known: _Known) -> None:
    values = one.member.values
    facts = _given(values, OF_PERSON_YEAR)
    if {"education", "schooling"} & facts.keys():  # a pair: who reached one is no longer in the other
        facts |= {name: values[name] for name in ("education", "schooling") if name in values}
    one.year = known.person_years.get(one.person.pk) if one.person else None
    if one.person is None or one.membership is None:
        one.facts = facts
        return
    one.changes += _differences("person", one.person, _given(person_values(one.member, new=False), OF_PERSON))
    relation = values.get("relation", "")
    if relation and relation != one.membership.relation and HEAD not in {relation, one.membership.relation}:
        one.changes.append(Change("membership", "relation", one.membership.relation, relation))
    if one.year is not None:
        one.changes += _differences("person_year", one.year, facts, blanks={"education", "schooling"})
    else:
        one.facts = facts
    if plan.household is not None:
        _drop_repeats(one.changes, plan.household, one.person, known)


def _propose_head(plan: HouseholdPlan, known: _Known) -> None:
    """Another head than the file's, or than the one it had: a change for a second person to look at."""
    if plan.household is None:
        return
    new = next((one for one in plan.members if one.member.values.get("relation") == HEAD), None)
    former = next((s for s in known.families[plan.household.pk] if s.relation == HEAD), None)
    if new is None or (new.person == former.person if former else not rules.head_waits(plan.household)):
        return
    new.head_waits = True
    row = next((one for one in plan.members if one.membership == former), None) if former else None
    becomes = row.member.values.get("relation", "") if row else ""
    old = str(former.person.public_id) if former else ""
    wanted = head_value(new.person, becomes) if new.person else f":{becomes}"
    change = Change("household", "head", old, wanted, waits=True)
    person = new.person.pk if new.person else None
    key = (plan.household.pk, "household", "head", person, None, wanted)
    if key not in known.asked:
        new.changes.append(change)


def _drop_repeats(changes: list[Change], household: Household, person: Person | None, known: _Known) -> None:
    """Leave out what waits for review already, or was refused with this very value."""
    changes[:] = [
        change
        for change in changes
        if not change.waits
        or (
            household.pk, change.model, change.field, person.pk if person else None,
            known.year if change.model == "household_year" else None, text_of(change.new),
        ) not in known.asked
    ]  # fmt: skip


def _differences(model: str, row: Any, values: Mapping[str, Any], blanks: Iterable[str] = ()) -> list[Change]:
    """What `values` say otherwise than the row. A shorter form of the number on file is no difference."""
    changes = []
    for name, value in values.items():
        old = getattr(row, name)
        if hasattr(old, "open"):
            old = old.open()
        if old == value or (value in _BLANK and name not in blanks):
            continue
        if name == "id_number" and old.startswith(value):
            continue
        changes.append(Change(model, name, old, value, rules.is_sensitive(model, name)))
    return changes


def _given(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Those of the values that a model keeps and the file gives, tuples as the lists that models have."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name in names
        if (value := values.get(name)) not in _BLANK
    }


def _household_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "group_name": values.get("group_name") or values.get("hamlet") or ""}


def household_values(rows: HouseholdRows) -> dict[str, Any]:
    """What a new file takes from its rows."""
    return _given(_household_values(rows.values), OF_HOUSEHOLD)


def person_values(member: Member, *, new: bool) -> dict[str, Any]:
    """What a row says of the person. For a `new` one the number tells birth date, sex and certificate too."""
    values, identity = member.values, member.identity
    birth = values.get("birth_date")
    said: dict[str, Any] = {
        "name": values.get("name", ""),
        "sex": values.get("sex", ""),
        "birth_date": birth.first if isinstance(birth, PartialDate) and birth.precision == "day" else None,
        "ethnic_group": values.get("ethnic_group", ""),
        "certificate": values.get("certificate", ""),
        "id_number": identity.text if identity else "",
        "person_number": values.get("person_number", ""),
        "phone": values.get("member_phone", ""),
    }
    if new and identity:
        said["sex"] = said["sex"] or identity.sex
        said["birth_date"] = identity.birth or said["birth_date"]
        kind = "disability_card" if identity.disability_category else "identity_card"
        said["certificate"] = said["certificate"] or ("temporary" if identity.is_temporary else kind)
    return said


def _refuse_twice(plans: Sequence[HouseholdPlan]) -> None:
    """A person or a file that stands in two households of one register comes into neither."""
    seen: dict[str, HouseholdPlan] = {}
    files: dict[int, HouseholdPlan] = {}
    for plan in plans:
        for m in plan.rows.members:
            key = m.identity.key if m.identity else ""
            other = seen.setdefault(key, plan) if key else plan
            if other is not plan:
                plan.said.append(Said(m.row, "", Problem("person.twice", "id_number")))
                other.said.append(Said(other.rows.members[0].row, "", Problem("person.twice", "id_number")))
        if plan.household is not None and files.setdefault(plan.household.pk, plan) is not plan:
            plan.said.append(Said(plan.rows.members[0].row, "", Problem("household.twice", "file_number")))


def joined_today(today: dt.date) -> dict[str, Any]:
    """From when somebody is a member whom a register brings: the day of the import."""
    return {"joined_on": today, "joined_reason": "registered"}
