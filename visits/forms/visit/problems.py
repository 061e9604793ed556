"""Problems in the visit log (section 5)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pairing.wording import said_of
from visits import checks
from visits.actions.problems import ProblemInput
from visits.forms.fields import ChipForm, Chips, DayChips, DayField, Line, Words, later_days
from visits.models import Problem


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
        if data.get("triage") == Problem.State.EXPLAINED and not self._reason():
            self.add_error("reason", ValidationError(_("Give the reason as you told it to the household.")))
        if data.get("triage") == Problem.State.NOT_NOW:
            if not self._reason():
                words = _("Choose the reason, or write it as you told it to the household.")
                self.add_error("reason_kind", ValidationError(words))
            self.wants_day("look_again_on")
            if not self.chosen_day("look_again_on") and not data.get("look_again_on"):
                later = ValidationError(_("Choose a later day on which to look again."))
                self.add_error("look_again_on", later)

    def _reason(self) -> str:
        """The chosen reason and the words beside it, in one sentence."""
        chosen = dict(self.fields["reason_kind"].choices).get(self.cleaned_data.get("reason_kind") or "", "")  # type: ignore[attr-defined]
        words = self.cleaned_data.get("reason") or ""
        takes_kind = self.cleaned_data.get("triage") == Problem.State.NOT_NOW
        return said_of(chosen if takes_kind else "", words)

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
