"""Editing the facts of a file that have no year."""

from households.models import ChangeRequest, Household
from pairing.models import AuditEvent
from tests.cast import World


def data(world: World, **more: object) -> dict[str, object]:
    file = world.files["area"]
    names = ("version", "file_number", "group_name", "address", "best_time", "bank_name")
    return {**{name: getattr(file, name) for name in names}, "reason": "survey", **more}


def url(world: World, position: str = "area") -> str:
    return f"/households/{world.files[position].public_id}/edit/"


def test_plain_facts_count_at_once_and_the_bank_waits(world: World):
    ChangeRequest.everything.filter(household=world.files["area"]).update(state="withdrawn")
    world.client("staff").post(
        url(world), data(world, address="新路1号", bank_name="农商银行", phone="13900001234")
    )
    file = Household.everything.get(pk=world.files["area"].pk)
    assert (file.address, file.phone.open(), file.version) == ("新路1号", "13900001234", 2)
    assert file.bank_name == world.files["area"].bank_name
    request = ChangeRequest.everything.waiting().get(household=file)
    assert request.changes.get().new.open() == "农商银行"
    assert AuditEvent.objects.filter(action="household.edit").count() == 1


def test_who_tries_file_numbers_that_stand_elsewhere_is_seen_by_auditors(world: World):
    taken = world.files["other_township"].file_number
    page = world.client("staff").post(url(world), data(world, file_number=taken))
    assert "file_number" in page.context["form"].errors
    row = AuditEvent.objects.get(action="household.edit")
    assert (row.result, row.fields) == ("refused", ["file_number"])


def test_an_empty_number_keeps_the_one_that_stands(world: World):
    world.client("staff").post(url(world), data(world, address="新路2号", phone="", bank_account=""))
    file = Household.everything.get(pk=world.files["area"].pk)
    assert file.phone.open() == world.files["area"].phone.open()


def test_numbers_are_not_put_into_the_form(world: World):
    page = world.client("staff").get(url(world)).content.decode()
    assert world.files["area"].phone.open() not in page
    assert world.files["area"].bank_account.open() not in page


def test_a_stale_save_gets_a_page_with_both_texts(world: World):
    client = world.client("staff")
    client.post(url(world), data(world, address="先到的"))
    page = client.post(url(world), data(world, address="后到的"))
    assert page.status_code == 409
    assert "先到的" in page.content.decode()
    assert "后到的" in page.content.decode()
    assert Household.everything.get(pk=world.files["area"].pk).address == "先到的"


def test_unlisted_columns_stay(world: World):
    extra = {
        "status": "closed",
        "village_code": "620722101201",
        "lead": "1",
        "listed_on": "",
        "member_count": "9",
    }
    world.client("staff").post(url(world), data(world, address="新路3号", **extra))
    after, before = Household.everything.get(pk=world.files["area"].pk), world.files["area"]
    for name in ("status", "village_code", "lead_id", "listed_on", "member_count", "county_code"):
        assert getattr(after, name) == getattr(before, name), name


def test_a_closed_file_is_403_and_another_township_404(world: World):
    assert world.client("staff").get(url(world, "closed")).status_code == 403
    assert world.client("staff").get(url(world, "other_township")).status_code == 404
    assert world.client("cadre").get(url(world, "own")).status_code == 403
