"""Forms about units that send helpers, and the villages they are linked to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pairing import clock, codelists
from pairing.access import prefixes
from pairing.forms.people import DIGITS, UnitField
from pairing.forms.places import AreaField, PlaceField, PlaceForm
from pairing.models import Area, Unit, User
from pairing.models.areas import LENGTH
from pairing.numbers.contact import mask_phone, parse_phone
from pairing.numbers.malformed import Malformed
from pairing.roles import P

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class UnitForm(PlaceForm, forms.ModelForm):
    """A unit that sends helpers. The phone stays as it is unless a new one is typed or it is to be removed."""

    contact_phone = forms.CharField(
        label=_("Phone of the contact person"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=DIGITS),
    )
    phone_off = forms.BooleanField(label=_("Remove the phone number"), required=False)

    class Meta:
        model = Unit
        fields = ("name", "kind", "level", "contact")

    field_order = ("area", "name", "kind", "level", "contact", "contact_phone", "phone_off", "active")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, codes in (("kind", "unit_kind"), ("level", "unit_level")):
            kept = getattr(self.instance, name)
            choices = [("", "—"), *codelists.choices(codes, clock.today(), keep=[kept] if kept else [])]
            label = self.fields[name].label
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=choices)
        if known := self.instance.contact_phone.open():
            self.fields["contact_phone"].help_text = _(
                "Known: %(number)s. Type a new one only if it has changed."
            ) % {"number": mask_phone(known)}
        else:
            del self.fields["phone_off"]
        if self.instance.pk:
            self.fields["active"] = forms.BooleanField(
                label=_("Still sends helpers"), required=False, initial=self.instance.active
            )
        else:
            self.fields["area"] = PlaceField(
                label=_("Place"), help_text=_("The county or township whose unit it is.")
            )
            levels = {level for level in LENGTH if level != "village"}
            self.offer_places(prefixes(by, P.PEOPLE_MANAGE), levels=levels)
        self.order_fields(self.field_order)

    def clean_contact_phone(self) -> str:
        text = self.cleaned_data["contact_phone"]
        if not text:
            return ""
        try:
            return parse_phone(text).text
        except Malformed as problem:
            raise forms.ValidationError(problem.sentence) from problem

    def values(self) -> dict[str, Any]:
        """What the actions take; a phone that stays as it is is left out."""
        values = dict(self.cleaned_data)
        if values.pop("phone_off", False):
            values["contact_phone"] = ""
        elif self.instance.pk and not values["contact_phone"]:
            del values["contact_phone"]
        return values


class VillageLinkForm(forms.Form):
    """Link a unit to a village."""

    unit = UnitField(error_messages={"required": _("Choose a unit.")})
    village = AreaField(label=_("Village"), error_messages={"required": _("Choose a village.")})
    started_on = forms.DateField(label=_("From"), widget=DAY)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.visible_to(by, P.PAIRING_MANAGE).filter(active=True)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        places = Area.objects.active().within(*prefixes(by, P.PAIRING_MANAGE)).order_by("code")
        self.fields["village"].offer(  # type: ignore[attr-defined]
            places.filter(level__in=[Area.Level.TOWNSHIP, Area.Level.VILLAGE]), only=Area.Level.VILLAGE
        )
        self.fields["started_on"].initial = clock.today()


class VillageLinkEndForm(forms.Form):
    """End the link of a unit to a village."""

    ended_on = forms.DateField(
        label=_("Until"), widget=DAY, help_text=_("From this day on the unit is no longer linked.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ended_on"].initial = clock.today()


class TownshipFilter(forms.Form):
    """The township whose villages are shown."""

    township = forms.ChoiceField(label=_("Township"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Area.objects.active().townships().within(*prefixes(by, P.PAIRING_MANAGE)).order_by("code")
        self.fields["township"].choices = [("", _("all")), *((t.pk, t.label) for t in places)]  # type: ignore[attr-defined]
