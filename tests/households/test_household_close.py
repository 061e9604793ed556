"""Closing a file."""

from households.models import Household
from pairing import clock
from tests.cast import World


def test_a_file_closes_from_a_day_on(world: World):
    file = world.files["area"]
    answer = world.client("staff").post(
        f"/households/{file.public_id}/close/", {"on": clock.today().isoformat(), "reason": "moved"}
    )
    assert answer.status_code == 302
    assert Household.everything.get(pk=file.pk).closed_on == clock.today()


def test_a_paired_household_says_what_to_do_first(world: World):
    page = world.client("staff").post(
        f"/households/{world.files['own'].public_id}/close/",
        {"on": clock.today().isoformat(), "reason": "moved"},
    )
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()


def test_a_closed_file_cannot_be_closed(world: World):
    assert (
        world.client("staff").get(f"/households/{world.files['closed'].public_id}/close/").status_code == 403
    )
