"""The proposer takes a request back."""

from households.models import ChangeRequest
from tests.cast import World


def test_only_the_proposer_withdraws_and_once(world: World):
    url = f"/changes/{world.requests['area'].public_id}/withdraw/"
    assert world.client("reviewer").post(url).status_code == 404
    assert world.client("staff").post(url).status_code == 302
    assert ChangeRequest.everything.get(pk=world.requests["area"].pk).state == "withdrawn"
    assert world.client("staff").post(url).status_code == 403
