"""A member leaves."""

from households.models import Household, Membership
from pairing import clock
from tests.cast import World


def test_a_member_leaves_with_day_and_reason_and_stays_in_history(world: World):
    spouse = world.spouses["area"]
    answer = world.client("staff").post(
        f"/members/{spouse.public_id}/remove/", {"left_on": clock.today().isoformat(), "left_reason": "death"}
    )
    assert answer.status_code == 302
    gone = Membership.everything.select_related("person").get(pk=spouse.pk)
    assert (gone.left_on, gone.person.died_on) == (clock.today(), clock.today())
    assert Household.everything.get(pk=world.files["area"].pk).member_count == 1


def test_a_day_before_joining_is_refused_at_its_field(world: World):
    page = world.client("staff").post(
        f"/members/{world.spouses['area'].public_id}/remove/",
        {"left_on": "2010-01-01", "left_reason": "moved"},
    )
    assert "left_on" in page.context["form"].errors


def test_scope(world: World):
    url = f"/members/{world.spouses['other_township'].public_id}/remove/"
    assert world.client("staff").get(url).status_code == 404
