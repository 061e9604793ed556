"""Who changed what in a file."""

from households.actions.households import edit_household
from tests.cast import World


def test_it_says_who_changed_which_field_and_hides_numbers(world: World):
    file, staff = world.files["area"], world.people["staff"]
    edit_household(
        household=file, values={"address": "新路5号", "phone": "13911112222"}, reason="survey", by=staff
    )
    page = world.client("reviewer").get(f"/households/{file.public_id}/history/")
    newest = page.context["steps"][0]
    assert newest.who == staff.name
    assert {"新路5号", "••••"} <= {line["new"] for line in newest.changes}
    assert "13911112222" not in page.content.decode()


def test_it_is_the_offices_and_scoped(world: World):
    assert (
        world.client("cadre").get(f"/households/{world.files['own'].public_id}/history/").status_code == 403
    )
    far = world.files["other_county"].public_id
    assert world.client("county_admin").get(f"/households/{far}/history/").status_code == 404
