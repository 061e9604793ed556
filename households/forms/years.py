"""The form of the facts of the year."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from households import checks
from households.actions.entries import YearEntry
from households.checks import Income
from households.forms.fields import CodeField, CodesField, DayField, TriField, YuanField, add_problems
from households.forms.households import WhyForm
from households.models import HouseholdYear
from pairing import clock

#: What a file says of a year, in the order in which it is shown and asked for.
YEAR_FACTS = (
    "household_type",
    "household_status",
    "monitoring_kind",
    "exit_year",
    "per_head_income",
    "main_cause",
    "other_causes",
    "housing_grade",
    "dangerous_housing",
    "water_safe",
    "water_hard",
)


class YearForm(WhyForm):
    """What is true of a household in one year."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)
    household_type = CodeField("household_type", label=_("Type"), required=False)
    household_status = CodeField("household_status", label=_("Status"), required=False)
    monitoring_kind = CodeField("monitoring_kind", label=_("Kind of monitored household"), required=False)
    exit_year = forms.IntegerField(label=_("Exit year"), required=False, min_value=2000, max_value=2100)
    per_head_income = YuanField(label=_("Net income per head, yuan"))
    main_cause = CodeField("poverty_cause", label=_("Main cause"), required=False)
    other_causes = CodesField("poverty_cause", label=_("Other causes, at most two"), required=False)
    housing_grade = CodeField("housing_grade", label=_("Housing grade"), required=False)
    dangerous_housing = TriField(label=_("Dangerous housing"))
    water_safe = TriField(label=_("Safe drinking water"))
    water_hard = TriField(label=_("Hard to fetch water"))
    fact_source = CodeField("fact_source", label=_("How known"), required=False)
    known_on = DayField(label=_("Known on"), required=False)

    FACTS = (*YEAR_FACTS, "fact_source", "known_on")
    SENSITIVE = FACTS[:5]

    def __init__(
        self, *args: Any, year: int, row: HouseholdYear | None, shown: HouseholdYear | None, **kwargs: Any
    ) -> None:
        self.year = year
        start = row or shown
        initial = {name: getattr(start, name) for name in self.FACTS} if start else {}
        if row is None:  # carried over from an older year: known on that day no longer
            initial |= {"known_on": clock.today(), "per_head_income": None, "fact_source": ""}
        kwargs["initial"] = initial | {"version": row.version if row else None}
        super().__init__(*args, **kwargs)
        self.order_fields(["version", *self.FACTS, "reason", "proof"])
        if start is not None:
            for name, field in self.fields.items():
                if isinstance(field, CodeField) and name in self.FACTS:
                    field.keep(getattr(start, name))
                elif isinstance(field, CodesField):
                    field.keep(*getattr(start, name))

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        causes = checks.check_causes(data.get("main_cause") or "", data.get("other_causes") or [])
        add_problems(self, causes)
        add_problems(self, checks.check_income(Income(per_head=data.get("per_head_income"))))
        known_on = data.get("known_on")
        if known_on and known_on > clock.today():
            self.add_error("known_on", _("This day has not come yet."))
        return data

    def entry(self) -> YearEntry:
        """What the action takes."""
        data = {name: self.cleaned_data[name] for name in self.FACTS}
        data["other_causes"] = tuple(data["other_causes"])
        return YearEntry(self.year, **data)
