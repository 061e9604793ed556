"""Inputs and selects as HTML, written in Python: a template for each took a third of a page with filters.

What is written is what Django's own templates write (``tests/pairing/test_rendering.py`` compares them).
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

_KINDS = (
    "text", "number", "email", "url", "password", "search", "tel", "color", "hidden", "date", "time", "checkbox",
)  # fmt: skip
_INPUTS = frozenset(f"django/forms/widgets/{kind}.html" for kind in _KINDS)
_SELECT = "django/forms/widgets/select.html"


class FormRenderer(DjangoTemplates):
    """Django's renderer, but for the two commonest kinds of controls.

    No control tells the browser how many characters are allowed: it would cut a longer text that is pasted, and
    say nothing. The form says it beside the field, with all the words still there.
    """

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if "widget" in context:
            context["widget"]["attrs"].pop("maxlength", None)
        if template_name in _INPUTS:
            return mark_safe(_input(context["widget"]))  # noqa: S308  every part is escaped
        if template_name == _SELECT:
            return mark_safe(_select(context["widget"]))  # noqa: S308  every part is escaped
        return super().render(template_name, context, request)


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{_text(widget["name"])}"{value}{_attrs(widget)}>'


def _select(widget: Mapping[str, Any]) -> str:
    groups = (_group(label, options) for label, options, _index in widget["optgroups"])
    return f'<select name="{_text(widget["name"])}"{_attrs(widget)}>{"".join(groups)}</select>'


def _group(label: Any, options: list[dict[str, Any]]) -> str:
    lines = "".join(
        f'<option value="{_text(option["value"])}"{_attrs(option)}>{_text(option["label"])}</option>'
        for option in options
    )
    return f'<optgroup label="{_text(label)}">{lines}</optgroup>' if label else lines


def _attrs(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: Any) -> str:
    return escape(str(value))
