"""By village: in the order of codes, adding up to the overview for who sees rows."""

import pytest
from django.urls import reverse

from tests import cast

pytestmark = pytest.mark.django_db
URL = reverse("visits:village_list")


def test_villages_stand_in_code_order_and_add_up():
    world = cast.build()
    page = world.client("county_admin").get(URL)
    rows = page.context["table"].rows
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    overview = world.client("county_admin").get(reverse("visits:overview_show"))
    for card in overview.context["cards"]:
        assert sum(int(row.get(card.figure.key, 0)) for row in rows) == int(card.number)


def test_a_leader_sees_no_small_number():
    world = cast.build()
    for row in world.client("leader").get(URL).context["table"].rows:
        assert {text for key, text in row.items() if key in ("households", "unpaired")} <= {"<5", "0", "—"}
