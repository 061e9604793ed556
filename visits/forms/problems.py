"""The steps of a problem as forms: one small form for each state to which it may go."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from pairing import clock, codelists
from visits.actions import problems, referrals
from visits.forms.fields import DayField, Line, Words
from visits.models import Problem

State = Problem.State


class StepForm(forms.Form):
    """What every step sends: the version that was seen. Its other fields are what ``action`` asks for."""

    action: ClassVar[Callable[..., Problem]]

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def take(self, problem: Problem, by: Any) -> Problem:
        """Do the step. Raises ``Refused`` and ``Conflict`` as its action does."""
        return type(self).action(problem=problem, by=by, **self.cleaned_data)


class AnswerForm(StepForm):
    """The office's answer."""

    action = staticmethod(referrals.answer)

    outcome = Words(
        label=_("Answer"),
        required=True,
        max_length=1000,
        rows=4,
        help_text=_("In words that can be read out to the household: what is done, by when, or why not."),
        error_messages={"required": _("Write the answer in words that can be read out to the household.")},
    )


class ReferForm(StepForm):
    """To which office it goes."""

    action = staticmethod(referrals.refer)

    office = forms.ChoiceField(
        label=_("Office"), error_messages={"required": _("Choose the office that it goes to.")}
    )
    note = Line(label=_("Note for the office"), max_length=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = codelists.choices("office", clock.today())
        self.fields["office"].choices = [("", _("Choose an office")), *offices]  # type: ignore[attr-defined]


class MineForm(StepForm):
    """Back to the helper."""

    action = staticmethod(problems.take_back)

    note = Line(label=_("Note"), max_length=400)


class ReopenForm(StepForm):
    """Not settled after all."""

    action = staticmethod(problems.reopen)

    reason = Line(
        label=_("Why it is open again"),
        max_length=400,
        required=True,
        error_messages={"required": _("Write in a line why.")},
    )


class SolveForm(StepForm):
    """The helper solved it."""

    action = staticmethod(problems.solve)

    outcome = Words(
        label=_("What was done"),
        required=True,
        max_length=1000,
        rows=3,
        error_messages={"required": _("Write in a line what was done.")},
    )


class ExplainForm(StepForm):
    """It cannot be, and the household was told why."""

    action = staticmethod(problems.explain)

    reason = Line(
        label=_("The reason, as you told it"),
        max_length=400,
        required=True,
        error_messages={"required": _("Give the reason as you told it to the household.")},
    )


class NotNowForm(StepForm):
    """Not now, and when somebody looks again."""

    action = staticmethod(problems.put_off)

    reason = Line(
        label=_("The reason, as you told it"),
        max_length=400,
        required=True,
        error_messages={"required": _("Give the reason as you told it to the household.")},
    )
    look_again_on = DayField(
        label=_("Look again on"), required=True, error_messages={"required": _("Choose a day.")}
    )


class TellForm(StepForm):
    """The household knows; this is what it says."""

    action = staticmethod(problems.tell)

    told_on = DayField(label=_("Told on"), required=True, error_messages={"required": _("Choose a day.")})
    household_view = Words(
        label=_("What the household says"),
        required=True,
        max_length=400,
        rows=3,
        error_messages={"required": _("Write what the household says to it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["told_on"].initial = clock.today()


class CloseForm(StepForm):
    """Nothing is left to do."""

    action = staticmethod(problems.close)


FORMS: dict[str, type[StepForm]] = {
    State.ANSWERED: AnswerForm,
    State.REFERRED: ReferForm,
    State.MINE: MineForm,
    State.SOLVED: SolveForm,
    State.EXPLAINED: ExplainForm,
    State.NOT_NOW: NotNowForm,
    State.TOLD: TellForm,
    State.CLOSED: CloseForm,
}


def form_for(problem: Problem, to: str) -> type[StepForm]:
    """The form of the step from where the problem stands to ``to``. Raises ``KeyError`` for no state."""
    if to == State.MINE and problem.state in (State.TOLD, State.CLOSED):
        return ReopenForm
    return FORMS[State(to)]
