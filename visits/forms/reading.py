"""The township's form beside a visit: a question at any field, and the version that was seen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pairing.errors import Refused
from visits import rules
from visits.actions.reading import QUESTION_MOST, Question
from visits.forms.fields import Line


class ReadingForm(forms.Form):
    """One line for each field at which the township may ask."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in rules.ASKABLE:
            self.fields[f"ask_{name}"] = Line(label=_("Please add"), max_length=QUESTION_MOST)

    def questions(self) -> list[Question]:
        """The questions that were written."""
        asked = {name: self.cleaned_data.get(f"ask_{name}", "") for name in rules.ASKABLE}
        return [Question(name, text) for name, text in asked.items() if text]

    def at(self) -> dict[str, forms.BoundField]:
        """The bound field of each place, by its name."""
        return {name: self[f"ask_{name}"] for name in rules.ASKABLE}

    def refuse(self, refusal: Refused) -> None:
        """What the action refused, at its field or above the form."""
        name = f"ask_{refusal.field}"
        self.add_error(name if name in self.fields else None, str(refusal))
