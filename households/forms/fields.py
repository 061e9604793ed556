"""Form fields that the pages of files share: codes, days, names, numbers, each with its own sentences."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from households import checks
from households.checks import Problem, Weight
from pairing import clock, codelists, numbers
from pairing.numbers import Malformed

NONE = ("", "—")
_PLAIN = {"autocomplete": "off"}


def _offer(list_name: str, blank: bool) -> Callable[[], list[tuple[str, str]]]:
    def offered() -> list[tuple[str, str]]:
        return [*([NONE] if blank else []), *codelists.choices(list_name, clock.today())]

    return offered


class CodeField(forms.ChoiceField):
    """One code of a list, out of those that hold today."""

    def __init__(self, list_name: str, *, blank: bool = True, **kwargs: Any) -> None:
        self.list_name, self.blank = list_name, blank
        super().__init__(choices=_offer(list_name, blank), **kwargs)

    def keep(self, *codes: str) -> None:
        """Offer these codes too, though they may have ended: they stand in the file."""
        choices = codelists.choices(self.list_name, clock.today(), keep=[code for code in codes if code])
        self.choices = [*([NONE] if self.blank else []), *choices]

    def leave_out(self, *codes: str) -> None:
        """Do not offer these codes."""
        self.choices = [choice for choice in cast(Any, self.choices) if choice[0] not in codes]


class CodesField(forms.MultipleChoiceField):
    """Several codes of a list, as chips."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, list_name: str, **kwargs: Any) -> None:
        self.list_name = list_name
        super().__init__(choices=_offer(list_name, False), **kwargs)

    def keep(self, *codes: str) -> None:
        """Offer these codes too, though they may have ended."""
        self.choices = codelists.choices(self.list_name, clock.today(), keep=[code for code in codes if code])


class TextField(forms.CharField):
    """One line of text without invisible characters."""

    widget = forms.TextInput(attrs=_PLAIN)

    def to_python(self, value: Any) -> str:
        return numbers.clean_text(str(super().to_python(value)))[0]


class LinesField(forms.CharField):
    """Some lines of text."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> str:
        return numbers.clean_text(str(super().to_python(value)), lines=True)[0]


class NameField(TextField):
    """A person's name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Name"), "max_length": 60, **kwargs})

    def to_python(self, value: Any) -> str:
        return numbers.clean_name(str(super().to_python(value)))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value:
            refuse(checks.check_name(value))


class DayField(forms.DateField):
    """A day, by the browser's own control; also as people type it. ``years``: what a slip of the finger is not."""

    years = range(1880, 2201)

    def __init__(self, **kwargs: Any) -> None:
        formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"input_formats": formats, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> date | None:
        text = numbers.fold_digits(value) if isinstance(value, str) else value
        day = super().to_python(text)
        if day is not None and day.year not in self.years:
            raise forms.ValidationError(_("There is no such date."))
        return day


class FileNumberField(TextField):
    """A file's number in its one form, as a register is read too; ``known``, which stands in the file, may stay."""

    known = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("File number"), "max_length": 20, **kwargs})

    def clean(self, value: Any) -> str:
        return self.known if self.known and value == self.known else str(super().clean(value))

    def to_python(self, value: Any) -> str:
        return numbers.fold_digits(super().to_python(value)).upper()

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not checks.NUMBER.fullmatch(value):
            refuse([Problem("number.form", "file_number")])


class PhoneField(TextField):
    """A phone number in its one form."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={**_PLAIN, "inputmode": "tel"})
        super().__init__(
            **{"label": _("Phone"), "max_length": 40, "required": False, "widget": widget, **kwargs}
        )

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            return numbers.parse_phone(text, checks.LEAST_PHONE).text if text else ""
        except Malformed as error:
            raise forms.ValidationError(error.sentence) from error


class BankNumberField(TextField):
    """An account number in its one form."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={**_PLAIN, "inputmode": "numeric"})
        super().__init__(**{"max_length": 40, "required": False, "widget": widget, **kwargs})

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            return numbers.parse_bank_number(text) if text else ""
        except Malformed as error:
            raise forms.ValidationError(error.sentence) from error


class IdentityField(TextField):
    """A certificate number, checked; the form compares it with birth date and sex."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Certificate number"), "max_length": 40, "required": False, **kwargs})

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        identity, found = checks.read_identity(text, clock.today())
        refuse(found)
        return identity.text if identity else ""


class YuanField(forms.DecimalField):
    """An amount in yuan."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={**_PLAIN, "inputmode": "decimal"})
        super().__init__(
            **{"max_digits": 10, "decimal_places": 2, "required": False, "widget": widget, **kwargs}
        )

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        try:
            return numbers.parse_money(text) if text else None
        except Malformed as error:
            raise forms.ValidationError(error.sentence) from error


class TriField(forms.TypedChoiceField):
    """Yes, no, or not known."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", _("not known")), ("yes", _("yes")), ("no", _("no"))]
        kwargs = {"required": False, "widget": forms.RadioSelect, **kwargs}
        super().__init__(choices=choices, coerce=lambda text: text == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


def refuse(problems: Iterable[Problem]) -> None:
    """Errors of one field become its sentences; doubts and notes become questions of the file."""
    errors = [p.sentence for p in problems if p.weight == Weight.ERROR]
    if errors:
        raise forms.ValidationError(errors)


def add_problems(form: forms.BaseForm, problems: Iterable[Problem]) -> None:
    """Errors that concern several fields stand at theirs."""
    for problem in problems:
        if problem.weight == Weight.ERROR:
            form.add_error(problem.field if problem.field in form.fields else None, problem.sentence)
