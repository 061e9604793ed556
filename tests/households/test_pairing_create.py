"""Pairing chosen households: what would happen first, then the deed; nothing typed is lost."""

import pytest
from django.urls import reverse

from households.models import Household, Pairing
from pairing import clock
from tests import cast

pytestmark = pytest.mark.django_db
URL = reverse("households:pairing_create")


def sent(world, *positions, **more):
    return {
        "households": [str(world.files[p].public_id) for p in positions],
        "cadre": str(world.people["cadre"].public_id),
        "started_on": clock.today().isoformat(),
        "note": "evenings",
    } | more


def test_a_dry_run_writes_nothing_and_the_confirmed_one_pairs_all():
    world = cast.build()
    client, count = world.client("township_admin"), Pairing.everything.count()
    page = client.post(URL, sent(world, "area", "other_village"))
    assert [outcome.kind for outcome in page.context["outcomes"]] == ["pair", "pair"]
    assert "evenings" in page.content.decode()
    assert [(who.pk, after - before) for who, before, after in page.context["loads"]] == [
        (world.people["cadre"].pk, 2)
    ]
    assert Pairing.everything.count() == count
    done = client.post(URL, sent(world, "area", "other_village", confirm="yes"))
    assert done.url == reverse("households:pairing_list")
    leads = Household.everything.filter(pk__in=[world.files["area"].pk, world.files["other_village"].pk])
    assert set(leads.values_list("lead", "pairing_count")) == {(world.people["cadre"].pk, 1)}


def test_what_cannot_be_says_why_and_is_not_offered():
    world = cast.build()
    page = world.client("township_admin").post(URL, sent(world, "area", "closed", confirm="yes"))
    kinds = [outcome.kind for outcome in page.context["outcomes"]]
    assert "refused" in kinds
    assert not page.context["ready"]
    assert Household.everything.get(pk=world.files["area"].pk).lead_id is None


def test_what_cannot_be_is_mended_on_the_same_page():
    """A day that has not come, a household too many: both stand there to be changed, with the rest as it was."""
    world = cast.build()
    page = world.client("township_admin").post(URL, sent(world, "area", started_on="2199-01-01"))
    assert [outcome.kind for outcome in page.context["outcomes"]] == ["refused"]
    text = page.content.decode()
    assert 'type="date" name="started_on" value="2199-01-01"' in text
    assert f'type="checkbox" name="households" value="{world.files["area"].public_id}" checked' in text
    early = world.client("township_admin").post(URL, sent(world, "area", started_on="1900-01-01"))
    assert [outcome.kind for outcome in early.context["outcomes"]] == ["refused"]


def test_the_same_once_more_says_that_nothing_was_left_to_do():
    world = cast.build()
    client = world.client("township_admin")
    for _tap in range(2):
        done = client.post(URL, sent(world, "area", confirm="yes"), follow=True)
    assert [said.level_tag for said in done.context["messages"]][-1] == "info"


def test_the_way_leads_back_to_the_village_one_came_from():
    world = cast.build()
    client, here = world.client("township_admin"), f"?village={cast.VILLAGE}"
    page = client.post(URL + here, sent(world, "area"))
    back = reverse("households:pairing_list") + here
    assert page.context["back"] == back
    assert client.post(URL + here, sent(world, "area", confirm="yes")).url == back


@pytest.mark.parametrize(
    "more",
    [
        {"cadre": ""},
        {"cadre": "x"},
        {"started_on": "x"},
        {"started_on": ""},
        {"households": []},
        {"households": ["x"]},
    ],
)
def test_bad_input_is_a_sentence_and_keeps_the_choice(more):
    world = cast.build()
    page = world.client("township_admin").post(URL, sent(world, "area") | more)
    assert page.status_code == 200
    assert page.context["form"].errors
    if "households" not in more:
        assert [row.pk for row in page.context["chosen"]] == [world.files["area"].pk]


def test_households_out_of_scope_are_not_found_in_the_choice():
    world = cast.build()
    page = world.client("township_admin").post(URL, sent(world, "other_township", confirm="yes"))
    assert "households" in page.context["form"].errors
    page = world.client("township_admin").get(
        URL, {"household": [str(world.files["other_township"].public_id), "x"]}
    )
    assert page.context["chosen"] == []
