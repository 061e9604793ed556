"""The form that takes a told fact into the file: the file's own fields, and only those that it speaks of."""

from typing import Any

from django import forms

from households.forms.members import PersonYearForm
from households.forms.years import YearForm
from households.models import PersonYear
from visits.actions.recording import Told


def record_form(data: Any, told: Told) -> forms.Form:
    """The fields of ``told``, filled with what the file says."""
    row: Any = told.row
    form: forms.Form = (
        PersonYearForm(data, row=row)
        if isinstance(row, PersonYear)
        else YearForm(data, year=row.year, row=row, shown=row)
    )
    for name in set(form.fields) - set(told.names):
        del form.fields[name]
    return form


def recorded_values(form: forms.Form) -> dict[str, Any]:
    """What the action takes of a valid form."""
    return {
        name: tuple(v) if isinstance(v, list) else v
        for name, v in form.cleaned_data.items()
        if name in form.fields
    }
