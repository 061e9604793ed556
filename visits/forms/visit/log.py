"""The visit log (记走访), section by section as the cadre fills it: sections 0 to 9 of the screen."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from households.models import Household
from pairing.errors import Refused
from visits import checks
from visits.actions.facts import Back, Fact, FileChanges
from visits.actions.visits import NOT_ASKED, VisitInput
from visits.forms.fields import ChipForm, Chips, DayChips, DayField, Line, ManyChips, Words, past_days
from visits.forms.visit.changes import ChangesForm
from visits.forms.visit.facts import FactForm, KnownFact, fact_form, sent_keys
from visits.forms.visit.help import HelpForm
from visits.forms.visit.problems import ProblemForm
from visits.forms.visit.promises import PromiseAnswerForm, PromiseForm
from visits.models import Problem, Promise, Visit

BLOCKS = 2  # problems, promises and pieces of help that one form takes


@dataclass(frozen=True)
class Subject:
    """What a visit form is about: the household, its people, what is due, what is known."""

    household: Household
    people: Sequence[tuple[str, str]]  # public id and name
    due: Sequence[Promise] = ()
    facts: Sequence[KnownFact] = ()
    ask: KnownFact | None = None  # the oldest fact, when "no change" would come the third time in succession
    entered_for: bool = False  # typed from a slip for a helper: no restricted part, no facts


class Blocks(Sequence[Any]):
    """One small form several times. What nothing was sent for is made only when a page shows it."""

    def __init__(self, form: type[ChipForm], name: str, data: Any, day: date) -> None:
        self._form, self._name, self._data, self._day = form, name, data, day
        self._made: dict[int, ChipForm] = {}

    def __len__(self) -> int:
        return BLOCKS

    def __getitem__(self, i: Any) -> Any:
        if i not in range(BLOCKS):
            raise IndexError
        if i not in self._made:
            self._made[i] = self._form(self._data, day=self._day, prefix=f"{self._name}{i}")
        return self._made[i]

    @property
    def sent(self) -> list[Any]:
        """Those of which the sent data says anything."""
        return [self[i] for i in range(BLOCKS) if is_sent(self._data, f"{self._name}{i}-")]


def is_sent(data: Any, prefix: str) -> bool:
    """Does any field whose name begins so carry anything?"""
    return any(data.get(name) for name in data or () if name.startswith(prefix))


class VisitForm(ChipForm):
    """The whole log. ``visit()`` is what the action takes; ``refuse`` puts a rule's answer beside its field.

    ``day`` is the business day of the form; due promises and facts named in the sent data stay in the form
    even when they are no longer due, so that a visit sent twice reads the same twice.
    """

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    device_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    visited_on = DayChips(
        label=_("visit date"), required=True, error_messages={"required": _("Choose the day of the visit.")}
    )
    visited_on_day = DayField()
    method = Chips(
        choices=Visit.Method.choices,
        label=_("how"),
        required=True,
        error_messages={"required": _("Choose how you met.")},
    )
    met = ManyChips(label=_("with whom"))
    met_others = Line(max_length=60, label=_("who else"))
    said = Words(label=_("what was said"), max_length=checks.SAID_MOST)
    no_change = forms.BooleanField(label=_("no change"), required=False)
    tasks = ManyChips(codes="visit_task", label=_("what was done"))
    restricted = Words(label=_("restricted"), max_length=checks.SAID_MOST, rows=2)
    again = forms.BooleanField(label=_("another visit"), required=False)

    def __init__(self, data: Any = None, *, subject: Subject, day: date, **kwargs: Any) -> None:
        initial = {
            "client_id": uuid.uuid4(),
            "visited_on": "" if subject.entered_for else day.isoformat(),  # of a slip it stands on the paper
            "method": Visit.Method.HOME.value,
        } | kwargs.pop("initial", {})
        super().__init__(data, day=day, initial=initial, **kwargs)
        self.subject = subject
        self.fields["visited_on"].choices = past_days(day)  # type: ignore[attr-defined]
        self.fields["met"].choices = subject.people  # type: ignore[attr-defined]
        if subject.entered_for:
            del self.fields["restricted"]
        self.answers = [
            PromiseAnswerForm(data, day=day, promise_id=key, promise=promise)
            for key, promise in self._due().items()
        ]
        speaks_of_facts = "no_change" in self.data or is_sent(self.data, "fact-")
        self.told_facts = self.facts if speaks_of_facts else []
        ask = subject.ask
        self.asked = fact_form(data, day=day, key=ask.key, fact=ask) if ask else None
        self.problems = Blocks(ProblemForm, "problem", data, day)
        self.promises = Blocks(PromiseForm, "promise", data, day)
        self.help = Blocks(HelpForm, "help", data, day)

    @cached_property
    def facts(self) -> list[FactForm]:
        """All that is known; made only for a page that shows it, or when the sent data speaks of facts."""
        data = self.data if self.is_bound else None
        return [fact_form(data, day=self.day, key=key, fact=fact) for key, fact in self._facts().items()]

    @cached_property
    def changes(self) -> ChangesForm | None:
        """What has changed in the file; made only for a page that shows it, or when the sent data tells of it."""
        if self.subject.entered_for:
            return None
        data = self.data if self.is_bound else None
        return ChangesForm(data, day=self.day, people=self.subject.people)

    @property
    def _told_changes(self) -> ChangesForm | None:
        return self.changes if ChangesForm.is_told_in(self.data) else None

    def _due(self) -> dict[uuid.UUID, Promise | None]:
        """Promises to ask about: those that are due, and those that the sent data answers."""
        due: dict[uuid.UUID, Promise | None] = {p.public_id: p for p in self.subject.due}
        return due | {key: None for key in sent_promises(self.data) if key not in due}

    def _facts(self) -> dict[str, KnownFact | None]:
        asked = self.subject.ask.key if self.subject.ask else ""
        facts: dict[str, KnownFact | None] = {f.key: f for f in self.subject.facts if f.key != asked}
        return facts | {key: None for key in sent_keys(self.data) if key not in facts and key != asked}

    def parts(self) -> Iterator[ChipForm]:
        """The small forms within this one that the sent data speaks of."""
        yield from self.answers
        yield from self.told_facts
        if self.asked:
            yield self.asked
        if self._told_changes:
            yield self._told_changes
        yield from self.problems.sent
        yield from self.promises.sent
        yield from self.help.sent

    def is_valid(self) -> bool:
        whole = super().is_valid()  # first: it may put an error into a part
        wrong = [part for part in self.parts() if not part.is_valid()]  # each says its own
        return whole and not wrong

    @property
    def is_wrong(self) -> bool:
        """Does anything in the form want another look?"""
        return self.is_bound and (bool(self.errors) or any(part.errors for part in self.parts()))

    @property
    def first_wrong(self) -> str:
        """The id of the first error on the page, for a link to it; empty when it concerns no field."""
        forms = [*self.answers, self, *self.parts()]
        wrong = (form[name].auto_id for form in forms for name in form.fields if name in form.errors)
        return next((f"{field}_error" for field in wrong), "")

    @property
    def tells_change(self) -> bool:
        """Was anything tapped or written of what has changed?"""
        tapped = any(fact["changed"].value() for fact in self.told_facts)
        return bool(tapped or (self.changes and self.changes.open["any"]))

    def clean(self) -> None:
        data = self.cleaned_data
        self.wants_day("visited_on")
        day = self.chosen_day("visited_on")
        met_anybody = data.get("method") != Visit.Method.NOT_MET
        data["no_change"] = met_anybody and data.get("no_change", False)
        with self._at("visited_on"):
            if day:
                checks.check_visit_date(day, today=self.day)
        with self._at("met"):
            if "met" not in self.errors:
                checks.check_met(
                    method_met=met_anybody, met=len(data.get("met", ())), others=data.get("met_others", "")
                )
        with self._at("said"):
            checks.check_said(
                met_anybody=met_anybody and not {"said", "restricted"} & set(self.errors),
                said=data.get("said", ""),
                no_change=bool(data.get("no_change")),
                restricted=data.get("restricted", ""),
                more=self._has_more(),
            )
        if self.asked and data.get("no_change") and not self.asked.errors and not any(self._facts_told()):
            self.asked.add_error("still", ValidationError(_("Please ask this one question today.")))

    def _has_more(self) -> bool:
        """Does anything but the conversation stand in the form, be it wrong as yet?"""
        parts = [part for part in self.parts() if not isinstance(part, PromiseAnswerForm)]
        if self.cleaned_data.get("tasks") or any(part.errors for part in parts):
            return True
        told = [p.is_told for p in parts if isinstance(p, ProblemForm)]
        rest = [bool(p.cleaned_data.get("what")) for p in parts if isinstance(p, PromiseForm)]
        helped = [bool(p.cleaned_data.get("kind")) for p in parts if isinstance(p, HelpForm)]
        changed = [part.is_told for part in parts if isinstance(part, ChangesForm)]
        return any(told + rest + helped + changed + [fact.still is False for fact in self._facts_told()])

    def _fact_forms(self) -> list[FactForm]:
        forms = [*self.told_facts, *([self.asked] if self.asked else [])]
        return [form for form in forms if form.is_valid()]

    def _facts_told(self) -> list[Fact]:
        return [fact for form in self._fact_forms() if (fact := form.answer())]

    def _file_changes(self, day: date) -> FileChanges:
        back: list[Back] = [found for form in self._fact_forms() if (found := form.back())]
        told = self._told_changes
        return told.changes(day, back) if told else FileChanges(back=back)

    def visit(self) -> VisitInput:
        """What the action takes."""
        data = self.cleaned_data
        problems = [form.problem(data["said"]) for form in self.problems.sent if form.is_told]
        takes_on = any(problem.triage == Problem.State.MINE for problem in problems)
        day = self.chosen_day("visited_on")
        assert day is not None  # noqa: S101  wants_day saw to it
        return VisitInput(
            client_id=data["client_id"],
            visited_on=day,
            method=data["method"],
            met=[uuid.UUID(person) for person in data["met"]],
            met_others=data["met_others"],
            said=data["said"],
            no_change=data["no_change"],
            answers=[answer for form in self.answers if (answer := form.answer()).word != NOT_ASKED],
            problems=problems,
            promises=[p for form in self.promises.sent if (p := form.promise(takes_on and form.is_first))],
            help=[given for form in self.help.sent if (given := form.help())],
            tasks=data["tasks"],
            facts=self._facts_told(),
            changes=self._file_changes(day),
            restricted=data.get("restricted", ""),
            device_at=_moment(data["device_at"]),
            again=data["again"],
        )

    def refuse(self, refused: Refused) -> None:
        """Put a rule's answer beside the field it speaks of, or on top of the form."""
        prefix, dash, name = (refused.field or "").rpartition("-")
        for part in self.parts():
            if dash and part.prefix == prefix and name in part.fields:
                part.add_error(name, ValidationError(str(refused.reason)))
                return
        field = refused.field if refused.field in self.fields else None
        self.add_error(field, ValidationError(str(refused.reason)))

    def _at(self, field: str) -> "_Refusals":
        return _Refusals(self, field)


class _Refusals:
    """Turns a refused check into an error of the form."""

    def __init__(self, form: VisitForm, field: str) -> None:
        self.form, self.field = form, field

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Refused):
            return False
        self.form.add_error(error.field or self.field, ValidationError(str(error.reason)))
        return True


def sent_promises(data: Any) -> list[uuid.UUID]:
    """The promises that sent data answers."""
    found = []
    for name in data or ():
        if name.startswith("answer-") and name.endswith("-word"):
            try:
                found.append(uuid.UUID(name[7:-5]))
            except ValueError:
                continue
    return found[:50]


def _moment(text: str) -> datetime | None:
    """The phone's clock, if it says a moment with its zone; anything else is no reason to refuse a visit."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo and 1970 <= moment.year < 2200 else None
