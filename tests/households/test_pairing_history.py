"""Who helps a household and who did, with dates and reasons."""

import pytest
from django.urls import reverse

from tests import cast

pytestmark = pytest.mark.django_db


def test_open_and_former_pairings_stand_apart():
    world = cast.build()
    client = world.client("township_admin")
    for position, counts in {"own": (1, 0), "ended": (0, 1), "area": (0, 0)}.items():
        page = client.get(reverse("households:pairing_history", args=[world.files[position].public_id]))
        assert (len(page.context["open"]), len(page.context["ended"])) == counts
    url = reverse("households:pairing_history", args=[world.files["other_township"].public_id])
    assert client.get(url).status_code == 404
