"""Help in the visit log (section 7)."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from visits.actions.help import HelpInput
from visits.forms.fields import ChipForm, Chips, Line


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
