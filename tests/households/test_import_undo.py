"""An import can be taken back as long as nobody has touched what it wrote."""

from households.models import ChangeRequest, Household, PersonYear
from tests.households import register_files as files
from tests.households.importing import apply, staged, tables, url


def test_an_import_can_be_taken_back_while_nobody_has_touched_it(world):
    client = world.client("county_admin")
    before = tables()
    batch = staged(client, files.good())
    apply(client, batch)
    client.post(url("import_undo", batch))
    batch.refresh_from_db()
    assert batch.state == "undone"
    assert tables() == before


def test_changes_are_taken_back_too(world):
    client = world.client("county_admin")
    apply(client, staged(client, files.good()))
    rows = files.good_rows()
    rows[0][files.PLACE["健康状况"]] = "健康"
    rows[0][files.PLACE["联系电话"]] = "13900000000"
    for row in rows[1:4]:
        row[files.PLACE["联系电话"]] = "13900000000"
    rows[4][files.PLACE["人均纯收入"]] = 12345.6
    batch = staged(client, files.good(rows=rows))
    apply(client, batch)
    first = Household.everything.get(file_number="86299900000001")
    assert first.phone.open() == "13900000000"
    client.post(url("import_undo", batch))
    first = Household.everything.get(file_number="86299900000001")
    assert first.phone.open() == "19900000001"
    assert sorted(PersonYear.everything.get(person__name="赵福国").health) == ["chronic", "disabled"]
    assert ChangeRequest.everything.get(batch=batch).state == "withdrawn"


def test_a_touched_import_stays(world):
    client = world.client("county_admin")
    batch = staged(client, files.good())
    apply(client, batch)
    Household.everything.filter(file_number="86299900000001").update(version=7)
    before = tables()
    client.post(url("import_undo", batch))
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert tables() == before


def test_the_page_says_what_will_happen_and_changes_nothing(world):
    client = world.client("county_admin")
    batch = staged(client, files.good())
    apply(client, batch)
    before = tables()
    assert client.get(url("import_undo", batch)).status_code == 200
    assert tables() == before
    assert world.client("far_admin").post(url("import_undo", batch)).status_code == 404
