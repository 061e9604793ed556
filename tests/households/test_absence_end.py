"""Somebody is back."""

from households.models import Absence
from pairing import clock
from tests.cast import World


def test_an_absence_ends_once(world: World):
    absence, staff = world.absences["area"], world.client("staff")
    url = f"/absences/{absence.public_id}/end/"
    assert staff.post(url, {"until": clock.today().isoformat()}).status_code == 302
    assert Absence.everything.get(pk=absence.pk).until == clock.today()
    assert staff.get(url).status_code == 404


def test_scope(world: World):
    url = f"/absences/{world.absences['other_township'].public_id}/end/"
    assert world.client("staff").get(url).status_code == 404
