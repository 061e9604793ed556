"""Static files come from locked packages by an allow-list, and are the published ones byte for byte."""

import base64
import hashlib
import re
from pathlib import Path

import bootstrap_wrapper
import pytest
from django.contrib.staticfiles import finders

from pairing.finders import SHEETS

# The subresource-integrity hash that Bootstrap publishes for 5.3.8, and that of the part of it which we serve: its
# variables and its normal forms of elements. The rest would be 28 KB on a phone's first load for one class.
PUBLISHED = {
    "bootstrap.min.css": "sRIl4kxILFvY47J16cr9ZwB07vP4J8+LH7qKQnuqkuIAvNWLzeN8tE5YBujZqJLB",
    "bootstrap-reboot.min.css": "pJXp6T+qJPS0pqEPqsTy1GJLzTzQz3b9dc/npTXRN9067h/Fdm0eSugSSL7kFQ8i",
}
OWN = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("path", "expected"), PUBLISHED.items())
def test_bootstrap_is_the_published_file(path, expected):
    content = (Path(bootstrap_wrapper.get_bootstrap_dir()) / "css" / path).read_bytes()
    assert base64.b64encode(hashlib.sha384(content).digest()).decode() == expected


def test_no_other_file_of_a_package_or_of_the_code_is_served():
    for unlisted in (
        "bootstrap/css/bootstrap-reboot.min.css",
        "bootstrap/js/bootstrap.js",
        "css/../../pairing/settings.py",
    ):
        assert not _found(unlisted), unlisted


def test_the_style_sheet_of_every_page_is_all_of_its_parts():
    """No part is left out, none of it names a map or another file, and paper has the last word."""
    text = Path(finders.find("css/pairing.css")).read_text()
    assert {sheet.stem for sheet in SHEETS} == {
        "bootstrap-reboot.min", "look", "frame", "parts", "records", "forms", "tables", "layout",
    }  # fmt: skip
    assert all(sheet.read_text()[:2000] in text for sheet in SHEETS)
    assert text.count("{") == text.count("}")
    assert not re.search(r"sourceMappingURL|@import|url\((?!\"data:)", text)
    assert text.index("@media print {\n/* A4") > text.index("/* Where things stand")


def test_templates_and_scripts_obey_the_content_policy():
    """No inline style or script, no handler attribute, and nothing from another host."""
    forbidden = re.compile(
        r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:|(?:src|href)=\"(?:https?:)?//",
        re.I,
    )
    for path in [*OWN.glob("templates/**/*.html"), *OWN.glob("static/**/*.css")]:
        found = forbidden.search(path.read_text())
        assert not found, f"{path.relative_to(OWN)}: {found and found[0]}"


def test_colours_hold_their_contrast():
    """Text and states on page, card and their own tint: 7.6:1 in light, 7.8:1 in dark; tints at least 7:1."""
    css = (OWN / "static/css/look.css").read_text()
    light, dark = re.findall(r"\{\s*color-scheme: (?:light|dark);(.*?)\}", css, re.S)
    for theme, floor in ((light, 7.6), (dark, 7.8)):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", theme))
        for name in ("text", "muted", "primary", "due", "danger", "done", "info"):
            for ground in ("page", "card"):
                assert contrast(colours[name], colours[ground]) >= floor, (name, ground)
        for name in ("primary", "due", "danger", "done", "info"):
            assert contrast(colours[name], colours[f"{name}-tint"]) >= 6.9, name
            assert contrast(colours["text"], colours[f"{name}-tint"]) >= 7, name
        assert contrast(colours["muted"], colours["neutral-tint"]) >= 7
        assert contrast(colours["primary-text"], colours["primary"]) >= 7
        assert contrast(colours["danger-text"], colours["danger"]) >= 7
        assert contrast(colours["control"], colours["card"]) >= 3
        for level in range(5):
            words = "chart-text-on-dark" if level == 4 else "chart-text"
            assert contrast(colours[words], colours[f"chart-{level}"]) >= 4.5, level


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two hex colours, as WCAG defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _found(path: str) -> object:
    from django.core.exceptions import SuspiciousFileOperation

    try:
        return finders.find(path)
    except SuspiciousFileOperation:
        return None
