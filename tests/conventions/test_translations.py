"""No English sentence stands on a Chinese page: the catalogue is complete and its placeholders agree."""

import pytest
from babel.messages.catalog import Catalog

from pairing import translations


def test_every_string_has_its_chinese() -> None:
    assert translations.complaints() == []


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
