"""Forms by which people get in: allauth's, with our words."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateCodeForm
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from pairing.actions.second_factors import secrets_of
from pairing.crypto import Unreadable
from pairing.models import User
from pairing.models.people import sign_in_name

PASSWORD_HINT = _(
    "At least 12 characters. A sentence of your own is good; names of places, units and people are not."
)
_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


def _password(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=1000, widget=widget, **more)


class SignInForm(LoginForm):
    """User name or phone, and password. Whatever is wrong, the answer is the same."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("User name or phone"),
            max_length=200,
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
        )
        self.fields["password"] = _password(_("Password"), "current-password")
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        """The account's user name, so that no phone number gets into the session."""
        return {
            "username": sign_in_name(self.cleaned_data["login"]),
            "password": self.cleaned_data["password"],
        }


class ConfirmForm(ReauthenticateForm):
    """The password once more, before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = _password(_("Password"), "current-password")


class _OfOnePerson:
    """Opens this person's secrets only; one that was put there from elsewhere is as good as a wrong code."""

    def clean_code(self) -> str:
        form: Any = super()
        try:
            with secrets_of(self.user):  # type: ignore[attr-defined]
                return str(form.clean_code())
        except Unreadable:
            logging.getLogger("pairing").exception("A second factor does not open for its person.")
            raise get_adapter().validation_error("incorrect_code") from None


class CodeForm(_OfOnePerson, AuthenticateForm):
    """The code of a second factor, or a recovery code, at sign-in."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six digits from the code app, or one of your recovery codes."),
        widget=forms.TextInput(attrs=_CODE),
    )


class ConfirmCodeForm(_OfOnePerson, ReauthenticateCodeForm):
    """The code once more, before something delicate."""

    code = forms.CharField(label=_("Code"), max_length=20, widget=forms.TextInput(attrs=_CODE))


class NewPasswordForm(forms.Form):
    """A new password, typed twice; the rules are those of settings.AUTH_PASSWORD_VALIDATORS."""

    password1 = _password(_("New password"), "new-password")
    password2 = _password(_("New password again"), "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT

    def clean_password1(self) -> str:
        password = str(self.cleaned_data["password1"])
        password_validation.validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        return data


class PasswordForm(ChangePasswordForm):
    """Change one's own password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = _password(_("Present password"), "current-password")
        for name, label in (("password1", _("New password")), ("password2", _("New password again"))):
            self.fields[name] = _password(label, "new-password")
        self.fields["password1"].help_text = PASSWORD_HINT

    def clean_oldpassword(self) -> str:
        """Counted and recorded as at sign-in: an open session is no place to try passwords."""
        password = str(self.cleaned_data["oldpassword"])
        if not get_account_adapter().reauthenticate(self.user, password):
            raise get_account_adapter().validation_error("enter_current_password")
        return password

    def clean_password1(self) -> str:
        password = str(self.cleaned_data["password1"])
        password_validation.validate_password(password, self.user)
        if password == self.cleaned_data.get("oldpassword"):
            raise forms.ValidationError(_("The new password must differ from the present one."))
        return password


class EnrolForm(forms.Form):
    """The first code from a newly set up code app."""

    code = forms.CharField(label=_("Code"), max_length=20, widget=forms.TextInput(attrs=_CODE))


class InvitationCodeForm(forms.Form):
    """The code on an invitation sheet, for those who cannot scan it."""

    code = forms.CharField(
        label=_("Code on the sheet"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
