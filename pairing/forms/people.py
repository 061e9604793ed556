"""Forms about people with accounts, their roles and their units."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pairing.forms.places import PlaceField, PlaceForm
from pairing.models import Unit, User
from pairing.numbers.contact import mask_phone, parse_phone
from pairing.numbers.malformed import Malformed
from pairing.numbers.text import clean_name
from pairing.roles import P, Role
from pairing.rules import givable

#: The states of ``User.account_state`` in words.
ACCOUNT_STATES = {
    "open": pgettext_lazy("account", "open"),
    "new": _("never signed in"),
    "shut": pgettext_lazy("account", "shut"),
}
DIGITS = {"inputmode": "tel", "autocomplete": "off"}


class MobileField(forms.CharField):
    """A mobile number, folded to its eleven digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(widget=forms.TextInput(attrs=DIGITS), **kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if not text:
            return ""
        try:
            phone = parse_phone(text)
        except Malformed as problem:
            raise forms.ValidationError(problem.sentence) from problem
        if phone.kind != "mobile":
            raise forms.ValidationError(_("Please give a mobile number: it can be used to sign in."))
        return phone.text


class NameField(forms.CharField):
    """A person's name: one kind of middle dot, no blanks between characters."""

    def to_python(self, value: Any) -> str:
        return clean_name(str(super().to_python(value)))


class UnitField(forms.ModelChoiceField):
    """One of the units that the reader may see."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Unit.objects.none(),
            to_field_name="public_id",
            label=_("Unit"),
            empty_label="—",
            **kwargs,
        )

    def label_from_instance(self, obj: Unit) -> str:
        return obj.name


class _Form(forms.Form):
    """A form that offers what ``by`` may choose."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        self.by = by
        super().__init__(*args, **kwargs)


class RoleForm(PlaceForm, _Form):
    """A role and the area it holds for, out of what the giver may give."""

    role = forms.ChoiceField(label=_("Role"))
    role_area = PlaceField(label=_("Area of the role"))
    PLACE = "role_area"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = givable(self.by)
        names = dict(Role.choices)
        roles = [role for role in Role if role in {triple[0] for triple in offered}]
        self.fields["role"].choices = [("", "—"), *((role.value, names[role]) for role in roles)]  # type: ignore[attr-defined]
        self.offer_places(
            {code for _role, _level, code in offered}, levels={level for _role, level, _code in offered}
        )


class PersonForm(_Form):
    """What is known of a person with an account."""

    name = NameField(label=_("Name"), max_length=60)
    unit = UnitField(required=False)
    duty = forms.CharField(
        label=_("Duty"), max_length=60, required=False, help_text=_("Such as deputy head, teacher.")
    )
    phone = MobileField(
        label=_("Mobile number"), required=False, help_text=_("The person can sign in with it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.visible_to(self.by, P.PEOPLE_MANAGE).filter(active=True)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class PersonCreateForm(PersonForm, RoleForm):
    """A new person with the first role. Somebody of the same name in the same unit is asked about first."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        required=False,
        help_text=_("Leave empty: it is made from the name's pinyin."),
        validators=[
            RegexValidator(
                r"\A[a-z][a-z0-9._-]{2,59}\Z",
                _("Small letters, digits, dots and hyphens; a letter comes first."),
            )
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    another = forms.BooleanField(label=_("It is another person of the same name"), required=False)

    field_order = ("name", "unit", "duty", "phone", "role", "role_area", "username", "another")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.same_name: list[User] = []
        if not self.is_bound:
            self.fields["another"].widget = forms.HiddenInput()

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        same = User.objects.visible_to(self.by, P.PEOPLE_MANAGE).filter(name=data.get("name", ""))
        self.same_name = list(same.select_related("unit")[:5])
        if self.same_name and not data.get("another"):
            self.add_error(
                "another",
                _("There is somebody of this name already. A new phone or unit makes no new person."),
            )
        elif not self.same_name:
            self.fields["another"].widget = forms.HiddenInput()
        return data


class PersonEditForm(PersonForm):
    """Correct a person. The phone stays as it is unless a new one is typed or it is to be removed."""

    phone_off = forms.BooleanField(label=_("Remove the mobile number"), required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        initial = {"name": person.name, "unit": person.unit and person.unit.public_id, "duty": person.duty}
        super().__init__(*args, initial=initial, **kwargs)
        if person.unit_id:
            # A unit that was closed or lies outside stays what it is.
            self.fields["unit"].queryset |= Unit.objects.filter(pk=person.unit_id)  # type: ignore[attr-defined]
        known = person.phone.open()
        if known:
            self.fields["phone"].help_text = _(
                "Known: %(number)s. Type a new one only if it has changed."
            ) % {"number": mask_phone(known)}
        else:
            del self.fields["phone_off"]

    def new_phone(self) -> str | None:
        """The number to store: a new one, empty to remove it, or None to leave it alone."""
        if self.cleaned_data.get("phone_off"):
            return ""
        return self.cleaned_data["phone"] or None


class ReasonForm(forms.Form):
    """Why something delicate is done; it is kept with it."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class PersonFilter(forms.Form):
    """Find people."""

    q = forms.CharField(label=_("Name, pinyin or user name"), max_length=60, required=False)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("all")), *Role.choices])
    state = forms.ChoiceField(
        label=_("Account"),
        required=False,
        choices=[("", _("all")), *ACCOUNT_STATES.items()],
    )
