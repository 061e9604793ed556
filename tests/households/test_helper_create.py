"""A second helper beside the lead; never two leads; cadres of the linked unit stand first."""

from django.urls import reverse

from households.models import Household, Pairing
from pairing import clock
from pairing.models import User, VillageLink
from tests import cast, factories
from tests.cast import World


def path(world: World, position: str = "own") -> str:
    return reverse("households:helper_create", args=[world.files[position].public_id])


def sent(person: User, role: str = "second", **more: str) -> dict[str, str]:
    day = clock.today().isoformat()
    return {"cadre": str(person.public_id), "role": role, "started_on": day, "note": "evenings"} | more


def test_a_second_helper_sees_the_file_and_its_brief_beside_the_lead(world: World):
    second = factories.user("second", "cadre", cast.TOWNSHIP)
    answer = world.client("township_admin").post(path(world), sent(second))
    assert answer.url == reverse("households:pairing_history", args=[world.files["own"].public_id])
    household = Household.everything.get(pk=world.files["own"].pk)
    assert (household.pairing_count, household.lead_id) == (2, world.people["cadre"].pk)
    assert Pairing.everything.get(cadre=second).handover_note == "evenings"
    brief = cast.sign_in(second).get(f"/households/{household.public_id}/").content.decode()
    assert world.people["cadre"].name in brief
    assert second.name in brief
    assert cast.sign_in(second).get(f"/households/{household.public_id}/visits/new/").status_code in {
        200,
        404,
    }


def test_there_are_never_two_leads(world: World):
    second = factories.user("second", "cadre", cast.TOWNSHIP)
    page = world.client("township_admin").post(path(world), sent(second, "lead"))
    assert "role" in page.context["form"].errors
    assert Pairing.everything.open().filter(household=world.files["own"], role="lead").count() == 1


def test_a_second_helper_may_become_the_lead_where_there_is_none(world: World):
    client, person = world.client("township_admin"), world.people["cadre"]
    assert client.post(path(world, "area"), sent(person)).status_code == 302
    assert client.post(path(world, "area"), sent(person, "lead")).status_code == 302
    held = Pairing.everything.filter(household=world.files["area"])
    assert [(p.role, p.end_reason) for p in held.order_by("pk")] == [("second", "adjusted"), ("lead", "")]


def test_cadres_of_the_linked_unit_are_offered_first(world: World):
    unit = factories.unit(cast.COUNTY)
    linked = factories.user("linked", "cadre", cast.TOWNSHIP, unit=unit)
    VillageLink.objects.create(unit=unit, village_id=cast.VILLAGE, started_on=clock.today())
    page = world.client("township_admin").get(path(world, "area"))
    (_none, _label), (_word, first), _others = page.context["form"].fields["cadre"].choices
    assert [key for key, _label in first] == [str(linked.public_id)]
    assert unit.name in page.content.decode()


def test_bad_input_is_a_sentence_and_keeps_the_note(world: World):
    page = world.client("township_admin").post(
        path(world), sent(world.people["other_cadre"], started_on="2999-01-01")
    )
    assert page.context["form"].errors
    assert "evenings" in page.content.decode()
    assert world.client("township_admin").get(path(world, "closed")).status_code == 403


def test_scope(world: World):
    client, second = world.client("township_admin"), factories.user("second", "cadre", cast.OTHER_TOWNSHIP)
    assert client.get(path(world, "other_township")).status_code == 404
    assert client.post(path(world, "other_township"), sent(second)).status_code == 404
