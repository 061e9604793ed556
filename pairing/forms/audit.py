"""What an auditor asks the log. Each question has a reason, and is itself logged."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AuditForm(forms.Form):
    """Reason and time; the pages add their own filters."""

    reason = forms.CharField(
        label=_("Reason for looking"), max_length=200, help_text=_("Why you look; it is kept in the log.")
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    field_order = ("subject", "account", "role", "result", "since", "until", "reason")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("The end lies before the start."))
        return data


class ObjectForm(AuditForm):
    """Who opened this file."""

    subject = forms.CharField(label=_("File number, or address of the page"), max_length=200)


class AccountForm(AuditForm):
    """What this account did."""

    account = forms.CharField(label=_("User name or name"), max_length=60)
    result = forms.ChoiceField(
        label=_("Result"),
        required=False,
        choices=[("", _("all")), ("ok", pgettext_lazy("audit", "done")), ("refused", _("refused"))],
    )


class ExportsForm(AuditForm):
    """Exports, prints and full numbers shown."""

    account = forms.CharField(label=_("User name or name"), max_length=60, required=False)


class RightsForm(AuditForm):
    """Changes of rights."""

    account = forms.CharField(label=_("User name or name"), max_length=60, required=False)


class SignInsForm(AccountForm):
    """Sign-ins of one account or of all."""

    account = forms.CharField(label=_("User name or name"), max_length=60, required=False)
