"""Putting a file on the pairing list, and taking it off."""

from households.models import Household
from pairing import clock
from tests.cast import World


def test_a_file_is_put_on_and_taken_off(world: World):
    file, admin = world.files["area"], world.client("township_admin")
    url = f"/households/{file.public_id}/listing/"
    admin.post(url, {"reason": "yearly_update"})
    assert Household.everything.get(pk=file.pk).listed_on is None
    admin.post(url, {"reason": "yearly_update"})
    assert Household.everything.get(pk=file.pk).listed_on == clock.today()


def test_staff_does_not_decide_on_the_list(world: World):
    url = f"/households/{world.files['area'].public_id}/listing/"
    assert world.client("staff").post(url, {"reason": "survey"}).status_code == 403
    assert world.client("far_admin").post(url, {"reason": "survey"}).status_code == 404
