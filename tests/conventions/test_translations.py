"""No English sentence stands on a Chinese page: the catalogue is complete and its placeholders agree."""

import ast
import gettext
from pathlib import Path

import django
import pytest
from babel.messages.catalog import Catalog
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import override

from pairing import translations


def test_every_string_has_its_chinese() -> None:
    assert translations.complaints() == []


def test_no_string_hides_from_the_catalogue_inside_an_f_string() -> None:
    """Babel reads no code in the braces of an f-string: what is translated there would stay English."""
    hidden = [
        f"{path.relative_to(translations.ROOT)}:{call.lineno}"
        for source in translations.SOURCES
        for path in sorted((translations.ROOT / source).rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in translations.KEYWORDS
        and any(isinstance(argument, ast.Constant) for argument in call.args)
    ]
    assert hidden == []


@pytest.mark.parametrize(
    ("english", "chinese", "problem"),
    [
        ("Household", "", "not translated"),
        ("Hello %(name)s", "%(name)s，您好", None),
        ("Hello %(name)s", "您好", "placeholders differ"),
        ("Hello %(name)s", "%(nmae)s，您好", "placeholders differ"),
        ("{count} of {all}", "{all} 户中的 {count} 户", None),
        ("{count} of {all}", "{count} 户", "placeholders differ"),
        ("%s to %s", "%s 至", "number of %s differs"),
        ("100%%", "100%%", None),
        (("One visit", "%(count)s visits"), ("%(count)s 次走访",), None),
        (("One visit", "%(count)s visits"), ("一次走访",), "placeholders differ"),
    ],
)
def test_a_translation_is_judged(english, chinese, problem) -> None:
    source = Catalog().add(english)
    found = Catalog(locale="zh_Hans").add(english, chinese)
    assert (translations.complaint(source, found) or "").split(":")[0] == (problem or "")


def test_a_fuzzy_translation_counts_as_none() -> None:
    source = Catalog().add("Household")
    assert translations.complaint(source, Catalog().add("Household", "住户", flags=["fuzzy"])) == "fuzzy"
    assert translations.complaint(source, None) == "not translated"


def test_fields_say_what_is_wrong_in_the_words_of_a_township() -> None:
    """Django's own Chinese reads like a manual (这个字段是必填项); pairing/forms/sentences.py names what is said anew."""
    locale = Path(django.__file__).parent / "conf/locale"
    stiff = set(gettext.translation("django", str(locale), ["zh_Hans"])._catalog.values()) - {""}
    kinds = (
        forms.CharField(max_length=2, min_length=2), forms.DateField(), forms.DecimalField(max_digits=2, decimal_places=1),
        forms.IntegerField(min_value=0, max_value=1), forms.ChoiceField(), forms.MultipleChoiceField(), forms.UUIDField(),
        forms.FileField(), forms.EmailField(), forms.ModelChoiceField(None), forms.ModelMultipleChoiceField(None),
    )  # fmt: skip
    with override("zh-hans"):
        said = {
            str(text) for kind in kinds for key, text in kind.error_messages.items() if key != "contradiction"
        }
        for kind, value in (
            (kinds[0], "长了三个"),
            (kinds[0], "短"),
            (kinds[0], "\0\0"),
            (kinds[2], "100"),
            (kinds[3], "7"),
        ):
            with pytest.raises(ValidationError) as wrong:
                kind.clean(value)
            said |= set(wrong.value.messages)
    assert said
    assert not said & stiff
    assert not [text for text in said if "确保" in text or "字段" in text]


def test_strings_are_found_in_templates(tmp_path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        """{% load i18n %}
        <p title="it's (odd">{% translate "Sign in" %}</p>
    {% blocktranslate count n=x trimmed %}
        One household {% plural %} {{ n }} households
    {% endblocktranslate %}
        {% include "x.html" with label=_("Save now") only %}
        """
    )
    with page.open("rb") as file:
        found = list(translations.template_strings(file, translations.KEYWORDS, (), {}))
    assert [(line, name) for line, name, *_ in found] == [(2, "gettext"), (3, "ngettext"), (6, "_")]
    assert found[1][2][:2] == ("One household", "%(n)s households")
