"""Who changed what in a file."""

from households.actions.entries import MemberEntry
from households.actions.households import close_household, edit_household
from households.actions.members import add_member, edit_member, remove_member
from households.actions.moves import move_household
from households.models import Household, Membership, Person
from households.rules import words
from pairing import clock, codelists
from tests import factories
from tests.cast import OTHER_VILLAGE, VILLAGE, World


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


def test_what_became_of_somebody_after_he_left_is_another_files_history(world: World):
    """Also when the file has moved since, to an office that never had his new one in reach."""
    file, staff = world.files["other_township"], world.people["other_staff"]
    spouse, new = world.spouses["other_township"], factories.household(OTHER_VILLAGE)
    name = spouse.person.name
    known = MemberEntry(name, "other", id_number=spouse.person.id_number.open())
    edit_member(membership=spouse, values={"ethnic_group": "tibetan"}, reason="survey", by=staff)
    remove_member(membership=spouse, left_on=clock.today(), reason="married_out", by=staff)
    add_member(household=new, member=known, by=staff)
    child = add_member(household=file, member=MemberEntry("小强", "son", phone="13911112222"), by=staff).row
    remove_member(membership=child, left_on=clock.today(), reason="death", by=staff)
    joined = Membership.everything.present().get(person=spouse.person)
    edit_member(membership=joined, values={"ethnic_group": "hui"}, reason="survey", by=staff)
    Person.everything.filter(pk=spouse.person_id).update(name="后来的名字")
    file.refresh_from_db()
    admin = world.people["county_admin"]
    move_household(household=file, village_code=VILLAGE, on=clock.today(), reason="survey", by=admin)
    text = world.client("staff").get(f"/households/{file.public_id}/history/").content.decode()
    assert name in text
    assert "藏族" in text
    assert f"小强：{words.label('Person', 'phone')}" in text  # written in the step by which he came
    assert f"小强：{words.label('Person', 'died_on')}" in text  # and by which he left
    assert "后来的名字" not in text
    assert "回族" not in text


def test_it_is_the_offices_and_scoped(world: World):
    assert (
        world.client("cadre").get(f"/households/{world.files['own'].public_id}/history/").status_code == 403
    )
    far = world.files["other_county"].public_id
    assert world.client("county_admin").get(f"/households/{far}/history/").status_code == 404
