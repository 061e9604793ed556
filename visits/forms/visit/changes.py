"""What else is new in the family, in the visit log: who went away, and facts that a second person looks at."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households import checks
from households.forms.fields import BankNumberField, IdentityField, NameField, YuanField, add_problems
from visits.actions.facts import Asked, Away, Back, FileChanges
from visits.forms.fields import ChipForm, Chips, DayChips, DayField, Line, ManyChips, past_days

FAMILY = "family"  # the chip that stands for everybody
SAME = ("", _("as it was"))


class ChangesForm(ChipForm):
    """Who is away now, and what the file says no more of head, income, status, identity and bank.

    The fields are called as the file calls them, so that a refused change finds its place.
    """

    who = ManyChips(label=_("who"))
    away_from = DayChips(label=_("since"))
    away_from_day = DayField()
    where = Chips(codes="place_away", label=_("where"))
    expected_back = Line(label=_("back around"), max_length=60)
    head = Chips(label=_("new head"))
    per_head_income = YuanField(label=_("Net income per head, yuan"))
    income_year = Chips(label=_("in the year"))
    household_type = Chips(codes="household_type", label=_("type"))
    household_status = Chips(codes="household_status", label=_("status"))
    monitoring_kind = Chips(codes="monitoring_kind", label=_("monitored as"))
    person = Chips(label=_("whose"))
    name = NameField(label=_("right name"), required=False)
    birth_date = DayField(label=_("right birth date"))
    id_number = IdentityField(label=_("right certificate number"))
    bank_name = Line(label=_("bank"), max_length=80)
    bank_account = BankNumberField(label=_("account number"))
    proof = Line(label=_("paper seen"), max_length=200)

    GROUPS: ClassVar = {
        "away": ("who", "away_from", "away_from_day", "where", "expected_back"),
        "head": ("head",),
        "income": ("per_head_income",),
        "status": ("household_type", "household_status", "monitoring_kind"),
        "identity": ("person", "name", "birth_date", "id_number"),
        "bank": ("bank_name", "bank_account"),
    }
    STATUS: ClassVar = GROUPS["status"]
    OF_PERSON: ClassVar = ("name", "birth_date", "id_number")

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, prefix="changes", **kwargs)
        year = self.day.year
        choices: dict[str, Iterable[tuple[Any, Any]]] = {
            "who": [(FAMILY, _("The whole family")), *people],
            "away_from": past_days(self.day),
            "head": [SAME, *people],
            "person": people,
            "income_year": [(str(year - 1), str(year - 1)), (str(year), str(year))],
            **{name: [SAME, *self.fields[name].choices] for name in self.STATUS},  # type: ignore[attr-defined]
        }
        for name, chips in choices.items():
            self.fields[name].choices = list(chips)  # type: ignore[attr-defined]
        self.initial.setdefault("income_year", str(year - 1))

    @classmethod
    def is_told_in(cls, data: Any) -> bool:
        """Does sent data tell of a change? A browser sends the empty fields, and the year, of every form."""
        return any(data.get(f"changes-{name}") for names in cls.GROUPS.values() for name in names)

    @property
    def open(self) -> dict[str, bool]:
        """Which groups have something in them, or something wrong."""
        groups = self.GROUPS.items() if self.is_bound else ()
        used = {key for key, names in groups if any(self[n].value() or self[n].errors for n in names)}
        return {key: key in used for key in self.GROUPS} | {"any": bool(used)}

    @property
    def is_told(self) -> bool:
        """Was any change told?"""
        return bool(self.changes(self.day))

    def clean(self) -> None:
        data = self.cleaned_data
        self.wants_day("away_from")
        if data.get("who") and not data.get("away_from") and not self.chosen_day("away_from"):
            self.add_error("away_from", ValidationError(_("Choose since when.")))
        elif (
            not data.get("who") and any(data.get(n) for n in self.GROUPS["away"]) and "who" not in self.errors
        ):
            self.add_error("who", ValidationError(_("Choose who is away.")))
        if (
            any(data.get(n) for n in self.OF_PERSON)
            and not data.get("person")
            and "person" not in self.errors
        ):
            self.add_error("person", ValidationError(_("Please choose the member.")))
        if data.get("id_number"):
            identity, _found = checks.read_identity(data["id_number"], self.day)
            add_problems(self, checks.check_identity(identity, birth=data.get("birth_date"), today=self.day))

    def changes(self, visited_on: date, back: Sequence[Back] = ()) -> FileChanges:
        """What the action takes."""
        asked = [*self._of_household(visited_on.year), *self._of_person()]
        return FileChanges(self._away(), back, asked, self.cleaned_data.get("proof", ""))

    def _away(self) -> Away | None:
        data, since = self.cleaned_data, self.chosen_day("away_from")
        if not data.get("who") or since is None:
            return None
        who = [None] if FAMILY in data["who"] else [uuid.UUID(person) for person in data["who"]]
        return Away(who, since, data.get("where", ""), data.get("expected_back", ""))

    def _of_household(self, year: int) -> Iterable[Asked]:
        data = self.cleaned_data
        if head := data.get("head"):
            yield Asked("household", "head", "", uuid.UUID(head))
        if (income := data.get("per_head_income")) is not None:
            of_year = int(data.get("income_year") or year - 1)
            yield Asked("household_year", "per_head_income", str(income), None, of_year)
        for name in self.STATUS:
            if data.get(name):
                yield Asked("household_year", name, data[name], None, year)
        for name in ("bank_name", "bank_account"):
            if data.get(name):
                yield Asked("household", name, data[name])

    def _of_person(self) -> Iterable[Asked]:
        data = self.cleaned_data
        for name in self.OF_PERSON if data.get("person") else ():
            if value := data.get(name):
                text = value.isoformat() if isinstance(value, date) else value
                yield Asked("person", name, text, uuid.UUID(data["person"]))
