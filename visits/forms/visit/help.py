"""Help in the visit log (section 7)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from visits.actions.help import HelpInput
from visits.forms.fields import ChipForm, Chips, Line

#: What a helper brings or does with his own hands, first among the chips; programmes of the state follow.
AT_HAND = ("condolence", "errand", "labour")


class HelpForm(ChipForm):
    """Section 7: kind, quantity or yuan, and who paid."""

    kind = Chips(codes="help_kind", label=_("kind"))
    what = Line(label=_("what"), max_length=200)
    quantity = Line(label=_("quantity"), max_length=40)
    amount = forms.DecimalField(
        label=_("yuan"), required=False, min_value=Decimal(0), max_digits=10, decimal_places=2, localize=False
    )
    source = Chips(codes="help_source", label=_("paid by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = sorted(kind.choices, key=lambda choice: choice[0] not in AT_HAND)

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
