"""The steps of a problem as forms: one small form for each state to which it may go."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pairing import clock, codelists
from pairing.errors import Refused
from visits.actions import problems, referrals
from visits.forms.fields import DayField, Line, Words
from visits.models import Problem

State = Problem.State


class StepForm(forms.Form):
    """What every step sends: the version that was seen. ``take`` does the step."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def take(self, problem: Problem, by: Any) -> Problem:
        """Do the step. Raises ``Refused`` and ``Conflict`` as its action does."""
        raise NotImplementedError

    def refuse(self, refusal: Refused) -> None:
        """What the action refused, at its field or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    def _sent(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AnswerForm(StepForm):
    """The office's answer."""

    outcome = Words(
        label=_("Answer"),
        required=True,
        max_length=1000,
        rows=4,
        help_text=_("In words that can be read out to the household: what is done, by when, or why not."),
        error_messages={"required": _("Write the answer in words that can be read out to the household.")},
    )

    def take(self, problem: Problem, by: Any) -> Problem:
        return referrals.answer(problem=problem, by=by, **self._sent())


class ReferForm(StepForm):
    """To which office it goes."""

    office = forms.ChoiceField(
        label=_("Office"), error_messages={"required": _("Choose the office that it goes to.")}
    )
    note = Line(label=_("Note for the office"), max_length=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = codelists.choices("office", clock.today())
        self.fields["office"].choices = [("", _("Choose an office")), *offices]  # type: ignore[attr-defined]

    def take(self, problem: Problem, by: Any) -> Problem:
        return referrals.refer(problem=problem, by=by, **self._sent())


class MineForm(StepForm):
    """Back to the helper."""

    note = Line(label=_("Note"), max_length=400)

    def take(self, problem: Problem, by: Any) -> Problem:
        return problems.take_back(problem=problem, by=by, **self._sent())


class ReopenForm(StepForm):
    """Not settled after all."""

    reason = Line(
        label=_("Why it is open again"),
        max_length=400,
        required=True,
        error_messages={"required": _("Write in a line why.")},
    )

    def take(self, problem: Problem, by: Any) -> Problem:
        return problems.reopen(problem=problem, by=by, **self._sent())


class SolveForm(StepForm):
    """The helper solved it."""

    outcome = Words(
        label=_("What was done"),
        required=True,
        max_length=1000,
        rows=3,
        error_messages={"required": _("Write in a line what was done.")},
    )

    def take(self, problem: Problem, by: Any) -> Problem:
        return problems.solve(problem=problem, by=by, **self._sent())


class ExplainForm(StepForm):
    """It cannot be, and the household was told why."""

    reason = Line(
        label=_("The reason, as you told it"),
        max_length=400,
        required=True,
        error_messages={"required": _("Give the reason as you told it to the household.")},
    )

    def take(self, problem: Problem, by: Any) -> Problem:
        return problems.explain(problem=problem, by=by, **self._sent())


class NotNowForm(StepForm):
    """Not now, and when somebody looks again."""

    reason = Line(
        label=_("The reason, as you told it"),
        max_length=400,
        required=True,
        error_messages={"required": _("Give the reason as you told it to the household.")},
    )
    look_again_on = DayField(
        label=_("Look again on"), required=True, error_messages={"required": _("Choose a day.")}
    )

    def take(self, problem: Problem, by: Any) -> Problem:
        return problems.put_off(problem=problem, by=by, **self._sent())


class TellForm(StepForm):
    """The household knows; this is what it says."""

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

    def take(self, problem: Problem, by: Any) -> Problem:
        return problems.tell(problem=problem, by=by, **self._sent())


class CloseForm(StepForm):
    """Nothing is left to do."""

    def take(self, problem: Problem, by: Any) -> Problem:
        return problems.close(problem=problem, by=by, **self._sent())


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
