"""Editing a member."""

from households.models import ChangeRequest, Membership, Person
from tests.cast import World


def data(world: World, **more: str) -> dict[str, str]:
    person = world.spouses["area"].person
    return {
        "version": "1",
        "relation": "spouse",
        "name": person.name,
        "certificate": person.certificate,
        "sex": person.sex,
        "ethnic_group": person.ethnic_group,
        "reason": "paper_seen",
        **more,
    }


def url(world: World) -> str:
    return f"/members/{world.spouses['area'].public_id}/edit/"


def test_the_relation_counts_at_once_and_the_name_waits(world: World):
    answer = world.client("staff").post(url(world), data(world, relation="mother", name="新名字"))
    assert answer.status_code == 302
    member = Membership.everything.select_related("person").get(pk=world.spouses["area"].pk)
    assert member.relation == "mother"
    assert member.person.name != "新名字"
    request = ChangeRequest.everything.filter(household=world.files["area"]).latest("pk")
    assert [(c.field, c.new.open()) for c in request.changes.all()] == [("name", "新名字")]


def test_sex_and_birth_date_must_fit_the_number_that_stands(world: World):
    for field, change in {"sex": {"sex": "male"}, "birth_date": {"birth_date": "1970-01-01"}}.items():
        page = world.client("staff").post(url(world), data(world, **change))
        assert field in page.context["form"].errors
        assert str(world.spouses["area"].person.birth_date) not in page.content.decode()


def test_numbers_stay_out_of_the_page_and_stay_when_left_empty(world: World):
    page = world.client("staff").get(url(world)).content.decode()
    person = world.spouses["area"].person
    assert person.id_number.open() not in page
    assert person.phone.open() not in page
    world.client("staff").post(url(world), data(world, ethnic_group="hui"))
    after = Person.everything.get(pk=person.pk)
    assert (after.ethnic_group, after.phone.open()) == ("hui", person.phone.open())


def test_a_stale_save_is_409(world: World):
    client = world.client("staff")
    client.post(url(world), data(world, relation="mother"))
    assert client.post(url(world), data(world, relation="father")).status_code == 409
