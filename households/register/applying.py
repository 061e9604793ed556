"""A dry run becomes fact: in one transaction, set by set, all of what was shown or nothing.

New files count at once. In files that exist, plain facts count at once and sensitive ones become change
requests of the batch, for a second person to look at. Every written row leaves an `ImportEffect`, from which
the import can be taken back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from households.actions.counters import recount
from households.actions.questions import refresh_questions
from households.actions.saving import text_of
from households.models import (
    ChangeField,
    ChangeRequest,
    Household,
    HouseholdYear,
    ImportBatch,
    ImportEffect,
    Membership,
    Person,
    PersonYear,
)
from households.models.scoped import codes_of
from households.register.intake import MOST_ROWS, staged_rows
from households.register.planning import household_values, joined_today, make_plan, person_values
from households.register.plans import Change, HouseholdPlan, MemberPlan, Plan
from households.register.staging import LEAVE, TAKE, Outcome, dumps, unstage
from households.rules.words import because_imported
from pairing import clock, sets
from pairing.audit import action
from pairing.errors import Refused, refusing
from pairing.names import initials, search_terms, sort_key
from pairing.roles import P

State = ImportBatch.State
#: Where the register says so and nothing better is known (code list `fact_source`).
SOURCE = "register"


def apply(*, batch: ImportBatch, leave_out: bool = False, version: int | None = None, by: Any) -> ImportBatch:
    """Import what the dry run shows.

    Households with an error, or with a doubtful row chosen to be left out, stay out as a whole: with any
    such, `leave_out` must say that this is meant. Raises Refused: rows without a choice, a dry run that
    is not what the register would do today, and when it is no longer open.
    """
    with action("import.apply", by=by, permission=P.IMPORT) as entry:
        batch = ImportBatch.everything.select_for_update().get(pk=batch.pk)
        if batch.state != State.PARSED or (version is not None and version != batch.version):
            raise Refused(_("This dry run has changed meanwhile. Please look at it again."))
        members = list(staged_rows(batch).exclude(household_key="").order_by("number"))
        if not members:
            raise Refused(_("Nothing is staged any more. Please read the file again."))
        if len(members) > MOST_ROWS:
            raise Refused(_("More than %(most)s rows: please divide the file.") % {"most": f"{MOST_ROWS:,}"})
        _check_choices(members, leave_out)
        chosen = [rows_of for rows_of, family in unstage(members) if _comes_in(family)]
        staged = {row.number: row for row in members}
        whole = not any(note["code"] == "heads" for note in batch.notes)
        plan = make_plan(chosen, area=batch.area_id, year=batch.year, whole=whole, lock=True)
        _check_unmoved(plan, staged)
        with refusing(
            identity_once_per_county=_("A person was registered meanwhile. Please read the file again."),
            file_number_once_per_county=_("A file number was taken meanwhile. Please read the file again."),
            membership_one_household_at_a_time=_("A person moved meanwhile. Please read the file again."),
            one_head_at_a_time=_("A head changed meanwhile. Please read the file again."),
        ):  # fmt: skip
            _Writing(batch, plan, by).write()
        batch.state, batch.applied_by, batch.applied_at = State.APPLIED, by, clock.now()
        batch.version += 1
        batch.save()
        entry.about(batch, *(found.household for found in plan.households if found.household))
        entry.detail = {"households": len(plan.households), "rows": len(members)}
    return batch


def _comes_in(family: Iterable[Any]) -> bool:
    return all(row.outcome != Outcome.ERROR and row.choice != LEAVE for row in family)


def _check_choices(rows: Sequence[Any], leave_out: bool) -> None:
    open_rows = sum(row.outcome == Outcome.DOUBTFUL and row.choice not in {TAKE, LEAVE} for row in rows)
    if open_rows:
        raise Refused(
            ngettext(
                "%(count)s doubtful row has no choice yet.",
                "%(count)s doubtful rows have no choice yet.",
                open_rows,
            )
            % {"count": open_rows}
        )
    if not leave_out and any(row.outcome == Outcome.ERROR or row.choice == LEAVE for row in rows):
        raise Refused(_("Please say that the households with errors stay out."), "leave_out")
    if all(row.outcome == Outcome.ERROR or row.choice == LEAVE for row in rows):
        raise Refused(_("No household is left to import."))


def _check_unmoved(plan: Plan, staged: Mapping[int, Any]) -> None:
    """The register is still as the dry run saw it: the same files, the same members, no new error."""
    known = {Outcome.SAME, Outcome.CHANGED}
    for one in plan.households:
        rows = [(member, staged[member.member.row]) for member in one.members]
        file = one.household.pk if one.household else None
        if one.is_refused or any(
            row.household_id != file or (m.joins and row.outcome in known) for m, row in rows
        ):
            raise Refused(_("The register has changed since this dry run. Please read the file again."))


@dataclass(slots=True)
class _Made:
    """Rows to insert and rows that were changed, with what they were."""

    new: list[Any] = field(default_factory=list)
    changed: dict[int, tuple[Any, dict[str, Any]]] = field(default_factory=dict)


class _Writing:
    """The rows of one plan, written set by set in the order of their foreign keys."""

    def __init__(self, batch: ImportBatch, plan: Plan, by: Any) -> None:
        self.batch, self.plan, self.by = batch, plan, by
        self.today = clock.today()
        self.made: dict[type[Model], _Made] = {
            model: _Made() for model in (Household, HouseholdYear, Person, Membership, PersonYear)
        }
        self.requests: list[ChangeRequest] = []
        self.asked: list[ChangeField] = []

    def write(self) -> None:
        """Write everything."""
        for plan in self.plan.households:
            self.household(plan)
        sets.insert(self.made[Household].new)
        for plan in self.plan.households:
            for one in plan.members:
                self.person(plan, one)
        sets.insert(self.made[Person].new)
        self.files = {household.pk: household for household in map(self.home, self.plan.households)}
        self.homes = {
            one.person.pk: self.home(plan)
            for plan in self.plan.households
            for one in plan.members
            if one.person
        }
        for plan in self.plan.households:
            self.year(plan)
            for one in plan.members:
                self.member(plan, one)
        for model in (Membership, HouseholdYear, PersonYear):
            sets.insert(self.made[model].new)
        for plan in self.plan.households:
            self.ask(plan)
        sets.insert(self.requests)
        sets.insert(self.asked)
        touched = {self.home(plan).pk for plan in self.plan.households if self.is_touched(plan)}
        self.save_changed(touched)
        recount(touched - {household.pk for household in self.made[Household].new})
        refresh_questions(*Household.everything.filter(pk__in=touched))
        self.remember()

    def home(self, plan: HouseholdPlan) -> Household:
        """The file of a plan; there is one as soon as the new ones are made."""
        if plan.household is None:
            raise ValueError("a new household was not made")
        return plan.household

    def is_touched(self, plan: HouseholdPlan) -> bool:
        return bool(
            plan.facts
            or any(not change.waits for change in plan.changes)
            or any(one.facts or one.joins for one in plan.members)
            or any(not change.waits for one in plan.members for change in one.changes)
        )

    def household(self, plan: HouseholdPlan) -> None:
        """A new file, or the plain changes of one that exists."""
        if plan.household is None:
            household = Household(
                file_number=plan.rows.number or self.number(plan), **household_values(plan.rows)
            )
            household.place(plan.village)
            self.count(household, plan)
            plan.household = household
            self.made[Household].new.append(household)
        else:
            self.change(plan.household, [c for c in plan.changes if c.model == "household"])

    def count(self, household: Household, plan: HouseholdPlan) -> None:
        """What a new file keeps of its members: as `recount` would, which is dear for thousands."""
        head = plan.rows.head
        if head is not None:
            name = head.values["name"]
            household.head_name, household.head_key = name, sort_key(name)[:200]
            household.head_initials = initials(name)[:60]
        household.search_terms = search_terms(*(one.member.values["name"] for one in plan.members))
        household.member_count = len(plan.members)
        household.household_type = plan.facts.get("household_type", "")

    def number(self, plan: HouseholdPlan) -> str:
        """A free number in the village for a register without numbers: its code and four digits."""
        if not hasattr(self, "_last"):
            self._last: dict[str, int] = {}
        village = plan.village
        if village not in self._last:
            taken = Household.everything.filter(
                county_code=village[:6], file_number__startswith=village, file_number__regex=r"^[0-9]{16}$"
            ).order_by("-file_number")
            last = taken.values_list("file_number", flat=True).first()
            self._last[village] = int(last[12:]) if last else 0
        self._last[village] += 1
        return f"{village}{self._last[village]:04d}"

    def person(self, plan: HouseholdPlan, one: MemberPlan) -> None:
        """A new person, a known one who joins, or the plain changes of a member."""
        household = self.home(plan)
        if one.person is None:
            values = person_values(one.member, new=True)
            person = Person(name_key=sort_key(values["name"])[:200], **values)
            person.place(household.village_code)
            one.person = person
            self.made[Person].new.append(person)
        elif one.joins:
            self.put(one.person, codes_of(household))
        else:
            self.change(one.person, [c for c in one.changes if c.model == "person"])

    def member(self, plan: HouseholdPlan, one: MemberPlan) -> None:
        """Membership and the facts of the year of one row."""
        household, values = self.home(plan), one.member.values
        codes = codes_of(household)
        if one.membership is None:
            relation = values.get("relation") or "other"
            if one.head_waits:
                relation = "other"  # until a second person has looked
            self.made[Membership].new.append(
                Membership(
                    household=household,
                    person=one.person,
                    relation=relation,
                    **joined_today(self.today),
                    **codes,
                )
            )
        else:
            self.change(one.membership, [c for c in one.changes if c.model == "membership"])
        if one.year is not None and one.membership is None:  # of the file that he has left
            self.put(one.year, {**codes, "household_id": household.pk, **one.facts})
        elif one.year is not None:
            self.change(one.year, [c for c in one.changes if c.model == "person_year"])
        elif one.facts:
            row = PersonYear(
                person=one.person, household=household, year=self.batch.year, fact_source=SOURCE, **codes
            )
            for name, value in one.facts.items():
                setattr(row, name, value)
            self.made[PersonYear].new.append(row)

    def year(self, plan: HouseholdPlan) -> None:
        """The household's facts of the year."""
        household = self.home(plan)
        if plan.year is not None:
            self.change(plan.year, [c for c in plan.changes if c.model == "household_year"])
        elif plan.facts:
            row = HouseholdYear(
                household=household, year=self.batch.year, fact_source=SOURCE, **codes_of(household)
            )
            for name, value in plan.facts.items():
                setattr(row, name, value)
            self.made[HouseholdYear].new.append(row)

    def change(self, row: Any, changes: Iterable[Change]) -> None:
        """The plain changes of one row; sensitive ones are asked for."""
        self.put(row, {c.field: c.new for c in changes if not c.waits})

    def put(self, row: Any, values: dict[str, Any]) -> None:
        before = {
            name: text_of(old) if hasattr(old := getattr(row, name), "open") else old for name in values
        }
        values = {name: value for name, value in values.items() if before[name] != value}
        if not values:
            return
        _row, known = self.made[type(row)].changed.setdefault(row.pk, (row, {}))
        for name, value in values.items():
            known.setdefault(name, before[name])
            setattr(row, name, value)

    def save_changed(self, touched: set[int]) -> None:
        """Write the changed rows. The version of a file tells of its members and years too."""
        new = {household.pk for household in self.made[Household].new}
        for household in map(self.home, self.plan.households):
            if household.pk in touched - new:
                self.made[Household].changed.setdefault(household.pk, (household, {}))
        for made in self.made.values():
            for row, _before in made.changed.values():
                row.version += 1
            sets.update((row, [*before, "version"]) for row, before in made.changed.values())

    def ask(self, plan: HouseholdPlan) -> None:
        """One change request for all sensitive facts of a file."""
        household = self.home(plan)
        wanted: list[tuple[Change, MemberPlan | None]] = [(c, None) for c in plan.changes if c.waits]
        wanted += [(c, one) for one in plan.members for c in one.changes if c.waits]
        if not wanted:
            return
        request = ChangeRequest(
            household=household,
            reason=because_imported(self.batch.file_name[:100]),
            proposed_by=self.by,
            batch=self.batch,
            base_version=household.version,
            **codes_of(household),
        )
        self.requests.append(request)
        for change, one in wanted:
            person = one.person if one else None
            new = text_of(change.new)
            if change.field == "head" and person is not None and new.startswith(":"):
                new = f"{person.public_id}{new}"
            self.asked.append(
                ChangeField(
                    request=request,
                    household=household,
                    model=change.model,
                    person=person,
                    year=self.batch.year if change.model == "household_year" else None,
                    field=change.field,
                    old=text_of(change.old),
                    new=new,
                    **codes_of(household),
                )
            )

    def remember(self) -> None:
        """What was done to each row, with what stood there before. A new file names the rows made with it."""
        effects = []
        files: dict[int, dict[str, list[int]]] = {h.pk: {} for h in self.made[Household].new}
        for model, made in self.made.items():
            name = model._meta.model_name or ""
            for row in made.new if model is not Household else ():
                of_file = files.get(self.household_of(row).pk)
                if of_file is None:
                    effects.append(self.effect(model, row, created=True, before=""))
                else:
                    of_file.setdefault(name, []).append(row.pk)
            for row, before in made.changed.values():
                effects.append(self.effect(model, row, created=False, before=dumps(before) if before else ""))
        for household in self.made[Household].new:
            made_with = dumps(files[household.pk])
            effects.append(self.effect(Household, household, created=True, before=made_with))
        sets.insert(effects)

    def effect(self, model: type[Model], row: Any, *, created: bool, before: str) -> ImportEffect:
        household = row if model is Household else self.household_of(row)
        return ImportEffect(
            batch=self.batch,
            household=household,
            model=model._meta.model_name or "",
            row_id=row.pk,
            created=created,
            version_after=row.version,
            before=before,
            **codes_of(household),
        )

    def household_of(self, row: Any) -> Household:
        """The file that a row belongs to; a person's is where this register puts him."""
        return self.homes[row.pk] if isinstance(row, Person) else self.files[row.household_id]
