"""Only named fields can be written (S08): the columns of all models, sent along with every form, go nowhere.

Each smuggled value is one that stands nowhere else; none may be among what the request writes. And what a
request changes is what the field register lets this role write.
"""

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.conventions.access_table import PAGES
from tests.conventions.forms import forms_on
from tests.conventions.ground import Ground
from tests.conventions.probe import Probe
from tests.conventions.sweep import BY_WIDTH, path_of, positions_of
from tests.conventions.writes import Watch, not_theirs

TEXT, NUMBER, DAY = "smuggled7", "987654321", "1977-07-07"
FURTHER = (
    "is_staff", "is_superuser", "role", "roles", "area", "area_id", "grants", "permissions", "user", "by",
    "author_id", "household_id", "person_id", "lead_id", "cadre_id", "reviewed_by", "approved", "status",
    "created_at", "updated_at", "id", "pk", "_state", "county",
)  # fmt: skip


def smuggled(ground: Ground) -> dict[str, str]:
    """A value for every column of every model of ours."""
    elsewhere = str(ground.world.files["other_county"].public_id)
    sent = dict.fromkeys(FURTHER, TEXT)
    for app in ("pairing", "households", "visits"):
        for model in apps.get_app_config(app).get_models():
            for column in model._meta.local_fields:
                if isinstance(column, models.ForeignKey | models.UUIDField):
                    sent[column.name] = elsewhere
                elif isinstance(column, models.DateField):
                    sent[column.name] = DAY
                elif isinstance(column, models.IntegerField | models.DecimalField):
                    sent[column.name] = NUMBER
                else:
                    sent[column.name] = TEXT
    return sent


@pytest.mark.slow
def test_no_form_writes_what_it_does_not_name(ground: Ground, bodies: dict[str, Any]) -> None:
    extra, wrong, done = smuggled(ground), [], 0
    marks = (TEXT, NUMBER, DAY, str(ground.world.files["other_county"].public_id))
    browsers = {who: Probe(ground.world, who) for who in BY_WIDTH}
    watch = Watch()
    for browser in browsers.values():
        browser.watch = watch
    for name, body in bodies.items():
        page = PAGES[name]
        who = next(who for who in BY_WIDTH if who in page.who)
        browser = browsers[who]
        for position in positions_of(ground, page):
            path = path_of(ground, name, page, position)
            own = set(body)
            if "GET" in page.methods:
                own |= {f for form in forms_on(browser.send("GET", path).text) for f in form.fields}
            answer = browser.send("POST", path, {k: v for k, v in extra.items() if k not in own} | body)
            wrong += [f"{name}: {sql[:120]} {mark}" for sql, mark in smuggled_into(answer.written, marks)]
            wrong += sorted(not_theirs(who, name, answer))
            done += answer.status == 302
            if answer.status in (200, 302):
                break
    assert wrong == []
    assert done >= 25, "most bodies must do something, else the sweep proves nothing"


def smuggled_into(written: list[tuple[str, Any]], marks: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(sql, mark) for sql, params in written for mark in marks if mark in repr(params)]


@pytest.mark.parametrize("params", [("a", TEXT), {"x": NUMBER}, [[DAY]]])
def test_a_smuggled_value_is_seen(params: Any) -> None:
    assert smuggled_into([("INSERT", params)], (TEXT, NUMBER, DAY))
