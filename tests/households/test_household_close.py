"""Closing a file."""

from households.models import Household, Pairing
from pairing import clock
from pairing.models import AuditEvent
from tests.cast import World


def test_a_file_closes_from_a_day_on(world: World):
    file = world.files["area"]
    answer = world.client("staff").post(
        f"/households/{file.public_id}/close/", {"on": clock.today().isoformat(), "reason": "moved"}
    )
    assert answer.status_code == 302
    assert Household.everything.get(pk=file.pk).closed_on == clock.today()


def test_staff_cannot_end_a_pairing_by_closing(world: World):
    url = f"/households/{world.files['own'].public_id}/close/"
    page = world.client("staff").post(url, {"on": clock.today().isoformat(), "reason": "moved"})
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()


def test_an_administrator_closes_and_ends_the_pairing_in_one_step(world: World):
    file, client = world.files["own"], world.client("township_admin")
    url = f"/households/{file.public_id}/close/"
    assert world.people["cadre"].name in client.get(url).content.decode()
    assert client.post(url, {"on": clock.today().isoformat(), "reason": "moved"}).status_code == 302
    closed = Household.everything.get(pk=file.pk)
    assert (closed.is_open, closed.lead_id, closed.pairing_count) == (False, None, 0)
    ended = Pairing.everything.get(pk=world.pairings["own"].pk)
    assert (ended.ended_on, ended.end_reason) == (clock.today(), "household_moved")
    assert AuditEvent.objects.filter(action__in=["household.close", "pairing.end"]).count() == 1


def test_a_closed_file_cannot_be_closed(world: World):
    assert (
        world.client("staff").get(f"/households/{world.files['closed'].public_id}/close/").status_code == 403
    )
