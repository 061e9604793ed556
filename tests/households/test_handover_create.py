"""A handover: what to know of each household, the dry run, the deed; duty ends when nobody is left behind."""

from datetime import timedelta

import pytest
from django.urls import reverse

from households.actions.pairings import pair
from households.models import Household, Pairing
from pairing import clock
from pairing.actions.people import end_grant
from pairing.errors import Refused
from pairing.models import Area, Grant
from pairing.roles import Role
from tests import cast, factories
from tests.visits import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = cast.build()
    world.successor = factories.user("successor", Role.CADRE, cast.TOWNSHIP)
    world.second = pair(
        household=world.files["area"],
        cadre=world.people["cadre"],
        started_on=clock.today() - timedelta(days=3),
        by=world.people["township_admin"],
    )
    made.promise(world.files["own"], world.people["cadre"], what="seed potatoes", due_on=clock.today())
    return world


def url(world):
    return reverse("households:handover_create", args=[world.people["cadre"].public_id])


def test_households_elsewhere_are_not_his_to_hand_over(world):
    """A helper of two townships: neither seen nor touched, whatever is sent; the other administrator's are his."""
    elsewhere = factories.pairings(
        [(world.files["other_township"], world.people["cadre"], clock.today() - timedelta(days=3), None)],
        role="second",
    )[0]
    client = world.client("township_admin")
    page = client.get(url(world))
    assert {row["household"].pk for row in page.context["rows"]} == {
        world.files[position].pk for position in ("own", "area")
    }
    assert world.files["other_township"].head_name not in page.content.decode()
    key = f"to_{elsewhere.public_id}"
    done = {
        "everybody": str(world.successor.public_id),
        key: str(world.successor.public_id),
        "confirm": "yes",
    }
    assert client.post(url(world), sent(**done)).status_code == 302
    assert Pairing.everything.get(pk=elsewhere.pk).ended_on is None


def sent(**more):
    return {"handed_on": clock.today().isoformat(), "reason": "transferred", "everybody": ""} | more


def test_it_shows_promises_and_asks_nothing_twice(world, django_assert_num_queries):
    client = world.client("township_admin")
    client.get(url(world))
    made.visit(world.files["own"], world.people["cadre"], author=world.people["clerk"], confirmed_at=None)
    with django_assert_num_queries(14):
        page = client.get(url(world))
    assert "seed potatoes" in page.content.decode()
    assert "代录走访" in page.content.decode()
    assert len(page.context["rows"]) == 2


def test_one_successor_for_all_after_a_dry_run_and_the_duty_ends(world):
    client = world.client("township_admin")
    chosen = sent(everybody=str(world.successor.public_id), end_duty="on")
    chosen[f"note_{world.pairings['own'].public_id}"] = "deaf in one ear"
    page = client.post(url(world), chosen)
    assert [outcome.kind for outcome in page.context["outcomes"]] == ["hand_over", "hand_over"]
    assert page.context["loads"] == [(world.successor, 0, 2)]
    assert Pairing.everything.filter(cadre=world.successor).count() == 0
    assert client.post(url(world), chosen | {"confirm": "yes"}).status_code == 302
    rows = Pairing.everything.open().filter(cadre=world.successor)
    assert {row.handover_note for row in rows} == {"", "deaf in one ear"}
    assert Household.everything.filter(lead=world.successor).count() == 2
    assert not Grant.objects.open(clock.today()).filter(user=world.people["cadre"]).exists()


def test_only_duties_that_one_may_end_do_and_the_log_of_rights_names_them(world):
    cadre, elsewhere = world.people["cadre"], cast.OTHER_TOWNSHIP
    Grant.objects.create(user=cadre, role=Role.CADRE, area_id=elsewhere, started_on=clock.today())
    client = world.client("township_admin")
    chosen = sent(everybody=str(world.successor.public_id), end_duty="on", confirm="yes")
    page = client.post(url(world), chosen, follow=True)
    left = Grant.objects.open(clock.today()).get(user=cadre)
    assert left.area_id == elsewhere
    assert f"{left.area.label}" not in page.content.decode()  # out of reach, as all that he is there
    asked = {"account": cadre.username, "reason": "x", "since": "", "until": ""}
    log = world.client("auditor").post(reverse("pairing:audit_rights"), asked).context["question"].table.rows
    assert [(e.action, e.right.split(" · ")[1]) for e in log] == [
        ("pairing.hand_over", Area.objects.get(pk=cast.TOWNSHIP).label)
    ]


def test_a_duty_that_only_the_county_can_end_is_named(world):
    cadre = world.people["cadre"]
    Grant.objects.create(user=cadre, role=Role.CADRE, area_id=cast.TOWNSHIP[:6], started_on=clock.today())
    chosen = sent(everybody=str(world.successor.public_id), end_duty="on", confirm="yes")
    page = world.client("township_admin").post(url(world), chosen, follow=True)
    assert Area.objects.get(pk=cast.TOWNSHIP[:6]).label in page.content.decode()


def test_the_duty_does_not_end_while_a_household_would_be_left(world):
    client = world.client("township_admin")
    chosen = sent(end_duty="on", confirm="yes")
    chosen[f"to_{world.pairings['own'].public_id}"] = str(world.successor.public_id)
    page = client.post(url(world), chosen)
    assert page.context["form"].non_field_errors()
    assert Household.everything.get(pk=world.files["own"].pk).lead_id == world.people["cadre"].pk
    with pytest.raises(Refused):
        end_grant(grant=world.people["cadre"].open_grants[0], reason="x", by=world.people["township_admin"])
    del chosen["end_duty"]
    assert client.post(url(world), chosen).status_code == 302
    assert Household.everything.get(pk=world.files["own"].pk).lead_id == world.successor.pk
    assert Household.everything.get(pk=world.files["area"].pk).lead_id == world.people["cadre"].pk


@pytest.mark.parametrize(
    "more",
    [{"everybody": ""}, {"everybody": "x"}, {"handed_on": "2099-01-01", "confirm": "yes"}, {"reason": ""}],
)
def test_bad_input_changes_nothing_and_keeps_what_was_typed(world, more):
    chosen = sent(everybody=str(world.successor.public_id)) | more
    chosen[f"note_{world.pairings['own'].public_id}"] = "deaf in one ear"
    page = world.client("township_admin").post(url(world), chosen)
    assert page.context["form"].errors
    assert "deaf in one ear" in page.content.decode()
    assert Household.everything.filter(lead=world.successor).count() == 0


def test_a_helper_from_elsewhere_is_not_found(world):
    page = reverse("households:handover_create", args=[world.people["other_cadre"].public_id])
    assert world.client("township_admin").get(page).status_code == 404


def test_what_is_restricted_is_handed_to_nobody(world):
    """The page goes through the township and onto paper: a complaint about the village is not on it."""
    made.problem(world.files["own"], world.people["cadre"], words="no water", state="mine")
    complaint = {"kind": "complaint", "restricted": True, "state": "mine"}
    made.problem(world.files["own"], world.people["cadre"], words="the village head", **complaint)
    page = world.client("township_admin").get(url(world)).content.decode()
    assert "no water" in page
    assert "the village head" not in page
