"""Promises in the visit log: the household's word on those that are due (section 0), new ones (section 6)."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from visits.actions.visits import NOT_ASKED, PromiseAnswer, PromiseInput
from visits.forms.fields import ChipForm, Chips, DayChips, DayField, Line, due_days
from visits.models import Promise


class PromiseAnswerForm(ChipForm):
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

    @property
    def is_first(self) -> bool:
        """Is this the block that belongs to a problem that stays with the helper?"""
        return self.prefix == "promise0"

    def promise(self, for_problem: bool) -> PromiseInput | None:
        what, due_on = self.cleaned_data["what"], self.chosen_day("due_on")
        return PromiseInput(what, due_on, for_problem) if what and due_on else None
