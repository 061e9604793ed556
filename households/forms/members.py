"""Forms of members: who joins, who leaves, what is true of them this year, who is away."""

from datetime import date
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from households import checks
from households.actions.entries import MemberEntry, PersonYearEntry
from households.forms.fields import (
    CodeField,
    CodesField,
    DayField,
    IdentityField,
    NameField,
    PhoneField,
    TextField,
    TriField,
    add_problems,
)
from households.models import Household, Membership, Person, PersonYear
from households.models.members import HEAD
from pairing import clock

SEXES = [("", "—"), *Person.Sex.choices]


class IdentityFields(forms.Form):
    """Who somebody is. Birth date and sex follow from the number where they are left empty."""

    name = NameField()
    certificate = CodeField("certificate", label=_("Certificate"), required=False)
    id_number = IdentityField()
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, required=False)
    birth_date = DayField(
        label=_("Birth date"), required=False, help_text=_("Leave empty to take it from the number.")
    )
    ethnic_group = CodeField("ethnic_group", label=_("Ethnic group"), required=False)
    number_on_file = False  # is the number that is compared with not typed, but the stored one?

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        identity, _found = checks.read_identity(data.get("id_number") or "", clock.today())
        add_problems(
            self,
            checks.check_identity(
                identity,
                sex=data.get("sex") or "",
                birth=data.get("birth_date"),
                today=clock.today(),
                on_file=self.number_on_file,
            ),
        )
        if identity:
            data["sex"] = data.get("sex") or identity.sex
            data["birth_date"] = data.get("birth_date") or identity.birth
            data["certificate"] = data.get("certificate") or (
                "disability_card" if identity.disability_category else "identity_card"
            )
        return data

    def person(self) -> dict[str, Any]:
        """What a ``MemberEntry`` takes of it."""
        names = ("name", "certificate", "id_number", "sex", "birth_date", "ethnic_group")
        return {name: self.cleaned_data[name] for name in names}


class MemberForm(IdentityFields):
    """A person joins the family. Beside a head there is none to choose; after one the page says who decides."""

    HEAD_WAITS = _("A new head waits for a second person and stands as “other” in the file until then.")

    relation = CodeField("relation", label=_("Relation to head"))
    phone = PhoneField()
    joined_on = DayField(label=_("Joined on"))
    joined_reason = CodeField("member_joined_reason", label=_("Why joined"))

    field_order = (
        "name",
        "relation",
        "certificate",
        "id_number",
        "sex",
        "birth_date",
        "ethnic_group",
        "phone",
        "joined_on",
        "joined_reason",
    )

    def __init__(self, *args: Any, has_head: bool, head_waits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"joined_on": clock.today()}, **kwargs})
        relation = cast(CodeField, self.fields["relation"])
        if has_head:
            relation.leave_out(HEAD)
        elif head_waits:
            relation.help_text = self.HEAD_WAITS

    def entry(self) -> MemberEntry:
        """What the action takes."""
        names = ("relation", "phone", "joined_on", "joined_reason")
        return MemberEntry(**self.person(), **{name: self.cleaned_data[name] for name in names})


class MemberEditForm(IdentityFields):
    """A member's facts. Identity waits for a second person; the rest counts at once."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    relation = CodeField("relation", label=_("Relation to head"))
    phone = PhoneField(help_text=_("Leave empty to keep the number that stands in the file."))
    person_number = TextField(label=_("Person number"), required=False, max_length=20)
    reason = CodeField("change_reason", label=_("Reason"))
    proof = TextField(
        label=_("Paper seen"),
        required=False,
        max_length=200,
        help_text=_("For example: household registration book, page of the head."),
    )

    field_order = (
        "version",
        "relation",
        "phone",
        "ethnic_group",
        "person_number",
        "name",
        "certificate",
        "id_number",
        "sex",
        "birth_date",
        "reason",
        "proof",
    )
    KEPT_WHEN_EMPTY = ("phone", "id_number", "birth_date")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        self.membership, person = membership, membership.person
        names = ("name", "certificate", "sex", "ethnic_group", "person_number")
        kwargs["initial"] = {
            "version": membership.version,
            "relation": membership.relation,
            **{name: getattr(person, name) for name in names},
        }
        super().__init__(*args, **kwargs)
        relation = cast(CodeField, self.fields["relation"])
        if membership.relation == HEAD:
            relation.choices = [c for c in cast(Any, relation.choices) if c[0] == HEAD]
        else:
            relation.keep(membership.relation)
            relation.leave_out(HEAD)
        for name in ("certificate", "ethnic_group"):
            cast(CodeField, self.fields[name]).keep(getattr(person, name))
        self.fields["birth_date"].help_text = _("Leave empty to keep the date that stands in the file.")
        self.fields["id_number"].help_text = _("Leave empty to keep the number that stands in the file.")

    def clean(self) -> dict[str, Any]:
        """An empty number is the stored one, and a new birth date or sex is compared with it."""
        person = self.membership.person
        typed = self.cleaned_data.get("id_number")
        self.number_on_file = not typed
        self.cleaned_data["id_number"] = typed or person.id_number.open()
        data = super().clean()
        data["id_number"] = typed or ""
        if not typed and not self.cleaned_data.get("birth_date"):
            data["birth_date"] = None
        return data

    def values(self) -> dict[str, str]:
        """The person's facts as text; what was left empty and is kept is left out."""
        names = ("name", "certificate", "sex", "ethnic_group", "person_number", *self.KEPT_WHEN_EMPTY)
        values = {name: _text(self.cleaned_data.get(name)) for name in names}
        return {name: text for name, text in values.items() if text or name not in self.KEPT_WHEN_EMPTY}


class RelationsForm(forms.Form):
    """How each member is related to the head; empty fields come with what follows from the former head."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(
        self,
        *args: Any,
        household: Household,
        members: list[Membership],
        guesses: dict[int, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"initial": {"version": household.version}, **kwargs})
        self.members = members
        for member in members:
            field = CodeField(
                "relation",
                label=member.person.name,
                initial=member.relation or guesses.get(member.pk, ""),
                error_messages={"required": _("Choose the relation to the head.")},
            )
            field.keep(member.relation)
            field.leave_out(HEAD)
            self.fields[f"relation_{member.public_id}"] = field
        self.fields["reason"] = CodeField("change_reason", label=_("Reason"), initial="member_change")

    def rows(self) -> list[tuple[Membership, forms.BoundField]]:
        """Each member with the field."""
        return [(member, self[f"relation_{member.public_id}"]) for member in self.members]

    def relations(self) -> dict[UUID, str]:
        """What was chosen, by the membership's public id."""
        return {m.public_id: self.cleaned_data[f"relation_{m.public_id}"] for m in self.members}


class RemoveForm(forms.Form):
    """A member leaves the family."""

    left_on = DayField(label=_("Left on"))
    left_reason = CodeField("member_left_reason", label=_("Why left"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"left_on": clock.today()}, **kwargs})


class PersonYearForm(forms.Form):
    """What is true of a member this year."""

    health = CodesField("health", label=_("Health"), required=False)
    labour = CodeField("labour", label=_("Labour capacity"), required=False)
    education = CodeField("education", label=_("Education reached"), required=False)
    schooling = CodeField("schooling", label=_("School status"), required=False)
    work_place = CodeField("work_place", label=_("Place of work"), required=False)
    work_months = forms.IntegerField(label=_("Months of work"), required=False, min_value=0, max_value=12)
    illness_insurance = TriField(label=_("Serious illness insurance"))
    fact_source = CodeField("fact_source", label=_("How known"), required=False)

    def __init__(self, *args: Any, row: PersonYear | None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {name: getattr(row, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        if row is not None:
            for name, field in self.fields.items():
                if isinstance(field, CodeField):
                    field.keep(getattr(row, name))
                elif isinstance(field, CodesField):
                    field.keep(*getattr(row, name))

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        add_problems(self, checks.check_health(data.get("health") or []))
        if data.get("education") and data.get("schooling"):  # a doubt in a register, but here one can choose
            self.add_error("schooling", str(checks.SENTENCES["schooling.both"]))
        return data

    def entry(self, year: int) -> PersonYearEntry:
        """What the action takes."""
        data = dict(self.cleaned_data)
        data["health"] = tuple(data["health"])
        return PersonYearEntry(year, known_on=clock.today(), **data)


class AbsenceForm(forms.Form):
    """Somebody, or the whole family, is away."""

    who = forms.ChoiceField(label=_("Who is away"), widget=forms.RadioSelect)
    away_from = DayField(label=_("Away from"))
    where = CodeField("place_away", label=_("Where"), required=False)
    expected_back = TextField(
        label=_("Back around"),
        required=False,
        max_length=60,
        help_text=_("As people say it: after the harvest, in November."),
    )

    FAMILY = "family"

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"away_from": clock.today()}, **kwargs})
        self.members = {str(m.person.public_id): m.person for m in members}
        people = [(key, person.name) for key, person in self.members.items()]
        self.fields["who"].choices = [(self.FAMILY, _("the whole family")), *people]  # type: ignore[attr-defined]

    def person(self) -> Person | None:
        """Who is away; None is the whole family."""
        return self.members.get(self.cleaned_data["who"])


class BackForm(forms.Form):
    """Somebody is back."""

    until = DayField(label=_("Back since"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"until": clock.today()}, **kwargs})


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")
