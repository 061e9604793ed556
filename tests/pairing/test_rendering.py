"""Controls written in Python are those of Django's templates."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from hypothesis import given
from hypothesis import strategies as st

from pairing.forms.rendering import FormRenderer

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
ATTRS = st.dictionaries(
    st.sampled_from(["id", "class", "title", "required", "disabled", "aria-describedby"]),
    st.one_of(WORDS, st.booleans(), st.integers()),
)
CHOICES = st.lists(
    st.one_of(
        st.tuples(WORDS, WORDS), st.tuples(WORDS, st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=2))
    ),
    max_size=4,
)
INPUTS = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.PasswordInput, forms.HiddenInput,
    forms.DateInput, forms.TimeInput, forms.CheckboxInput, forms.Select, forms.NullBooleanSelect,
]  # fmt: skip


@given(st.sampled_from(INPUTS), st.one_of(st.none(), WORDS, st.integers()), ATTRS, CHOICES)
def test_a_control_is_djangos(kind: Any, value: Any, attrs: dict[str, Any], choices: list[Any]) -> None:
    widget = kind(choices=choices) if kind is forms.Select else kind()
    ours, theirs = (
        widget.render("a<b", value, attrs, renderer) for renderer in (FormRenderer(), DjangoTemplates())
    )
    assert parse_html(ours) == parse_html(theirs)


@pytest.mark.parametrize("widget", [forms.TextInput, forms.Textarea, forms.PasswordInput])
def test_no_control_lets_the_browser_cut_what_is_pasted(widget: type[forms.Widget]) -> None:
    class Note(forms.Form):
        said = forms.CharField(max_length=5, widget=widget)

    form = Note({"said": "longer than five"})
    assert "maxlength" not in str(form["said"])
    assert form.errors["said"]
