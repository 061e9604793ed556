"""Who cannot go on looking after households comes first."""

import pytest
from django.urls import reverse

from pairing import clock
from pairing.models import Grant
from tests import cast

pytestmark = pytest.mark.django_db


def test_somebody_without_a_grant_whose_households_wait_is_to_hand_over():
    world = cast.build()
    client, url = world.client("township_admin"), reverse("households:handover_list")
    assert client.get(url).context["stranded"] == []
    Grant.objects.filter(user=world.people["cadre"]).update(ended_on=clock.today())
    page = client.get(url)
    assert page.context["stranded"] == [(world.people["cadre"], 1)]
    assert page.context["helpers"] == []
