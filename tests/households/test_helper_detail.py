"""The households of one helper, today's and former ones, as far as the reader's area goes."""

import pytest
from django.urls import reverse

from tests import cast

pytestmark = pytest.mark.django_db


def test_both_histories_and_nobody_from_elsewhere():
    world = cast.build()
    client = world.client("township_admin")
    page = client.get(reverse("households:helper_detail", args=[world.people["cadre"].public_id]))
    assert [p.household_id for p in page.context["open"]] == [world.files["own"].pk]
    assert len(page.context["ended"]) == 2
    for name in ("other_cadre", "staff"):
        url = reverse("households:helper_detail", args=[world.people[name].public_id])
        assert client.get(url).status_code == 404
