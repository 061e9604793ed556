"""Search by a whole certificate or phone number, by POST."""

from tests.cast import World

URL = "/households/find/"


def test_a_number_leads_to_its_file(world: World):
    head = world.heads["area"].person
    answer = world.client("staff").post(URL, {"number": f" {head.id_number.open().lower()} "})
    assert answer.status_code == 302
    assert str(world.files["area"].public_id) in answer["Location"]


def test_a_phone_of_household_or_member_leads_to_the_file(world: World):
    for sealed in (world.files["area"].phone, world.spouses["area"].person.phone):
        assert world.client("staff").post(URL, {"number": sealed.open()}).status_code == 302


def test_a_number_out_of_scope_finds_nothing_and_says_no_more(world: World):
    far = world.heads["other_township"].person.id_number.open()
    nobody = world.client("staff").post(URL, {"number": "629999195001011230"})
    found = world.client("staff").post(URL, {"number": far})
    assert found.status_code == nobody.status_code == 200
    assert far not in found.content.decode().replace(f'value="{far}"', "")


def test_the_address_takes_no_number(world: World):
    assert world.client("staff").get(URL, {"number": "1"}).status_code == 405
    assert world.client("clerk").post(URL, {"number": "1"}).status_code == 403
