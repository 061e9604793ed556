"""By village: in the order of codes, adding up to the overview for who sees rows."""

import pytest
from django.urls import reverse

from pairing import clock
from pairing.models import VillageLink
from tests import cast, factories

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


def test_a_number_leads_to_exactly_its_rows_for_who_sees_rows():
    world = cast.build()
    client = world.client("staff")
    page = client.get(URL)
    number = next(row["households"] for row in page.context["table"].rows if row["code"] == cast.VILLAGE)
    address = f"{reverse('visits:figure_list', args=['households'])}?area={cast.VILLAGE}"
    assert f'href="{address}"' in page.content.decode()
    assert client.get(address).context["number"] == int(number)
    assert "/overview/households/" not in world.client("leader").get(URL).content.decode()


def test_a_leader_sees_no_small_number():
    world = cast.build()
    for row in world.client("leader").get(URL).context["table"].rows:
        assert {text for key, text in row.items() if key in ("households", "unpaired")} <= {"<5", "0", "—"}


def test_the_units_that_are_linked_to_a_village_stand_beside_it():
    world = cast.build()
    linked, former = (
        factories.unit(cast.TOWNSHIP, "张掖市文旅局"),
        factories.unit(cast.TOWNSHIP, "原来的单位"),
    )
    today = clock.today()
    VillageLink.objects.create(unit=linked, village_id=cast.VILLAGE, started_on=today)
    VillageLink.objects.create(unit=former, village_id=cast.VILLAGE, started_on=today, ended_on=today)
    rows = {row["code"]: row["units"] for row in world.client("leader").get(URL).context["table"].rows}
    assert (rows[cast.VILLAGE], rows[cast.SECOND_VILLAGE]) == ("张掖市文旅局", "")
