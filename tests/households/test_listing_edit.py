"""Putting a file on the pairing list, and taking it off."""

from households.models import Household, Pairing
from pairing import clock
from tests.cast import World


def test_a_file_is_put_on_and_taken_off(world: World):
    file, admin = world.files["area"], world.client("township_admin")
    url = f"/households/{file.public_id}/listing/"
    admin.post(url, {"reason": "yearly_update"})
    assert Household.everything.get(pk=file.pk).listed_on is None
    admin.post(url, {"reason": "yearly_update"})
    assert Household.everything.get(pk=file.pk).listed_on == clock.today()


def test_taking_a_file_off_ends_its_pairing_only_when_asked(world: World):
    file, admin = world.files["own"], world.client("township_admin")
    url, pairing = (
        f"/households/{file.public_id}/listing/",
        Pairing.everything.filter(household=world.files["own"]),
    )
    admin.post(url, {"reason": "survey"})
    assert pairing.open().count() == 1
    admin.post(url, {"reason": "survey"})
    admin.post(url, {"reason": "survey", "with_pairings": "on"})
    assert (pairing.open().count(), pairing.get().end_reason) == (0, "off_list")


def test_staff_does_not_decide_on_the_list(world: World):
    url = f"/households/{world.files['area'].public_id}/listing/"
    assert world.client("staff").post(url, {"reason": "survey"}).status_code == 403
    assert world.client("far_admin").post(url, {"reason": "survey"}).status_code == 404
