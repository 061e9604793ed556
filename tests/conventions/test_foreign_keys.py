"""Foreign keys point down the floors only: references by name would escape the import linter."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import Field, ForeignObject, ManyToManyField

FLOORS = {"pairing": 0, "households": 1, "visits": 2}


def floor(label: str) -> int:
    """The floor of an app; what we did not write lies below all of ours."""
    return FLOORS.get(label, -1)


def references() -> Iterator[tuple[str, Field, str]]:
    """Every reference from a model of ours: its app, the field, and the app it points to."""
    for app in FLOORS:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            for field in model._meta.get_fields(include_hidden=True):
                if isinstance(field, ForeignObject | ManyToManyField):
                    yield app, field, field.related_model._meta.app_label


def test_references_point_down() -> None:
    up = [str(field) for app, field, target in references() if floor(target) > floor(app)]
    assert up == []


@pytest.mark.parametrize("app", ["households", "visits"])
def test_references_are_seen(app) -> None:
    assert any(owner == app and floor(target) < floor(app) for owner, _field, target in references())
