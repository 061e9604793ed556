"""Requests for changes: proposed, reviewed field by field, sent again."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from households import checks
from households.actions.change_values import head_value
from households.actions.changes import FieldChange
from households.forms.fields import (
    BankNumberField,
    CodeField,
    DayField,
    IdentityField,
    LinesField,
    NameField,
    TextField,
    YuanField,
    add_problems,
)
from households.forms.households import WhyForm
from households.forms.members import SEXES
from households.models import ChangeField, ChangeRequest, Membership
from households.models.members import HEAD
from households.rules import words
from households.rules.changes import UNDECIDED, UNEXPLAINED
from pairing import clock
from pairing.wording import colon, listed


class ChangeForm(WhyForm):
    """Ask for a change of who is the head, of a member's identity or of the bank, in one request."""

    head = forms.ChoiceField(label=_("New head"), required=False)
    former_becomes = CodeField(
        "relation",
        label=_("The former head becomes the new head's"),
        required=False,
        help_text=_("The relation of the others is asked for afterwards."),
    )
    person = forms.ChoiceField(label=_("Member"), required=False)
    name = NameField(label=_("Name"), required=False)
    id_number = IdentityField()
    certificate = CodeField("certificate", label=_("Certificate"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, required=False)
    birth_date = DayField(label=_("Birth date"), required=False)
    bank_name = TextField(label=_("Bank"), required=False, max_length=80)
    bank_account = BankNumberField(label=_("Account number"))

    PERSON = ("name", "id_number", "certificate", "sex", "birth_date")
    GROUPS = (
        (_("Head"), ("head", "former_becomes")),
        (_("Identity of a member"), ("person", *PERSON)),
        (_("Bank details"), ("bank_name", "bank_account")),
        (_("Why"), ("reason", "proof")),
    )

    def __init__(self, *args: Any, members: list[Membership], fewer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fewer = fewer
        self.people = {str(m.person.public_id): m.person for m in members}
        names = [(key, person.name) for key, person in self.people.items()]
        head = next((str(m.person.public_id) for m in members if m.relation == HEAD), "")
        blank = [("", "—")]
        self.fields["head"].choices = blank + [n for n in names if n[0] != head]  # type: ignore[attr-defined]
        self.fields["person"].choices = blank + names  # type: ignore[attr-defined]
        relation = cast(CodeField, self.fields["former_becomes"])
        relation.leave_out(HEAD)
        if fewer:  # a village clerk sees no numbers and asks for none
            for name in ("id_number", "bank_name", "bank_account"):
                del self.fields[name]

    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields in their groups, for the page."""
        return [
            (title, fields)
            for title, names in self.GROUPS
            if (fields := [self[n] for n in names if n in self.fields])
        ]

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        asked = [name for name in self.PERSON if data.get(name)]
        if asked and not data.get("person"):
            self.add_error("person", _("Please choose the member."))
        if data.get("head") and not data.get("former_becomes"):
            self.add_error("former_becomes", _("Please say what the former head becomes."))
        person = self.people.get(data.get("person") or "")
        if person is not None:
            typed = data.get("id_number") or ""
            on_file = "" if self.fewer else person.id_number.open()
            identity, _found = checks.read_identity(typed or on_file, clock.today())
            problems = checks.check_identity(
                identity,
                sex=data.get("sex") or "",
                birth=data.get("birth_date"),
                today=clock.today(),
                on_file=not typed,
            )
            add_problems(self, problems)
        if (
            not self.errors
            and not asked
            and not any(data.get(n) for n in ("head", "bank_name", "bank_account"))
        ):
            raise forms.ValidationError(_("Please say what should change."))
        return data

    def changes(self) -> list[FieldChange]:
        """What the action takes."""
        data, found = self.cleaned_data, []
        if data["head"]:
            new = self.people[data["head"]]
            found.append(FieldChange("household", "head", head_value(new, data["former_becomes"]), new))
        person = self.people.get(data["person"])
        for name in self.PERSON:
            if value := data.get(name):
                text = value.isoformat() if hasattr(value, "isoformat") else str(value)
                found.append(FieldChange("person", name, text, person))
        for name in ("bank_name", "bank_account"):
            if data.get(name):
                found.append(FieldChange("household", name, data[name]))
        return found


class ReviewForm(forms.Form):
    """A tick and a remark for each field of a request. Handing in asks for the whole list."""

    APPROVE, REFUSE = "approve", "refuse"
    CHOICES = ((APPROVE, _("Approve")), (REFUSE, _("Do not approve")))

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    remark = LinesField(
        label=_("Remark on the whole request"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, request: ChangeRequest, changes: list[ChangeField], **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"version": request.version}, **kwargs})
        self.changes = changes
        for change in changes:
            key = change.public_id
            self.fields[f"field_{key}"] = forms.ChoiceField(
                label=_("Decision"), choices=self.CHOICES, widget=forms.RadioSelect, required=False
            )
            self.fields[f"remark_{key}"] = TextField(label=_("Remark"), required=False, max_length=200)

    def rows(self) -> list[tuple[ChangeField, Any, Any]]:
        """Each change with its two fields."""
        return [(c, self[f"field_{c.public_id}"], self[f"remark_{c.public_id}"]) for c in self.changes]

    def decisions(self) -> dict[UUID, tuple[bool, str]]:
        """The ticks that were made, by public id."""
        data = self.cleaned_data
        return {
            c.public_id: (tick == self.APPROVE, data[f"remark_{c.public_id}"])
            for c in self.changes
            if (tick := data[f"field_{c.public_id}"])
        }

    def check_list(self) -> None:
        """Say at each field what handing in would refuse: all at once, where the rule stops at the first."""
        for c in self.changes:
            tick, remark = (self.cleaned_data[f"{name}_{c.public_id}"] for name in ("field", "remark"))
            if not tick:
                self.add_error(f"field_{c.public_id}", UNDECIDED)
            elif tick == self.REFUSE and not remark:
                self.add_error(f"remark_{c.public_id}", UNEXPLAINED)

    def remarks(self) -> dict[UUID, str]:
        """All remarks, by public id."""
        return {c.public_id: self.cleaned_data[f"remark_{c.public_id}"] for c in self.changes}


class ResubmitForm(WhyForm):
    """The proposer's second try: new values beside the remarks."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, request: ChangeRequest, changes: list[ChangeField], **kwargs: Any) -> None:
        initial = {"version": request.version, "reason": request.reason, "proof": request.proof}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.changes = changes
        kept = cast(CodeField, self.fields["reason"])
        kept.keep(request.reason)
        asked = {request.reason: words.reason_of(request.reason)}  # a register's is in no list
        kept.choices = [(code, asked.get(code, label)) for code, label in cast(Any, kept.choices)]
        for change in changes:
            self.fields[f"new_{change.public_id}"] = field_for(change)
        self.order_fields(["version", *(f"new_{c.public_id}" for c in changes), "reason", "proof"])

    def rows(self) -> list[tuple[ChangeField, Any]]:
        """Each change with its field."""
        return [(c, self[f"new_{c.public_id}"]) for c in self.changes]

    def values(self) -> Mapping[UUID, str]:
        """The new values as text; an empty number keeps what was proposed."""
        found = {}
        for change in self.changes:
            value = self.cleaned_data[f"new_{change.public_id}"]
            text = value.isoformat() if hasattr(value, "isoformat") else "" if value is None else str(value)
            if text or change.field not in {"id_number", "bank_account", "head"}:
                found[change.public_id] = text
        return found


def field_for(change: ChangeField) -> forms.Field:
    """The form field that takes a new value for one change; numbers are never put into the page."""
    lists = {
        "certificate": "certificate",
        "household_type": "household_type",
        "household_status": "household_status",
        "monitoring_kind": "monitoring_kind",
    }
    label = change_label(change)
    if change.field in {"id_number", "bank_account"}:
        number = IdentityField if change.field == "id_number" else BankNumberField
        return number(label=label, help_text=_("Leave empty to keep the number that you proposed."))
    new = change.new.open()
    if change.field == "head":
        return TextField(label=label, required=False, disabled=True)
    if change.field in lists:
        code = CodeField(lists[change.field], label=label, required=False, initial=new)
        code.keep(new)
        return code
    if change.field == "sex":
        return forms.ChoiceField(label=label, choices=SEXES, required=False, initial=new)
    if change.field == "birth_date":
        return DayField(label=label, required=False, initial=new)
    if change.field == "per_head_income":
        return YuanField(label=label, initial=new)
    if change.field == "exit_year":
        return forms.IntegerField(
            label=label, required=False, min_value=2000, max_value=2100, initial=new or None
        )
    if change.field == "name":
        return NameField(label=label, initial=new)
    return TextField(label=label, required=False, initial=new)


def change_label(change: ChangeField) -> str:
    """What one field of a request is called: the fact, and whose or of which year it is."""
    label = words.label(change.model, change.field)
    if change.person and change.field != "head":
        gone = change.person.village_code != change.village_code  # his name is the business of another file
        whose = _("Somebody who has left") if gone else change.person.name
        return f"{whose}{colon()}{label}"
    return f"{label} {change.year}" if change.year else label


def what_changes(request: ChangeRequest) -> str:
    """The facts that a request is about, by name. Fetch ``changes__person`` along with many requests."""
    return listed(change_label(field) for field in request.changes.all())
