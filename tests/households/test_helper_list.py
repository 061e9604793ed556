"""All helpers by name with their loads, counted where the reader pairs and nowhere else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pairing import clock
from pairing.roles import Role
from tests import cast, factories

pytestmark = pytest.mark.django_db


def test_a_load_elsewhere_is_not_told():
    world = cast.build()
    both = factories.user("both", Role.CADRE, cast.COUNTY)
    start = clock.today() - timedelta(days=9)
    rows = [(world.files["area"], both, start, None), (world.files["ended"], both, start, None)]
    factories.pairings([*rows, (factories.household(cast.OTHER_VILLAGE), both, start, None)])
    loads = {}
    for who in ("township_admin", "county_admin"):
        page = world.client(who).get(reverse("households:helper_list"))
        loads[who] = {person.username: load for person, load in page.context["helpers"]}
    assert loads["township_admin"] == {"cadre": 1, "both": 2}
    assert loads["county_admin"] == {"cadre": 1, "other_cadre": 1, "both": 3}
