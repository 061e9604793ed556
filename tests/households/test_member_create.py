"""Adding a member."""

from households.models import Household
from pairing import clock
from tests.cast import World

TODAY = clock.today().isoformat()
NEW = {"name": "王小明", "relation": "son", "joined_on": TODAY, "joined_reason": "birth"}


def test_a_member_joins_and_is_counted(world: World):
    file = world.files["area"]
    answer = world.client("staff").post(f"/households/{file.public_id}/members/new/", NEW)
    assert answer.status_code == 302
    after = Household.everything.get(pk=file.pk)
    assert after.member_count == file.member_count + 1
    assert "王小" in after.search_terms


def test_mistakes_stand_at_their_fields(world: World):
    url = f"/households/{world.files['area'].public_id}/members/new/"
    for field, change in {
        "relation": {"relation": "head"},
        "joined_on": {"joined_on": "2999-01-01"},
        "id_number": {"id_number": world.heads["own"].person.id_number.open()},
        "joined_reason": {"joined_reason": "nonsense"},
    }.items():
        page = world.client("staff").post(url, {**NEW, **change})
        assert page.status_code == 200
        assert field in page.context["form"].errors, field


def test_scope(world: World):
    url = f"/households/{world.files['other_township'].public_id}/members/new/"
    assert world.client("staff").post(url, NEW).status_code == 404
    assert world.client("clerk").post(url, NEW).status_code == 403
