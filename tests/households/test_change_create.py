"""Asking for a change of head, identity or bank."""

from households.actions.changes import withdraw_change
from households.actions.households import edit_household
from households.actions.members import edit_member
from households.models import ChangeRequest, Membership
from tests.cast import World


def url(world: World, position: str = "own") -> str:
    return f"/households/{world.files[position].public_id}/changes/new/"


def test_a_helper_proposes_for_his_own_household_only(world: World):
    data = {
        "head": str(world.spouses["own"].person.public_id),
        "former_becomes": "spouse",
        "reason": "survey",
    }
    assert world.client("cadre").post(url(world), data).status_code == 302
    request = ChangeRequest.everything.get(proposed_by=world.people["cadre"])
    assert request.state == ChangeRequest.State.WAITING
    assert Membership.everything.get(pk=world.spouses["own"].pk).relation == "spouse"
    for position in ("area", "ended", "closed"):
        assert world.client("cadre").post(url(world, position), data).status_code == 404, position


def test_what_is_missing_is_said_at_its_field(world: World):
    client = world.client("staff")
    for data, field in (
        ({"head": str(world.spouses["own"].person.public_id)}, "former_becomes"),
        ({"name": "新名字"}, "person"),
        ({}, "__all__"),
    ):
        page = client.post(url(world), {**data, "reason": "survey"})
        assert field in page.context["form"].errors


def test_a_fact_in_review_is_not_asked_for_twice(world: World):
    page = world.client("reviewer").post(url(world), {"bank_name": "另一家银行", "reason": "survey"})
    assert "bank_name" in page.context["form"].errors


def test_a_clerk_is_shown_no_field_for_numbers(world: World):
    page = world.client("clerk").get(url(world))
    assert page.status_code == 200
    assert not {"id_number", "bank_account", "bank_name"} & set(page.context["form"].fields)


def test_a_number_on_file_is_not_told_by_what_is_wrong(world: World):
    person = world.heads["area"].person
    asked = {"person": str(person.public_id), "birth_date": "2001-01-01", "reason": "survey"}
    page = world.client("staff").post(url(world, "area"), asked)
    assert "birth_date" in page.context["form"].errors
    assert str(person.birth_date) not in page.content.decode()
    # Who sees no numbers is not answered by one either.
    assert world.client("clerk").post(url(world, "area"), asked).status_code == 302


def test_who_may_not_read_a_fact_is_not_told_that_he_has_guessed_it(world: World):
    """Right or wrong, his guess goes to a second person; "the file says so already" would confirm a birth date."""
    person = world.heads["own"].person
    for who in ("clerk", "cadre"):
        for day in (str(person.birth_date), "1999-09-09"):
            asked = {"person": str(person.public_id), "birth_date": day, "reason": "survey"}
            assert world.client(who).post(url(world), asked).status_code == 302, (who, day)
            made = ChangeRequest.everything.latest("pk")
            page = world.client(who).get(f"/changes/{made.public_id}/").content.decode()
            assert day != "1999-09-09" or str(person.birth_date.year) not in page
            withdraw_change(request=made, by=world.people[who])
    office = {"person": str(person.public_id), "birth_date": str(person.birth_date), "reason": "survey"}
    assert world.client("staff").post(url(world), office).status_code == 200  # he reads it in the file


def test_the_office_is_not_told_either_that_it_has_guessed_a_masked_number(world: World):
    """Of some five hundred that a mask leaves, only the right one would be refused; each goes to a second person."""
    file, head, staff = world.files["area"], world.heads["area"], world.people["staff"]
    number, account = head.person.id_number.open(), file.bank_account.open()
    asked = {"person": str(head.person.public_id), "id_number": number, "reason": "survey"}
    assert world.client("staff").post(url(world, "area"), asked).status_code == 302
    withdraw_change(request=ChangeRequest.everything.latest("pk"), by=staff)
    edited = edit_member(membership=head, values={"id_number": number}, reason="survey", by=staff)
    assert edited.request is not None
    bank = edit_household(household=file, values={"bank_account": account}, reason="survey", by=staff)
    assert bank.request is not None
