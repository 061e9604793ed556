"""Fields that the visits' forms share: words, days chosen by chip, and codes of a list."""

import calendar
from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from households.forms import fields
from pairing import clock, codelists
from pairing.icons import icon
from visits import checks

OTHER = "other"  # the chip behind which a date is typed
FIRST = 6  # chips of a long list that are seen at once; the others unfold
SPRING = (3, 15)  # spring ploughing begins (month, day): the promise chip 春耕前


class ChipBound(forms.BoundField):
    """A field as the light pages show it: chips without a widget's template for each, errors as a block."""

    @property
    def choices(self) -> list[tuple[Any, Any]]:
        return list(getattr(self.field, "choices", ()))

    @property
    def chips(self) -> SafeString:
        """Every choice as a chip."""
        return self._chips(self.choices)

    @property
    def first_chips(self) -> SafeString:
        """The choices that are seen at once; ``more_chips`` unfold."""
        return self._chips(self.choices[:FIRST])

    @property
    def more_chips(self) -> SafeString:
        return self._chips(self.choices[FIRST:], FIRST)

    @property
    def has_more(self) -> bool:
        """Are there more choices than are seen at once?"""
        return len(self.choices) > FIRST

    @property
    def more_chosen(self) -> bool:
        """Is one of those chosen that unfold?"""
        return not self._chosen().isdisjoint(str(value) for value, _label in self.choices[FIRST:])

    def _chips(self, choices: Iterable[tuple[Any, Any]], start: int = 0) -> SafeString:
        kind = "checkbox" if isinstance(self.field, forms.MultipleChoiceField) else "radio"
        chosen = self._chosen()
        cells = []
        for i, (value, label) in enumerate(choices, start):
            checked = " checked" if str(value) in chosen else ""
            word = capfirst(str(label)) if isinstance(label, Promise) else label  # never a name
            cells.append((kind, self.html_name, value, self.auto_id, i, checked, word))
        return format_html_join("", _CHIP, cells)

    def _chosen(self) -> set[str]:
        value = self.value()
        values = {str(v) for v in value} if isinstance(value, (list, tuple)) else {str(value or "")}
        if isinstance(self.field, DayChips) and values != {""}:
            known = {str(v) for v, _label in self.choices}
            return values if values & known else {OTHER}
        return values

    @property
    def typed(self) -> str:
        """A typed day, or the day of a chip that is no chip any more."""
        value, name = self.value(), self.name.removesuffix("_day")
        chips: Any = self.form[name]
        chip = chips.value() or ""
        known = {str(v) for v, _label in chips.choices}
        if not value and chip not in known:
            return chip if _day(chip) else ""
        return value.isoformat() if isinstance(value, date) else str(value or "")

    @property
    def wrong(self) -> SafeString:
        """The errors beside this field, nothing without any."""
        if not self.errors:
            return SafeString("")
        lines = format_html_join("", "<p>{}</p>", ((error,) for error in self.errors))
        mark = icon("exclamation-circle", 18)
        return format_html(
            '<div class="error" id="{}_error">{}<div>{}</div></div>', self.auto_id, mark, lines
        )


_CHIP = '<label class="chip"><input type="{}" name="{}" value="{}" id="{}_{}"{}><span>{}</span></label>'


class Words(forms.CharField):
    """Several lines as they are kept: tidied, invisible marks taken out."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(strip=False, **kwargs)
        self.widget.attrs["rows"] = rows

    def to_python(self, value: Any) -> str:
        return checks.tidy(super().to_python(value) or "")


class Line(forms.CharField):
    """A few words on one line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return checks.one_line(super().to_python(value) or "")


class Chips(forms.ChoiceField):
    """One value of a few, as chips. A code list's choices are set when the form is made."""

    widget = forms.RadioSelect
    default_error_messages: ClassVar = {"required": _("Please choose.")}

    def __init__(self, *, codes: str = "", **kwargs: Any) -> None:
        self.codes = codes
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)


class ManyChips(forms.MultipleChoiceField):
    """Several values, as chips."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages: ClassVar = {"required": _("Please choose.")}

    def __init__(self, *, codes: str = "", **kwargs: Any) -> None:
        self.codes = codes
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)


class DayChips(Chips):
    """A day by chip. The values are dates, so that a form sent a day later still means the same day.

    Any date is taken, also one that is no chip (any more); ``other`` means the field ``NAME_day``.
    """

    def valid_value(self, value: Any) -> bool:
        return value == OTHER or super().valid_value(value) or _day(value) is not None


class DayField(fields.DayField):
    """The day typed or picked behind ``other``; what it is for says itself how early or late it may be."""

    years = range(MINYEAR, MAXYEAR + 1)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "label": _("another day"), **kwargs})


class ChipForm(forms.Form):
    """A form of chips: fills code lists, and resolves day chips with their typed day."""

    bound_field_class = ChipBound

    def __init__(self, *args: Any, day: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day = day or clock.today()
        for field in self.fields.values():
            if codes := getattr(field, "codes", ""):
                field.choices = codelists.choices(codes, day)  # type: ignore[attr-defined]

    @property
    def is_used(self) -> bool:
        """Was anything entered here, or is anything wrong? Then its block stands open."""
        return self.is_bound and (bool(self.errors) or any(self[name].value() for name in self.fields))

    def chosen_day(self, name: str) -> date | None:
        """The day chosen by chip or typed behind ``other``; None where nothing was chosen."""
        value = self.cleaned_data.get(name) or ""
        typed: date | None = self.cleaned_data.get(f"{name}_day")
        return typed if value in ("", OTHER) else _day(value)

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with a day stands where the day was typed, when it was."""
        typed = f"{field}_day"
        if typed in self.fields and self.data.get(self.add_prefix(field or "")) == OTHER:
            field = typed
        super().add_error(field, error)

    def wants_day(self, name: str) -> None:
        """Say at the typed day that it is missing, when ``other`` was chosen."""
        typed = f"{name}_day"
        if self.cleaned_data.get(name) == OTHER and not self.chosen_day(name) and typed not in self.errors:
            self.add_error(typed, ValidationError(_("Choose a day.")))


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError):
        return None


def past_days(today: date) -> list[tuple[str, Any]]:
    """The chips of a visit's date: today, yesterday, another day."""
    return [
        (today.isoformat(), _("today")),
        ((today - timedelta(days=1)).isoformat(), _("yesterday")),
        (OTHER, _("other")),
    ]


def due_days(today: date) -> list[tuple[str, Any]]:
    """The chips of a promise's day: within a week, end of the month, before spring ploughing, a date."""
    last = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    spring = date(today.year, *SPRING)
    spring = spring if spring > today else date(today.year + 1, *SPRING)
    return [
        ((today + timedelta(days=7)).isoformat(), _("within a week")),
        (last.isoformat(), _("by the end of the month")),
        (spring.isoformat(), _("before spring ploughing")),
        (OTHER, _("a date")),
    ]


def later_days(today: date) -> list[tuple[str, Any]]:
    """The chips of a day on which to look again: in one, three or six months, or a date."""
    months = [(30, _("in a month")), (91, _("in three months")), (182, _("in half a year"))]
    chips: list[tuple[str, Any]] = [((today + timedelta(days=n)).isoformat(), word) for n, word in months]
    return [*chips, (OTHER, _("a date"))]
