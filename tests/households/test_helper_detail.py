"""The households of one helper, today's and former ones, as far as the reader's area goes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pairing import clock
from tests import cast, factories

pytestmark = pytest.mark.django_db


def test_both_histories_and_nobody_from_elsewhere():
    world = cast.build()
    day = clock.today()
    elsewhere = [
        (world.files["other_county"], world.people["cadre"], day - timedelta(days=9), None),
        (world.files["other_township"], world.people["cadre"], day - timedelta(days=999), day - timedelta(days=900)),
    ]  # fmt: skip
    factories.pairings(elsewhere, role="second")
    client = world.client("township_admin")
    page = client.get(reverse("households:helper_detail", args=[world.people["cadre"].public_id]))
    assert [p.household_id for p in page.context["open"]] == [world.files["own"].pk]
    assert len(page.context["ended"]) == 2
    for name in ("other_cadre", "staff"):
        url = reverse("households:helper_detail", args=[world.people[name].public_id])
        assert client.get(url).status_code == 404
