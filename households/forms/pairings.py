"""Forms of pairing and handing over: helpers with loads beside the names, and rosters as pasted lines."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from households.actions.pairing_changes import Assignment
from households.forms.fields import CodeField, DayField, LinesField, TextField
from households.models import Household, Pairing
from pairing import clock, numbers
from pairing.access import below, prefixes
from pairing.models import Grant, User, VillageLink
from pairing.models.areas import village_names
from pairing.names import folded
from pairing.roles import P, Role

MOST = 500  # households or lines in one go
TITLE = "户编号"  # of the first column, when a table was pasted with its titles


def helpers_of(user: Any) -> Any:
    """People who may be helpers in the areas where ``user`` pairs, with their unit and their load there."""
    people = User.objects.filter(is_active=True, pk__in=duties_here(user).values("user"))
    return people.select_related("unit").order_by("name_key", "pk")


def duties_here(user: Any) -> Any:
    """Grants as a cadre that hold today in the areas where ``user`` pairs, or in an area around them."""
    areas = prefixes(user, P.PAIRING_MANAGE)
    above = {code[:n] for code in areas for n in (2, 4, 6, 9) if n < len(code)}
    duties = Grant.objects.open(clock.today()).filter(role=Role.CADRE)
    return duties.filter(below("area_id", areas) | Q(area_id__in=above))


def loads_of(user: Any, people: Iterable[User] | None = None) -> dict[int, int]:
    """How many households each helper looks after where ``user`` pairs."""
    rows = Pairing.objects.visible_to(user, P.PAIRING_MANAGE).open().order_by()
    if people is not None:
        rows = rows.filter(cadre__in=[person.pk for person in people])
    return dict(rows.values_list("cadre").annotate(Count("pk")))


def units_linked_to(villages: Collection[str]) -> set[int | None]:
    """The units that are linked to any of these villages today."""
    if not villages:
        return set()
    return {link.unit_id for link in VillageLink.objects.today_in(*villages)}


def helper_label(person: User, load: int) -> str:
    """Name, unit, and the load beside it."""
    unit = person.unit.name if person.unit else person.duty
    return " · ".join(part for part in (person.name, unit, households(load)) if part)


def households(number: int) -> str:
    """So many households, in words."""
    return ngettext("%(load)d household", "%(load)d households", number) % {"load": number}


class HelperField(forms.ChoiceField):
    """A helper by name, with unit and load; its clean value is the person, or None."""

    def __init__(self, *, empty_label: Any = None, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Helper"), **kwargs})
        self.empty_label = empty_label or _("Choose a helper")
        self.people: dict[str, User] = {}

    def offer(
        self, user: Any, leave_out: Iterable[User] = (), villages: Collection[str] = frozenset()
    ) -> None:
        """Offer the helpers of the areas where ``user`` pairs, those of the villages' linked units first.

        Three queries.
        """
        left_out = {person.pk for person in leave_out}
        people = [person for person in helpers_of(user) if person.pk not in left_out]
        loads, linked = loads_of(user), units_linked_to(villages)
        self.people = {str(person.public_id): person for person in people}
        groups: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
        for key, person in self.people.items():
            groups[person.unit_id in linked].append((key, helper_label(person, loads.get(person.pk, 0))))
        self.choices = [("", self.empty_label), *groups[False]]
        if groups[True]:
            grouped = [(_("Of the linked unit"), groups[True]), (_("Of other units"), groups[False])]
            self.choices = [("", self.empty_label), *((name, rows) for name, rows in grouped if rows)]

    def offer_same(self, other: "HelperField") -> None:
        """Offer what another field of the form offers, without asking the database again."""
        self.people = other.people
        self.choices = [("", self.empty_label), *list(other.choices)[1:]]  # type: ignore[arg-type]

    def clean(self, value: Any) -> User | None:
        return self.people.get(str(super().clean(value)))


class PairForm(forms.Form):
    """One helper for one household or many."""

    households: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        to_field_name="public_id",
        label=_("Households"),
        error_messages={"required": _("Choose at least one household.")},
    )
    cadre = HelperField()
    started_on = DayField(label=_("From"))
    note = LinesField(
        label=_("Note for the helper"),
        required=False,
        max_length=2000,
        help_text=_("The best time to come, sore points. Only the helper and the township read it."),
    )

    def __init__(self, *args: Any, by: Any, villages: Collection[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["households"].queryset = Household.objects.visible_to(by, P.PAIRING_MANAGE)  # type: ignore[attr-defined]
        villages = villages or {row.village_code for row in self.chosen()}
        self.fields["cadre"].offer(by, villages=villages)  # type: ignore[attr-defined]
        self.fields["started_on"].initial = clock.today()

    def chosen(self) -> list[Household]:
        """The households that were ticked, valid or not as the rest of the form may be."""
        ids = [value for value in self["households"].value() or [] if is_uuid(value)]
        rows = self.fields["households"].queryset.filter(public_id__in=ids[:MOST])  # type: ignore[attr-defined]
        return list(rows.defer("phone", "bank_account").order_by("village_code", "head_key", "pk"))

    def clean_households(self) -> Any:
        rows = self.cleaned_data["households"].defer("phone", "bank_account")
        if len(rows) > MOST:
            raise forms.ValidationError(_("Choose at most %(most)d households."), params={"most": MOST})
        return rows.order_by("village_code", "head_key", "pk")

    def assignments(self) -> list[Assignment]:
        """What is asked for, in the households' order."""
        data = self.cleaned_data
        return [Assignment(row, data["cadre"], data["note"]) for row in data["households"]]


def is_uuid(text: Any) -> bool:
    """May this text name a row?"""
    try:
        return bool(UUID(str(text)))
    except ValueError:
        return False


class HelperForm(forms.Form):
    """One more helper for a household: its lead where it has none, else a second one."""

    cadre = HelperField()
    started_on = DayField(label=_("From"))
    role = forms.ChoiceField(label=_("As"), widget=forms.RadioSelect)
    note = LinesField(
        label=_("Note for the helper"),
        required=False,
        max_length=2000,
        help_text=_("The best time to come, sore points. Only the helper and the township read it."),
    )

    def __init__(self, *args: Any, household: Household, helpers: list[User], by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cadre: Any = self.fields["cadre"]
        cadre.offer(by, helpers, {household.village_code})
        role: Any = self.fields["role"]
        role.choices = [c for c in Pairing.Role.choices if c[0] != Pairing.Role.LEAD or not household.lead_id]
        role.initial = role.choices[0][0]
        self.fields["started_on"].initial = clock.today()


class EndForm(forms.Form):
    """The end of one pairing."""

    reason = CodeField(
        "pairing_end_reason", label=_("Reason"), error_messages={"required": _("Choose a reason.")}
    )
    ended_on = DayField(label=_("Until"), help_text=_("From this day on he is no longer the helper."))
    note = TextField(label=_("Note"), required=False, max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class RosterForm(forms.Form):
    """A roster as it is pasted from a table: a line for each household, file number and helper."""

    lines = forms.CharField(
        label=_("Roster"),
        strip=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "One household a line: file number, then the helper's name or user name,"
            " with a blank, comma or tab between. Paste two columns of a spreadsheet."
        ),
        error_messages={"required": _("Paste at least one line.")},
    )
    started_on = DayField(label=_("From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["started_on"].initial = clock.today()


@dataclass(frozen=True)
class RosterLine:
    """One line of a roster as it was understood; ``reason`` says why it was not."""

    number: int
    text: str
    assignment: Assignment | None = None
    reason: str = ""


def read_roster(text: str, *, by: Any) -> list[RosterLine]:
    """The lines of a roster, each with its household and helper or the reason why not. Two queries.

    Households are found by file number and helpers by name or user name, in the areas where ``by`` pairs.
    Empty lines are left out; lines past ``MOST`` are told so.
    """
    cleaned = numbers.clean_text(text, lines=True)[0].splitlines()
    lines = [(n, line.strip()) for n, line in enumerate(cleaned, 1) if line.strip()]
    parts = {n: _words(line) for n, line in lines}
    lines = [(n, line) for n, line in lines if parts[n][0] != TITLE]  # pasted with its titles
    numbers_of_files = {words[0] for words in parts.values()}
    files = {
        row.file_number: row
        for row in Household.objects.visible_to(by, P.PAIRING_MANAGE).filter(file_number__in=numbers_of_files)
    }
    helpers: dict[str, list[User]] = {}
    for person in helpers_of(by):
        for key in {folded(person.name), person.username}:
            helpers.setdefault(key, []).append(person)
    return [
        _roster_line(n, line, parts[n], files, helpers)
        if place < MOST
        else RosterLine(n, line, reason=gettext("A roster has at most %(most)d lines.") % {"most": MOST})
        for place, (n, line) in enumerate(lines)
    ]


def _words(line: str) -> list[str]:
    """The file number, in narrow digits, and the rest of a line."""
    number, *rest = re.split(r"[\s,，;；、]+", line, maxsplit=1)
    return [numbers.fold_digits(number).upper(), *rest]


def _roster_line(
    number: int, text: str, words: list[str], files: dict[str, Household], helpers: dict[str, list[User]]
) -> RosterLine:
    household = files.get(words[0])
    if household is None:
        return RosterLine(number, text, reason=gettext("There is no file with this number in your area."))
    name = folded(words[1]) if len(words) > 1 else ""
    if not name:
        return RosterLine(number, text, reason=gettext("The helper's name is missing."))
    found = helpers.get(name) or helpers.get(name.lower()) or []
    if not found:
        return RosterLine(number, text, reason=gettext("No cadre of this name works in your area."))
    if len(found) > 1:
        return RosterLine(
            number, text, reason=gettext("Several cadres have this name. Write the user name instead.")
        )
    return RosterLine(number, text, Assignment(household, found[0]))


class HandoverForm(forms.Form):
    """Who takes over whose households: a successor and a note for each open pairing of the leaver."""

    handed_on = DayField(label=_("Day of the handover"))
    reason = CodeField(
        "pairing_end_reason", label=_("Reason"), error_messages={"required": _("Choose a reason.")}
    )
    everybody = HelperField(
        label=_("One successor for all"),
        required=False,
        empty_label=_("Different people, see below"),
    )
    end_duty = forms.BooleanField(
        label=_("This person stops working as a cadre here"),
        required=False,
        help_text=_("Possible only when no household is left without a helper."),
    )

    def __init__(self, *args: Any, pairings: list[Pairing], leaver: User, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairings = pairings
        everybody: Any = self.fields["everybody"]
        everybody.offer(by, [leaver], {pairing.village_code for pairing in pairings})
        self.fields["handed_on"].initial = clock.today()
        self.fields["reason"].initial = "transferred"
        for pairing in pairings:
            field = HelperField(label=_("Successor"), required=False, empty_label=_("stays for now"))
            field.offer_same(everybody)
            self.fields[f"to_{pairing.public_id}"] = field
            self.fields[f"note_{pairing.public_id}"] = LinesField(
                label=_("Note for the successor"),
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def rows(self) -> list[tuple[Pairing, forms.BoundField, forms.BoundField]]:
        """Each pairing with its two fields."""
        return [(p, self[f"to_{p.public_id}"], self[f"note_{p.public_id}"]) for p in self.pairings]

    def successors(self) -> dict[Pairing, tuple[User, str]]:
        """Who takes over what, with the note; pairings that stay are missing."""
        data = self.cleaned_data
        chosen = {
            p: (data.get(f"to_{p.public_id}") or data["everybody"], data.get(f"note_{p.public_id}", ""))
            for p in self.pairings
        }
        return {pairing: value for pairing, value in chosen.items() if value[0] is not None}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and self.pairings and not self.successors():
            self.add_error("everybody", _("Choose a successor, for all or for single households."))
        return data


class VillageFilter(forms.Form):
    """The village whose unpaired households are shown: each that has some, with their number."""

    village = forms.ChoiceField(label=_("Village"), required=False)

    def __init__(self, *args: Any, unpaired: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = unpaired.order_by("village_code").values_list("village_code").annotate(Count("pk"))
        self.counts: dict[str, int] = dict(rows)
        names = village_names(self.counts)
        self.fields["village"].choices = [  # type: ignore[attr-defined]
            ("", _("All villages")),
            *((code, f"{names[code]} · {households(number)}") for code, number in self.counts.items()),
        ]

    def count(self, village: str) -> int:
        """How many households are unpaired there, or in all villages."""
        return self.counts[village] if village else sum(self.counts.values())
