"""Opening a file by hand."""

from datetime import date

from households.models import Household
from tests import cast, factories
from tests.cast import World

URL = "/households/new/"
BORN = date(1961, 5, 6)


def filled(**more: str) -> dict[str, str]:
    number = factories.identity_number(BORN, "female")
    return {"village": cast.VILLAGE, "name": "单红梅", "id_number": number, "group_name": "三社", **more}


def test_a_file_opens_and_takes_birth_date_and_sex_from_the_number(world: World):
    answer = world.client("staff").post(URL, filled(listed="on", household_type="ordinary"))
    file = Household.everything.get(head_name="单红梅")
    assert answer["Location"].endswith(f"/households/{file.public_id}/")
    person = file.memberships.get().person
    assert (person.birth_date, person.sex, person.certificate) == (BORN, "female", "identity_card")
    assert (file.household_type, file.village_code, file.listed_on is not None) == (
        "ordinary",
        cast.VILLAGE,
        True,
    )


def test_each_mistake_stands_at_its_field_and_nothing_typed_is_lost(world: World):
    wrong = filled()["id_number"][:-1] + "?"
    bad = {
        "id_number": {"id_number": wrong},
        "birth_date": {"birth_date": "1999-01-01"},
        "sex": {"sex": "male"},
        "village": {"village": cast.OTHER_VILLAGE},
        "file_number": {"file_number": world.files["area"].file_number},
        "phone": {"phone": "12"},
        "name": {"name": "\u200b"},
    }
    before = Household.everything.count()
    for field, change in bad.items():
        page = world.client("staff").post(URL, {**filled(address="清凉寺12号"), **change})
        assert page.status_code == 200, field
        form = page.context["form"]
        assert field in form.errors or form.non_field_errors(), (field, form.errors)
        assert "清凉寺12号" in page.content.decode()
    assert Household.everything.count() == before


def test_an_old_number_of_15_digits_is_asked_about(world: World):
    """It is no longer valid since 2013: it may stand, and the file asks for the new one."""
    number = filled()["id_number"]
    page = world.client("staff").post(URL, filled(id_number=number[:6] + number[8:17]), follow=True)
    assert "number_old" in [question["question"].rule for question in page.context["questions"]]


def test_a_file_number_is_written_as_registers_write_it(world: World):
    staff = world.client("staff")
    assert staff.post(URL, filled(file_number="12/3 4")).context["form"].errors["file_number"]
    staff.post(URL, filled(file_number="８６２９９９ a1"))
    assert Household.everything.filter(file_number="862999A1").exists()


def test_a_megabyte_of_chinese_is_answered_beside_its_field_with_all_words(world: World):
    long = "长" * 349_526
    page = world.client("staff").post(URL, filled(address=long))
    assert page.status_code == 200
    assert page.context["form"].errors["address"]
    assert long in page.content.decode()


def test_a_person_of_another_family_is_refused_without_naming_the_family(world: World):
    head = world.heads["other_township"].person
    page = world.client("staff").post(URL, filled(id_number=head.id_number.open(), name="王某"))
    text = page.content.decode()
    assert page.status_code == 200
    assert not any(
        canary in text.replace(head.id_number.open(), "") for canary in world.canaries["other_township"]
    )


def test_only_offices_open_files(world: World):
    for who in ("cadre", "clerk", "leader", "auditor"):
        assert world.client(who).get(URL).status_code == 403


def test_only_villages_of_ones_own_area_can_be_chosen(world: World):
    page = world.client("staff").get(URL).content.decode()
    assert f'value="{cast.VILLAGE}"' in page
    assert f'value="{cast.VILLAGE[:9]}"' not in page
    assert f'value="{cast.OTHER_VILLAGE}"' not in page
