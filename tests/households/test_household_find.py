"""Search by a whole certificate or phone number, by POST."""

from datetime import date

from households.views import register
from pairing.models import AuditEvent
from tests import factories
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


def test_who_tries_many_numbers_is_seen_and_stopped(world: World, monkeypatch):
    """A mask leaves some five hundred numbers: whoever tries them all would know one without a reveal."""
    monkeypatch.setattr(register, "MANY_MISSES", 2)
    monkeypatch.setattr(register, "MOST_MISSES", 4)
    client, known = world.client("staff"), world.heads["area"].person.id_number.open()
    warned = AuditEvent.objects.filter(action="household.find_many")
    for n, warnings in enumerate([0, 0, 1, 2]):
        assert client.post(URL, {"number": factories.identity_number(date(1951, 1, 1))}).status_code == 200
        assert warned.count() == warnings, n
        if n < 3:  # what stands here is found all the same, and counts for nothing
            assert client.post(URL, {"number": known}).status_code == 302
    page = client.post(URL, {"number": known})
    assert page.context["form"].errors
    assert warned.latest("pk").result == "refused"
    assert world.client("reviewer").post(URL, {"number": known}).status_code == 302


def test_the_address_takes_no_number(world: World):
    assert world.client("staff").get(URL, {"number": "1"}).status_code == 405
    assert world.client("clerk").post(URL, {"number": "1"}).status_code == 403
