"""Rows that came in one statement are the rows that came one by one, of every model."""

import pytest
from django.apps import apps
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Left

from households.models import Household, HouseholdYear, Membership
from pairing.together import read
from tests import cast
from tests.conventions.ground import build
from tests.visits import made
from visits.models import Visit

MODELS = [
    model for app in ("pairing", "households", "visits") for model in apps.get_app_config(app).get_models()
]
#: Bytes do not travel as JSON; no page reads them beside other rows.
BYTES = {"households.ImportFile"}


def rows_of(model):
    manager = getattr(model, "everything", None) or model._default_manager
    return manager.order_by("pk")[:40]


def told(rows):
    return [
        {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows
    ]


@pytest.mark.django_db
def test_every_model_comes_out_the_same(django_assert_num_queries):
    build()
    models = [model for model in MODELS if model._meta.label not in BYTES]
    apart, together = [list(rows_of(m)) for m in models], [rows_of(m) for m in models]
    with django_assert_num_queries(1):
        read(*together)
        found = [list(rows) for rows in together]
    for model, one, other in zip(models, apart, found, strict=True):
        assert repr(told(other)) == repr(told(one)), model._meta.label
    assert sum(map(bool, apart)) > 25


@pytest.mark.django_db
def test_joins_values_counts_and_nothing_come_out_the_same(django_assert_num_queries):
    world = cast.build()
    file = world.files["own"]
    made.visit(file, world.people["cadre"])
    HouseholdYear.everything.filter(household=file).update(per_head_income="9211.30")

    def queries():
        return (
            file.visits.select_related("visited_by__unit").annotate(late=F("recorded_at__date") - F("visited_on")),
            Household.everything.order_by("pk").values("public_id", "listed_on", "lead__name", "search_terms"),
            Household.everything.values_list(Left("village_code", 9)).annotate(Count("pk")).order_by(Left("village_code", 9)),
            Membership.everything.order_by().annotate(all=Value(1)).values_list("all").annotate(
                n=Count("pk", filter=Q(left_on=None))
            ),
            HouseholdYear.everything.order_by("pk").distinct("pk").values_list("per_head_income", flat=True),
            Visit.everything.filter(pk__in=[]),
            Visit.everything.filter(said="nobody said this"),
            file.memberships.select_related("person"),
        )  # fmt: skip

    apart, together = [list(rows) for rows in queries()], queries()
    with django_assert_num_queries(1):
        read(*together)
        assert [list(rows) for rows in together] == apart
        assert together[0][0].visited_by.name
        assert together[0][0].household is file
        assert together[-1][0].person.id_number.open() == apart[-1][0].person.id_number.open()
    assert apart[4][0].as_tuple() == together[4][0].as_tuple()
    with django_assert_num_queries(0):
        read()
