"""Who changed what in a file."""

from households.actions.households import close_household, edit_household
from households.models import Household
from pairing import clock, codelists
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
    assert newest.reason == codelists.label("change_reason", "survey")
    assert f"原因：{newest.reason}" in page.content.decode()


def test_each_fact_is_told_once_and_in_words(world: World):
    file, staff = world.files["area"], world.people["staff"]
    close_household(household=file, on=clock.today(), reason="death", by=staff)
    Household.everything.filter(pk=file.pk).update(household_type="general")  # kept of the newest year
    page = world.client("reviewer").get(f"/households/{file.public_id}/history/")
    steps = {step.action: step for step in page.context["steps"]}
    assert steps["户档案注销"].reason == "死亡"
    labels = [line["label"] for step in steps.values() for line in step.changes]
    assert "档案状态" in labels
    assert not [label for label in labels if "ousehold" in label]


def test_it_is_the_offices_and_scoped(world: World):
    assert (
        world.client("cadre").get(f"/households/{world.files['own'].public_id}/history/").status_code == 403
    )
    far = world.files["other_county"].public_id
    assert world.client("county_admin").get(f"/households/{far}/history/").status_code == 404
