"""The recount puts right what no action could have written."""

from django.core.management import call_command

from households.models import FileQuestion, Household
from tests.cast import World


def test_wrong_counts_are_put_right_and_groundless_questions_cleared(world: World) -> None:
    file = world.files["own"]
    Household.everything.filter(pk=file.pk).update(
        member_count=9, pairing_count=0, lead=None, open_promises=5
    )
    call_command("recount", "--area", file.village_code, verbosity=0)
    after = Household.everything.get(pk=file.pk)
    assert (after.member_count, after.pairing_count, after.lead, after.open_promises) == (
        2,
        1,
        world.people["cadre"],
        0,
    )
    assert after.version == file.version
    assert FileQuestion.everything.get(pk=world.questions["own"].pk).cleared_on is not None
