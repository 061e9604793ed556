"""Add a person: with a role that is the giver's to give, once, and never because of a new phone."""

import pytest

from pairing.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "/people/new/"
NEW = {
    "name": "王 秀英",
    "role": "cadre",
    "role_area": "620702101",
    "phone": "+86 138-9361-2345",
    "duty": "教师",
}


def test_a_new_cadre(cast, sign_in):
    answer = sign_in(cast.town).post(URL, NEW | {"unit": str(cast.unit.public_id)})
    person = User.objects.get(username="wangxiuying")
    assert answer["Location"] == f"/people/{person.public_id}/"
    assert (person.name, person.phone.open(), person.unit) == ("王秀英", "13893612345", cast.unit)
    assert person.roles == {"cadre"}
    assert not person.has_usable_password()
    assert person.grants.get().granted_by == cast.town


def test_somebody_of_the_same_name_is_shown_first(cast, sign_in):
    client = sign_in(cast.town)
    answer = client.post(URL, NEW | {"name": cast.cadre.name})
    assert answer.context["form"].errors["another"]
    assert f"/people/{cast.cadre.public_id}/" in answer.content.decode()
    assert client.post(URL, NEW | {"name": cast.cadre.name, "another": "on"}).status_code == 302
    assert User.objects.filter(name=cast.cadre.name).count() == 2


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "0936-8290000"}, "phone"),
        ({"role": "administrator"}, "role"),
        ({"role": "clerk"}, "role_area"),
        ({"role_area": "620702102"}, "role_area"),
        ({"role_area": "\x00"}, "role_area"),
        ({"unit": "not-a-uuid"}, "unit"),
        ({"username": "13893612345"}, "username"),
        ({"username": "cadre"}, "username"),
        ({"name": "x" * 61}, "name"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(cast, sign_in, bad, field):
    before = User.objects.count()
    answer = sign_in(cast.town).post(URL, NEW | bad)
    assert User.objects.count() == before
    if answer.status_code == 400:  # refused before any view: not text at all
        return
    assert answer.status_code == 200
    assert (field or "__all__") in answer.context["form"].errors
    assert 'value="教师"' in answer.content.decode()


def test_a_phone_belongs_to_one_person(cast, sign_in):
    client = sign_in(cast.town)
    client.post(URL, NEW)
    answer = client.post(URL, NEW | {"name": "李四"})
    assert "phone number already" in str(answer.context["form"].errors)


def test_only_offered_fields_are_written(cast, sign_in):
    more = {"is_active": "", "second_factor_on": "on", "password": "x", "area": "620721", "version": "9"}
    sign_in(cast.town).post(URL, NEW | more)
    person = User.objects.get(username="wangxiuying")
    assert (person.is_active, person.second_factor_on, person.area_id, person.version) == (
        True,
        False,
        "620702101",
        1,
    )
