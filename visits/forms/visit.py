"""The visit log (记走访), section by section as the cadre fills it: sections 0 to 9 of the screen."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.models import Household
from pairing.errors import Refused
from visits import checks
from visits.actions.help import HelpInput
from visits.actions.problems import ProblemInput
from visits.actions.visits import NOT_ASKED, Fact, PromiseAnswer, PromiseInput, VisitInput
from visits.forms.fields import (
    ChipForm,
    Chips,
    DayChips,
    DayField,
    Line,
    ManyChips,
    Words,
    due_days,
    later_days,
    past_days,
)
from visits.models import Problem, Promise, Visit

BLOCKS = 2  # problems, promises and pieces of help that one form takes


@dataclass(frozen=True)
class KnownFact:
    """A fact of the file as a sentence that somebody can confirm at the table. ``key`` names it for ever."""

    key: str
    sentence: str
    known_on: date | None = None


@dataclass(frozen=True)
class Subject:
    """What a visit form is about: the household, its people, what is due, what is known."""

    household: Household
    people: Sequence[tuple[str, str]]  # public id and name
    due: Sequence[Promise] = ()
    facts: Sequence[KnownFact] = ()
    ask: KnownFact | None = None  # the oldest fact, when "no change" would come the third time in succession
    entered_for: bool = False  # typed from a slip for a helper: no restricted part, no facts


class AnswerForm(ChipForm):
    """Section 0: one due promise, and the household's word on it."""

    word = Chips(
        choices=[
            (Promise.State.KEPT.value, _("kept")),
            (Promise.State.PARTLY.value, _("partly kept")),
            (Promise.State.NOT_KEPT.value, _("not kept")),
            (NOT_ASKED, _("not asked today")),
        ]
    )
    done_what = Line(label=_("what was done"), max_length=400)
    household_word = Line(label=_("what the household says"), max_length=400)

    def __init__(self, *args: Any, promise_id: uuid.UUID, promise: Promise | None, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"answer-{promise_id}", initial={"word": NOT_ASKED}, **kwargs)
        self.promise_id, self.promise = promise_id, promise

    def clean(self) -> None:
        answered = (self.cleaned_data.get("word") or NOT_ASKED) not in (NOT_ASKED, Promise.State.NOT_KEPT)
        is_open = self.promise is not None and self.promise.state == Promise.State.OPEN
        if answered and is_open and not self.cleaned_data.get("done_what") and "done_what" not in self.errors:
            self.add_error("done_what", ValidationError(_("Write in one line what was done.")))

    def answer(self) -> PromiseAnswer:
        data = self.cleaned_data
        return PromiseAnswer(
            self.promise_id, data["word"] or NOT_ASKED, data["household_word"], data["done_what"]
        )


class FactForm(ChipForm):
    """One known fact: tapped when it changed, with a few words; the oldest one may be asked outright."""

    changed = forms.BooleanField(required=False)
    words = Line(label=_("how it is now"), max_length=200)
    still = Chips(choices=[("yes", _("still so")), ("no", _("changed")), ("unknown", _("could not be told"))])

    def __init__(self, *args: Any, key: str, fact: KnownFact | None, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"fact-{key}", **kwargs)
        self.key, self.fact = key, fact

    def clean(self) -> None:
        data = self.cleaned_data
        data["changed"] = data.get("changed") or data.get("still") == "no"
        if data["changed"] and not data.get("words") and "words" not in self.errors:
            self.add_error("words", ValidationError(_("Write in a few words what has changed.")))

    def answer(self) -> Fact | None:
        """What was said of this fact; None when it was not spoken of."""
        data = self.cleaned_data
        sentence = self.fact.sentence if self.fact else ""
        if data["changed"]:
            return Fact(self.key, sentence, False, data["words"])
        if data.get("still"):
            return Fact(self.key, sentence, True if data["still"] == "yes" else None)
        return None


class ProblemForm(ChipForm):
    """Section 5: kind, words, and what becomes of it. Nothing chosen, nothing said: no problem."""

    kind = Chips(codes="problem_kind", label=_("kind"))
    words = Words(label=_("in the household's words"), max_length=1000, rows=2)
    triage = Chips(
        choices=[
            (Problem.State.MINE.value, _("I will do it")),
            (Problem.State.REFERRED.value, _("refer")),
            (Problem.State.EXPLAINED.value, _("explained")),
            (Problem.State.NOT_NOW.value, _("not now")),
        ],
        label=_("What becomes of it"),
    )
    office = Chips(codes="office", label=_("to which office"))
    reason = Line(label=_("reason, as told to the household"), max_length=400)
    reason_kind = Chips(codes="not_now_reason", label=_("reason"))
    look_again_on = DayChips(label=_("look again on"))
    look_again_on_day = DayField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["look_again_on"].choices = later_days(self.day)  # type: ignore[attr-defined]

    @property
    def is_told(self) -> bool:
        """Was anything of a problem chosen or written?"""
        return any(self.cleaned_data.get(name) for name in ("kind", "words", "triage"))

    def clean(self) -> None:
        if not self.is_told:
            return
        data = self.cleaned_data
        if not data.get("kind") and "kind" not in self.errors:
            self.add_error("kind", ValidationError(_("Choose what kind of problem it is.")))
        if not data.get("triage") and "triage" not in self.errors:
            self.add_error("triage", ValidationError(_("Choose what becomes of the problem.")))
        if data.get("triage") == Problem.State.REFERRED:
            data["office"] = data.get("office") or checks.OFFICE_FOR_KIND.get(data.get("kind") or "", "")
        if data.get("triage") in (Problem.State.EXPLAINED, Problem.State.NOT_NOW) and not self._reason():
            self.add_error("reason", ValidationError(_("Give the reason as you told it to the household.")))
        if data.get("triage") == Problem.State.NOT_NOW:
            self.wants_day("look_again_on")
            if not self.chosen_day("look_again_on") and not data.get("look_again_on"):
                later = ValidationError(_("Choose a later day on which to look again."))
                self.add_error("look_again_on", later)

    def _reason(self) -> str:
        """The chosen reason and the words beside it, in one sentence."""
        chosen = dict(self.fields["reason_kind"].choices).get(self.cleaned_data.get("reason_kind") or "", "")  # type: ignore[attr-defined]
        words = self.cleaned_data.get("reason") or ""
        takes_kind = self.cleaned_data.get("triage") == Problem.State.NOT_NOW
        return "：".join(part for part in ((chosen if takes_kind else ""), words) if part)

    def problem(self, said: str) -> ProblemInput:
        """The problem; without words of its own it has those of the conversation."""
        data = self.cleaned_data
        return ProblemInput(
            kind=data["kind"],
            words=data["words"] or said[:1000] or str(dict(self.fields["kind"].choices)[data["kind"]]),  # type: ignore[attr-defined]
            triage=data["triage"],
            office=data["office"] if data["triage"] == Problem.State.REFERRED else "",
            reason=self._reason(),
            look_again_on=self.chosen_day("look_again_on"),
        )


class PromiseForm(ChipForm):
    """Section 6: what, and by when."""

    what = Line(label=_("What is promised"), max_length=400)
    due_on = DayChips(label=_("by when"))
    due_on_day = DayField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].choices = due_days(self.day)  # type: ignore[attr-defined]

    def clean(self) -> None:
        if not self.cleaned_data.get("what"):
            return
        self.wants_day("due_on")
        if not self.cleaned_data.get("due_on") and not self.chosen_day("due_on"):
            self.add_error("due_on", ValidationError(_("Choose by when.")))

    def promise(self, for_problem: bool) -> PromiseInput | None:
        what, due_on = self.cleaned_data["what"], self.chosen_day("due_on")
        return PromiseInput(what, due_on, for_problem) if what and due_on else None


class HelpForm(ChipForm):
    """Section 7: kind, quantity or yuan, and who paid."""

    kind = Chips(codes="help_kind", label=_("kind"))
    what = Line(label=_("what"), max_length=200)
    quantity = Line(label=_("quantity"), max_length=40)
    amount = forms.DecimalField(
        label=_("yuan"), required=False, min_value=Decimal(0), max_digits=10, decimal_places=2, localize=False
    )
    source = Chips(codes="help_source", label=_("paid by"))

    def clean(self) -> None:
        data = self.cleaned_data
        rest = any(data.get(name) for name in ("what", "quantity", "amount", "source"))
        if rest and not data.get("kind") and "kind" not in self.errors:
            self.add_error("kind", ValidationError(_("Choose what kind of help it was.")))

    def help(self) -> HelpInput | None:
        data = self.cleaned_data
        if not data["kind"]:
            return None
        return HelpInput(data["kind"], data["what"], data["quantity"], data["amount"], data["source"])


class VisitForm(ChipForm):
    """The whole log. ``visit()`` is what the action takes; ``refuse`` puts a rule's answer beside its field.

    ``day`` is the business day of the form; due promises and facts named in the sent data stay in the form
    even when they are no longer due, so that a visit sent twice reads the same twice.
    """

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    device_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    visited_on = DayChips(label=_("visit date"), required=True)
    visited_on_day = DayField()
    method = Chips(choices=Visit.Method.choices, label=_("how"), required=True)
    met = ManyChips(label=_("with whom"))
    met_others = Line(max_length=60, label=_("who else"))
    said = Words(label=_("what was said"), max_length=checks.SAID_MOST)
    no_change = forms.BooleanField(label=_("no change"), required=False)
    tasks = ManyChips(codes="visit_task", label=_("what was done"))
    restricted = Words(label=_("restricted"), max_length=checks.SAID_MOST, rows=2)

    def __init__(self, data: Any = None, *, subject: Subject, day: date, **kwargs: Any) -> None:
        initial = {
            "client_id": uuid.uuid4(),
            "visited_on": day.isoformat(),
            "method": Visit.Method.HOME.value,
        } | kwargs.pop("initial", {})
        super().__init__(data, day=day, initial=initial, **kwargs)
        self.subject = subject
        self.fields["visited_on"].choices = past_days(day)  # type: ignore[attr-defined]
        self.fields["met"].choices = subject.people  # type: ignore[attr-defined]
        if subject.entered_for:
            del self.fields["restricted"]
        many = range(BLOCKS)
        self.answers = [
            AnswerForm(data, day=day, promise_id=key, promise=promise) for key, promise in self._due().items()
        ]
        self.facts = [FactForm(data, day=day, key=key, fact=fact) for key, fact in self._facts().items()]
        ask = subject.ask
        self.asked = FactForm(data, day=day, key=ask.key, fact=ask) if ask else None
        self.problems = [ProblemForm(data, day=day, prefix=f"problem{i}") for i in many]
        self.promises = [PromiseForm(data, day=day, prefix=f"promise{i}") for i in many]
        self.help = [HelpForm(data, day=day, prefix=f"help{i}") for i in many]

    def _due(self) -> dict[uuid.UUID, Promise | None]:
        """Promises to ask about: those that are due, and those that the sent data answers."""
        due: dict[uuid.UUID, Promise | None] = {p.public_id: p for p in self.subject.due}
        return due | {key: None for key in sent_promises(self.data) if key not in due}

    def _facts(self) -> dict[str, KnownFact | None]:
        asked = self.subject.ask.key if self.subject.ask else ""
        facts: dict[str, KnownFact | None] = {f.key: f for f in self.subject.facts if f.key != asked}
        sent = [name[5:-6] for name in self.data if name.startswith("fact-") and name.endswith("-words")]
        return facts | {key: None for key in sent[:10] if key not in facts and key != asked and len(key) < 60}

    def parts(self) -> Iterator[ChipForm]:
        """The small forms within this one."""
        yield from self.answers
        yield from self.facts
        if self.asked:
            yield self.asked
        yield from self.problems
        yield from self.promises
        yield from self.help

    def is_valid(self) -> bool:
        whole = super().is_valid()  # first: it may put an error into a part
        wrong = [part for part in self.parts() if not part.is_valid()]  # each says its own
        return whole and not wrong

    @property
    def is_wrong(self) -> bool:
        """Does anything in the form want another look?"""
        return self.is_bound and (bool(self.errors) or any(part.errors for part in self.parts()))

    def clean(self) -> None:
        data = self.cleaned_data
        self.wants_day("visited_on")
        day = self.chosen_day("visited_on")
        met_anybody = data.get("method") != Visit.Method.NOT_MET
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
        if self.asked and data.get("no_change") and not any(self._facts_told()):
            self.asked.add_error("still", ValidationError(_("Please ask this one question today.")))

    def _has_more(self) -> bool:
        """Does anything but the conversation stand in the form?"""
        if self.cleaned_data.get("tasks"):
            return True
        parts = [part for part in self.parts() if not isinstance(part, AnswerForm) and part.is_valid()]
        told = [p.is_told for p in parts if isinstance(p, ProblemForm)]
        rest = [bool(p.cleaned_data.get("what")) for p in parts if isinstance(p, PromiseForm)]
        helped = [bool(p.cleaned_data.get("kind")) for p in parts if isinstance(p, HelpForm)]
        return any(told + rest + helped + [fact.still is False for fact in self._facts_told()])

    def _facts_told(self) -> list[Fact]:
        forms = [*self.facts, *([self.asked] if self.asked else [])]
        return [fact for form in forms if form.is_valid() and (fact := form.answer())]

    def visit(self) -> VisitInput:
        """What the action takes."""
        data = self.cleaned_data
        problems = [form.problem(data["said"]) for form in self.problems if form.is_told]
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
            promises=[p for i, form in enumerate(self.promises) if (p := form.promise(takes_on and i == 0))],
            help=[given for form in self.help if (given := form.help())],
            tasks=data["tasks"],
            facts=self._facts_told(),
            restricted=data.get("restricted", ""),
            device_at=_moment(data["device_at"]),
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
    return moment if moment.tzinfo and 1990 < moment.year < 2200 else None
