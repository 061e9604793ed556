"""Pairing: the unpaired on the left, helpers by name with their loads on the right."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pairing import clock
from pairing.models import AuditEvent
from pairing.roles import Role
from tests import cast, factories

pytestmark = pytest.mark.django_db
URL = reverse("households:pairing_list")


def test_it_shows_listed_households_without_a_lead_and_loads_by_name():
    world = cast.build()
    for village in (cast.OTHER_VILLAGE, cast.FAR_VILLAGE):  # no more than those of his own area
        factories.household(village, listed_on=clock.today())
    before = AuditEvent.objects.count()
    page = world.client("township_admin").get(URL)
    shown = [row.public_id for row in page.context["page"].rows]
    assert set(shown) == {world.files[p].public_id for p in ("area", "ended", "other_village")}
    loads = {person.username: load for person, load in page.context["helpers"]}
    assert loads == {"cadre": 1}
    assert AuditEvent.objects.count() == before + 1
    assert set(AuditEvent.objects.latest("pk").object_ids) == set(shown)


def test_all_of_the_page_are_chosen_at_once_without_a_script_too():
    client = cast.build().client("township_admin")
    assert "checked" not in client.get(URL).content.decode()
    page = client.get(URL, {"all": "yes"})
    assert page.content.decode().count(" checked>") == len(page.context["page"].rows) == 3


def test_the_village_narrows_it_and_nonsense_does_not_break_it():
    world = cast.build()
    client = world.client("county_admin")
    page = client.get(URL, {"village": cast.SECOND_VILLAGE})
    assert [row.public_id for row in page.context["page"].rows] == [world.files["other_village"].public_id]
    for nonsense in ({"village": "x"}, {"after": "x"}, {"before": "%00"}):
        assert client.get(URL, nonsense).status_code == 200


def test_helpers_stand_in_the_order_of_names_and_queries_do_not_grow(django_assert_num_queries):
    world = cast.build()
    client = world.client("township_admin")
    client.get(URL)
    with django_assert_num_queries(12):
        client.get(URL)
    people = factories.users({f"c{n}": (Role.CADRE, cast.TOWNSHIP) for n in range(9)})
    specs = [factories.FileSpec(cast.VILLAGE, listed_on=clock.today()) for _n in range(30)]
    files = factories.households(specs)
    start = clock.today() - timedelta(days=1)
    factories.pairings([(files[n], people[f"c{n % 9}"], start, None) for n in range(12)])
    with django_assert_num_queries(12):
        page = client.get(URL)
    names = [person.name_key for person, _load in page.context["helpers"]]
    assert names == sorted(names)
