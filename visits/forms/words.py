"""Small forms in words: a correction, a reason, answers, what was done, another day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.models import Household
from pairing.numbers import fold_digits
from pairing.wording import said_of
from visits import checks
from visits.forms.fields import (
    OTHER,
    ChipForm,
    Chips,
    DayChips,
    DayField,
    Line,
    ManyChips,
    Words,
    due_days,
    past_days,
)
from visits.models import Promise, VisitQuestion


class CorrectionForm(ChipForm):
    """What should be read instead or besides."""

    text = Words(
        label=_("correction"),
        max_length=checks.SAID_MOST,
        required=True,
        rows=4,
        error_messages={"required": _("Write what is right.")},
    )
    reason = Line(label=_("reason"), max_length=200)
    take_back = ManyChips(label=_("take out of the file again"))

    def __init__(self, *args: Any, effects: Iterable[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chips = [(str(line["effect"].public_id), line["words"]) for line in effects]
        self.fields["take_back"].choices = chips  # type: ignore[attr-defined]


class ReasonForm(ChipForm):
    """Why."""

    reason = Line(
        label=_("reason"),
        max_length=200,
        required=True,
        error_messages={"required": _("Write in a line why.")},
    )


class QuestionAnswerForm(ChipForm):
    """One field for each question of the township; at least one is answered."""

    def __init__(self, *args: Any, questions: Sequence[VisitQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = {f"answer-{question.public_id}": question for question in questions}
        for name in self.questions:
            self.fields[name] = Words(label=_("my answer"), max_length=2000, rows=3)

    def clean(self) -> None:
        if not self.errors and not any(self.cleaned_data.values()):
            self.add_error(next(iter(self.questions)), ValidationError(_("Write what there is to add.")))

    def answers(self) -> Iterator[tuple[VisitQuestion, str]]:
        """The questions that were answered, each with the words."""
        for name, question in self.questions.items():
            if words := self.cleaned_data[name]:
                yield question, words

    def pairs(self) -> Iterator[tuple[VisitQuestion, Any]]:
        """Each question with its field, for the page."""
        for name, question in self.questions.items():
            yield question, self[name]


class DoneForm(ChipForm):
    """写办理情况: what was done, and when."""

    done_what = Line(
        label=_("what was done"),
        max_length=400,
        required=True,
        error_messages={"required": _("Write in one line what was done.")},
    )
    done_on = DayChips(label=_("when"), required=True)
    done_on_day = DayField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].choices = past_days(self.day)  # type: ignore[attr-defined]
        self.initial.setdefault("done_on", self.day.isoformat())

    def clean(self) -> None:
        self.wants_day("done_on")


class MoveForm(ChipForm):
    """改期: another day, and why."""

    due_on = DayChips(label=_("new day"), required=True, error_messages={"required": _("Choose a day.")})
    due_on_day = DayField()
    reason_kind = Chips(codes="date_change_reason", label=_("reason"))
    reason = Line(label=_("in a few words"), max_length=150)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].choices = due_days(self.day)  # type: ignore[attr-defined]

    def clean(self) -> None:
        self.wants_day("due_on")
        if not self.reason_words() and "reason" not in self.errors:
            self.add_error("reason_kind", ValidationError(_("Say why the day moves.")))

    def reason_words(self) -> str:
        """The chosen reason and the words beside it."""
        kinds = dict(self.fields["reason_kind"].choices)  # type: ignore[attr-defined]
        chosen = self.cleaned_data.get("reason_kind") or ""
        words = self.cleaned_data.get("reason") or ""
        label = kinds.get(chosen, "") if chosen != OTHER or not words else ""
        return said_of(label, words)


class WordForm(ChipForm):
    """The household's own word on a promise."""

    word = Chips(
        choices=[
            (Promise.State.KEPT.value, _("kept")),
            (Promise.State.PARTLY.value, _("partly kept")),
            (Promise.State.NOT_KEPT.value, _("not kept")),
        ],
        label=_("the household says"),
        required=True,
        error_messages={"required": _("Choose what the household says.")},
    )
    household_word = Line(label=_("in the household's words"), max_length=400)


class SlipNumberForm(ChipForm):
    """The number printed on a slip."""

    number = Line(
        label=_("slip number"),
        max_length=20,
        required=True,
        error_messages={"required": _("Enter the slip number.")},
    )

    def clean_number(self) -> str:
        number = fold_digits(self.cleaned_data["number"]).replace("-", "")
        if not checks.is_slip_number(number):
            raise ValidationError(
                _("This is no slip number. Compare it with the corner of the slip: eight digits.")
            )
        return number


class SlipChoiceForm(ChipForm):
    """For which of my households slips are printed. ``print_id`` tells a second tap from a second printing."""

    print_id = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)
    households = ManyChips(
        label=_("Households"), required=True, error_messages={"required": _("Choose at least one household.")}
    )

    def __init__(self, *args: Any, households: Iterable[Household], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chips = [(str(h.public_id), f"{h.head_name} {h.group_name}".strip()) for h in households]
        self.fields["households"].choices = chips  # type: ignore[attr-defined]
