"""Adding a member."""

from households.forms.members import MemberForm
from households.models import ChangeRequest, Household, Membership
from households.views.households import IN_REVIEW
from pairing import clock
from pairing.models import AuditEvent
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


def test_a_new_head_waits_for_a_second_person_unless_he_is_the_first(world: World):
    file, head, staff = world.files["area"], world.heads["area"], world.client("staff")
    url = f"/households/{file.public_id}/members/new/"
    staff.post(f"/members/{head.public_id}/remove/", {"left_on": TODAY, "left_reason": "death"})
    assert staff.get(url).context["form"]["relation"].help_text == MemberForm.HEAD_WAITS
    answer = staff.post(url, {**NEW, "relation": "head"}, follow=True)
    assert IN_REVIEW in [said.message for said in answer.context["messages"]]
    after = Household.everything.get(pk=file.pk)
    assert (after.head_name, after.member_count) == (head.person.name, 2)
    new = Membership.everything.get(household=file, person__name="王小明")
    request = ChangeRequest.everything.get(household=file, reason="member_change")
    change = request.changes.get()
    assert (new.relation, change.field, change.new.open()) == ("other", "head", f"{new.person.public_id}:")
    approve = {"version": "1", "step": "decide", f"field_{change.public_id}": "approve"}
    assert staff.post(f"/changes/{request.public_id}/", approve).status_code == 403
    assert world.client("reviewer").post(f"/changes/{request.public_id}/", approve).status_code == 302
    assert Household.everything.get(pk=file.pk).head_name == "王小明"

    Membership.everything.filter(household=world.files["own"]).delete()
    staff.post(f"/households/{world.files['own'].public_id}/members/new/", {**NEW, "relation": "head"})
    assert Household.everything.get(pk=world.files["own"].pk).head_name == "王小明"


def test_who_tries_numbers_that_stand_elsewhere_is_seen_by_auditors(world: World):
    """The county's constraint tells that a number is known, also of files out of reach: each try leaves a row."""
    file, staff = world.files["area"], world.people["staff"]
    for position in ("other_township", "other_county"):
        number = world.heads[position].person.id_number.open()
        sent = {**NEW, "id_number": number, "certificate": "identity_card", "joined_reason": "moved"}
        page = world.client("staff").post(f"/households/{file.public_id}/members/new/", sent)
        tries = AuditEvent.objects.filter(action="member.add", result="refused", actor_id=staff.pk)
        if position == "other_township":
            assert page.status_code == 200
            row = tries.get()
            assert (row.object_ids, row.fields) == ([file.public_id], ["id_number"])
            assert row.object_area == file.village_code
    assert tries.count() == 1  # another county's numbers are not known here: he joins
    assert number not in str(row.detail)


def test_nobody_joins_before_his_birth(world: World):
    url = f"/households/{world.files['area'].public_id}/members/new/"
    sent = {**NEW, "birth_date": TODAY, "joined_on": "2020-01-01"}
    page = world.client("staff").post(url, sent)
    assert page.context["form"].errors["joined_on"]
    assert page.context["form"]["joined_on"].value() == "2020-01-01"


def test_who_is_in_the_family_already_is_named(world: World):
    head = world.heads["area"].person
    url = f"/households/{world.files['area'].public_id}/members/new/"
    page = world.client("staff").post(url, {**NEW, "id_number": head.id_number.open()})
    assert head.name in page.context["form"].errors["id_number"][0]


def test_a_relation_against_the_sex_is_asked_about(world: World):
    url = f"/households/{world.files['area'].public_id}/members/new/"
    page = world.client("staff").post(url, {**NEW, "relation": "daughter", "sex": "male"}, follow=True)
    assert "relation_sex" in [question["question"].rule for question in page.context["questions"]]


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
