"""Reopening a closed file."""

from households.models import Household
from tests.cast import World


def test_a_closed_file_opens_and_an_open_one_does_not(world: World):
    closed, staff = world.files["closed"], world.client("staff")
    answer = staff.post(f"/households/{closed.public_id}/reopen/", {"reason": "correction"})
    assert answer.status_code == 302
    assert Household.everything.get(pk=closed.pk).is_open
    assert staff.get(f"/households/{world.files['area'].public_id}/reopen/").status_code == 403
