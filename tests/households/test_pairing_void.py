"""Taking back what was entered by mistake today."""

from datetime import timedelta

import pytest
from django.urls import reverse

from households.models import Pairing
from pairing import clock
from tests import cast

pytestmark = pytest.mark.django_db


def test_today_it_is_taken_back_and_later_it_is_not():
    world = cast.build()
    client, row = world.client("township_admin"), world.pairings["own"]
    url = reverse("households:pairing_void", args=[row.public_id])
    Pairing.everything.filter(pk=row.pk).update(recorded_at=clock.now() - timedelta(days=2))
    assert client.post(url).status_code == 403
    Pairing.everything.filter(pk=row.pk).update(recorded_at=clock.now())
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    assert Pairing.everything.get(pk=row.pk).state == Pairing.State.VOID
