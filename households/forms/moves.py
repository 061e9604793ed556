"""Forms that move a file: to another village, or many of them on the pairing list."""

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from households import checks
from households.forms.fields import CodeField, DayField, TextField, add_problems
from households.forms.households import ReasonForm, villages_of
from households.models import Household
from pairing import clock
from pairing.errors import Text
from pairing.forms.places import AreaField
from pairing.models import Area
from pairing.roles import P

MOST_LISTED = 5000  # files that are put on the pairing list, or taken off it, in one go


class MoveForm(forms.Form):
    """Where a file moves to, from when on and why."""

    village = AreaField(label=_("New village"))
    group_name = TextField(label=_("Group there"), required=False, max_length=40)
    address = TextField(label=_("Address there"), required=False, max_length=120)
    on = DayField(label=_("Moved on"))
    reason = CodeField("change_reason", label=_("Reason"))
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, household: Household, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": clock.today()}, **kwargs})
        places = [a for a in villages_of(by, P.HOUSEHOLD_EDIT) if a.pk != household.village_code]
        cast(AreaField, self.fields["village"]).offer(places, only=Area.Level.VILLAGE)

    def clean_group_name(self) -> str:
        text = str(self.cleaned_data["group_name"])
        add_problems(self, checks.check_group_name(text))
        return text

    @property
    def sight(self) -> str:
        """Village and day of a valid form: what the reader has been told the effect of."""
        return f"{self.cleaned_data['village'].pk} {self.cleaned_data['on'].isoformat()}"

    @property
    def is_confirmed(self) -> bool:
        """Was the effect of just this move shown before it was sent?"""
        return bool(self.cleaned_data["seen"] == self.sight)


class UnlistForm(ReasonForm):
    """Take a file off the pairing list, with its pairings or without."""

    with_pairings = forms.BooleanField(label=_("End the pairing too, today"), required=False)

    def __init__(self, *args: Any, paired: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not paired:
            del self.fields["with_pairings"]


class ManyForm(ReasonForm):
    """Something for many files at once: for as many as the reader was told."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    NONE: ClassVar[Text] = ""  # why there is nothing to do

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        self.number = number
        super().__init__(*args, **kwargs)
        self.initial["seen"] = number

    def clean(self) -> dict[str, Any]:
        """Just as many files as the reader was told, and no more than one statement should lock."""
        data = dict(super().clean() or {})
        told, self.data = data.pop("seen", None), {**self.data.dict(), "seen": self.number}  # type: ignore[attr-defined]
        if not self.number:
            raise forms.ValidationError(str(self.NONE))
        if self.number > MOST_LISTED:
            raise forms.ValidationError(
                _("That is more than %(most)d files in one go. Choose a township or a village."),
                params={"most": MOST_LISTED},
            )
        if told != self.number:
            raise forms.ValidationError(_("The number has changed meanwhile. Please look again."))
        return data


class ListingForm(ManyForm):
    """Put many files on the pairing list."""

    on = DayField(label=_("From"))

    NONE = _("No file is left that is not on the list yet.")

    field_order = ("on", "reason", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": clock.today()}, **kwargs})


class UnlistManyForm(ManyForm):
    """Take many files off the pairing list, with their pairings or without."""

    with_pairings = forms.BooleanField(label=_("End their pairings too, today"), required=False)

    NONE = _("None of these files is on the list.")
