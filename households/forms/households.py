"""Forms of files: find, register, edit, close, list."""

import re
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households import checks
from households.actions.entries import MemberEntry, YearEntry
from households.forms.fields import (
    BankNumberField,
    CodeField,
    DayField,
    FileNumberField,
    PhoneField,
    TextField,
    add_problems,
)
from households.forms.members import IdentityFields
from households.models import Household
from households.models.members import HEAD
from pairing import clock, codelists, numbers
from pairing.access import prefixes
from pairing.forms.places import AreaField
from pairing.models import Area
from pairing.models.areas import LENGTH
from pairing.roles import P

STATES = [
    ("", _("all open files")),
    ("unpaired", _("without a helper")),
    ("overdue", _("over 120 days")),
    ("promise", _("open promise")),
    ("question", _("open question")),
    ("away", _("whole family away")),
    ("closed", _("closed files")),
]
ORDERS = [
    ("name", _("by name")),
    ("number", _("by file number")),
    ("visit", _("longest unvisited")),
]


class HouseholdFilter(forms.Form):
    """What may stand in the address of the register: nothing personal but a name."""

    q = TextField(label=_("Name or file number"), required=False, max_length=40)
    village = forms.ChoiceField(label=_("Village"), required=False)
    type = CodeField("household_type", label=_("Type"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=ORDERS)

    def __init__(self, *args: Any, villages: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = [("", _("all")), *villages]  # type: ignore[attr-defined]
        kind = cast(CodeField, self.fields["type"])
        kind.choices = [("", _("all")), *codelists.labels("household_type").items()]

    def clean_q(self) -> str:
        """Whole numbers of people are searched by POST only: addresses land in logs."""
        text = str(self.cleaned_data["q"])
        if numbers.identity_key(text) or (len(text) == 11 and numbers.phone_key(text)):
            raise forms.ValidationError(
                _("Please search whole certificate and phone numbers in their own field.")
            )
        return text

    def chosen(self) -> dict[str, str]:
        """What was chosen; unknown values count as nothing chosen."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class FindForm(forms.Form):
    """A whole certificate or phone number. Sent by POST only: addresses land in logs."""

    number = TextField(
        label=_("Certificate or phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )


class WhyForm(forms.Form):
    """Every edit says why (变更原因)."""

    reason = CodeField("change_reason", label=_("Reason"))
    proof = TextField(
        label=_("Paper seen"),
        required=False,
        max_length=200,
        help_text=_("For example: household registration book, page of the head."),
    )


class HouseholdEditForm(WhyForm):
    """Facts of a file that have no year. The bank's wait for a second person."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    file_number = FileNumberField()
    group_name = TextField(label=_("Group"), required=False, max_length=40)
    address = TextField(label=_("Address"), required=False, max_length=120)
    best_time = TextField(label=_("Best time to come"), required=False, max_length=120)
    phone = PhoneField(label=_("Phone of the household"))
    bank_name = TextField(label=_("Bank"), required=False, max_length=80)
    bank_account = BankNumberField(label=_("Account number"))

    field_order = (
        "version",
        "file_number",
        "group_name",
        "address",
        "best_time",
        "phone",
        "bank_name",
        "bank_account",
        "reason",
        "proof",
    )
    #: Numbers are never put into the page: an empty field keeps what stands there, these boxes empty it.
    KEPT_WHEN_EMPTY = ("phone", "bank_account")

    remove_phone = forms.BooleanField(label=_("Remove the phone number"), required=False)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        self.household = household
        names = ("version", "file_number", "group_name", "address", "best_time", "bank_name")
        kwargs["initial"] = {name: getattr(household, name) for name in names}
        super().__init__(*args, **kwargs)
        self.order_fields([*self.field_order[:6], "remove_phone", *self.field_order[6:]])
        cast(FileNumberField, self.fields["file_number"]).known = household.file_number
        keep = _("Leave empty to keep the number that stands in the file.")
        for name in self.KEPT_WHEN_EMPTY:
            if getattr(household, name):
                self.fields[name].help_text = keep
        if not household.phone:
            del self.fields["remove_phone"]

    def clean_group_name(self) -> str:
        return _group(self)

    def values(self) -> dict[str, str]:
        """The facts to write: all but the kept numbers."""
        data = self.cleaned_data
        names = ("file_number", "group_name", "address", "best_time", "phone", "bank_name", "bank_account")
        values = {name: data[name] for name in names if data[name] or name not in self.KEPT_WHEN_EMPTY}
        if data.get("remove_phone") and "phone" not in values:
            values["phone"] = ""
        return values


class HouseholdCreateForm(IdentityFields):
    """A new file with its head; further members are added on the file's page."""

    village = AreaField(label=_("Village"))
    group_name = TextField(label=_("Group"), required=False, max_length=40)
    file_number = FileNumberField(
        required=False,
        help_text=_("Leave empty for the next free number of the village."),
    )
    address = TextField(label=_("Address"), required=False, max_length=120)
    phone = PhoneField(label=_("Phone of the household"))
    household_type = CodeField("household_type", label=_("Type this year"), required=False)
    main_cause = CodeField("poverty_cause", label=_("Main cause"), required=False)
    listed = forms.BooleanField(label=_("On the pairing list from today"), required=False)

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the head")
        village = cast(AreaField, self.fields["village"])
        village.offer(villages_of(by, P.HOUSEHOLD_EDIT), only=Area.Level.VILLAGE)
        own = ["village", "group_name", "file_number"]
        person = ["name", "certificate", "id_number", "sex", "birth_date", "ethnic_group"]
        self.order_fields([*own, *person, "address", "phone", "household_type", "main_cause", "listed"])

    def clean_group_name(self) -> str:
        return _group(self)

    def entry(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        head = MemberEntry(relation=HEAD, **self.person())
        facts = YearEntry(
            clock.today().year,
            data["household_type"],
            main_cause=data["main_cause"],
            fact_source="household",
            known_on=clock.today(),
        )
        return {
            "village_code": data["village"].pk,
            "members": [head],
            "years": [facts] if data["household_type"] or data["main_cause"] else [],
            "listed_on": clock.today() if data["listed"] else None,
            **{name: data[name] for name in ("file_number", "group_name", "address", "phone")},
        }


class CloseForm(forms.Form):
    """Close a file from a day on."""

    on = DayField(label=_("Closed on"))
    reason = CodeField("member_left_reason", label=_("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": clock.today()}, **kwargs})
        reason = cast(CodeField, self.fields["reason"])
        reason.leave_out("prison", "married_out", "adopted_out")


class ReasonForm(forms.Form):
    """A reason and nothing else."""

    reason = CodeField("change_reason", label=_("Reason"))


class AnswerForm(forms.Form):
    """What somebody found out about a question of the rules."""

    answer = TextField(label=_("What did you find out?"), max_length=400)


def villages_of(by: Any, permission: P) -> list[Area]:
    """The townships and villages in which ``by`` holds a permission by area, in order of their codes."""
    return list(_places(by, permission))


def places_of(by: Any, permission: P, chosen: str) -> list[Area]:
    """What a filter offers: in a township all its villages, in a larger area the townships first.

    Then the villages of the township that is ``chosen``, or in which the chosen village lies.
    """
    if within_township(by, permission):
        return villages_of(by, permission)
    inside = chosen[: LENGTH[Area.Level.TOWNSHIP]]
    near = Q(code__startswith=inside) if re.fullmatch("[0-9]{9}", inside) else Q()
    return list(_places(by, permission).filter(Q(level=Area.Level.TOWNSHIP) | near))


def within_township(by: Any, permission: P, chosen: str = "") -> bool:
    """Does a list show no more than townships: one is ``chosen``, or ``by`` has no larger area?"""
    areas = [chosen] if chosen else prefixes(by, permission)
    return all(len(code) >= LENGTH[Area.Level.TOWNSHIP] for code in areas)


def _places(by: Any, permission: P) -> Any:
    areas = Area.objects.active().within(*prefixes(by, permission))
    return areas.filter(level__in=[Area.Level.TOWNSHIP, Area.Level.VILLAGE]).order_by("code")


def _group(form: forms.Form) -> str:
    text = str(form.cleaned_data["group_name"])
    add_problems(form, checks.check_group_name(text))
    return text
