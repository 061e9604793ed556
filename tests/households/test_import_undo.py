"""An import can be taken back as long as nobody has touched what it wrote."""

from households.actions import members
from households.models import ChangeRequest, Household, Membership, PersonYear
from pairing import clock
from pairing.models import AuditEvent
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
    named = [AuditEvent.objects.get(action=f"import.{deed}").object_ids for deed in ("apply", "undo")]
    assert len(named[0]) == 1 + 4  # the batch, and its files: who asks for one of them finds both deeds
    assert set(named[0]) == set(named[1])


def test_the_year_of_somebody_who_comes_from_another_file_goes_back_too(world):
    client, rows = world.client("county_admin"), files.good_rows()
    apply(client, staged(client, files.good()))
    was = Membership.everything.select_related("household", "person").get(person__name="赵小军")
    year = PersonYear.everything.get(person=was.person)
    by = world.people["county_admin"]
    members.remove_member(membership=was, left_on=clock.today(), reason="married_out", by=by)
    second = next(row for row in rows if row[files.PLACE["户编号"]] == "86299900000002")
    comer = next(row for row in rows if row[files.PLACE["姓名"]] == "赵小军")
    comer[files.PLACE["户编号"]], comer[files.PLACE["与户主关系"]] = "86299900000002", "其他"
    comer[files.PLACE["健康状况"]] = "长期慢性病"
    for title in files.TITLES[19:]:  # what is said of the household
        comer[files.PLACE[title]] = second[files.PLACE[title]]
    second[files.PLACE["人数"]] = comer[files.PLACE["人数"]] = 2
    batch = staged(client, files.good(rows=[second, comer]))
    assert apply(client, batch).status_code == 302
    here = PersonYear.everything.get(pk=year.pk)
    assert here.health == ["chronic"]
    assert (here.household.file_number, here.village_code) == ("86299900000002", here.household.village_code)
    assert client.post(url("import_undo", batch)).status_code == 302
    there = PersonYear.everything.get(pk=year.pk)
    assert there.health == year.health
    assert (there.household, there.village_code) == (was.household, year.village_code)


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


def test_imports_are_taken_back_one_after_the_other_the_last_first(world):
    client, before = world.client("county_admin"), tables()
    first = staged(client, files.good())
    apply(client, first)
    for phone in ("13900000000", "13900000001"):  # twice, so that versions rise more than once
        rows = files.good_rows()
        for row in rows[:4]:
            row[files.PLACE["联系电话"]] = phone
        rows[0][files.PLACE["健康状况"]] = "健康"
        rows[4][files.PLACE["人均纯收入"]] = 12345.6
        second = staged(client, files.good(rows=rows))
        apply(client, second)
        client.post(url("import_undo", first))
        first.refresh_from_db()
        assert first.state == "applied"  # the second one stands upon it
        client.post(url("import_undo", second))
    client.post(url("import_undo", first))
    first.refresh_from_db()
    assert first.state == "undone"
    assert tables() == before


def test_a_file_that_somebody_edited_between_two_imports_keeps_the_first(world):
    client = world.client("county_admin")
    first = staged(client, files.good())
    apply(client, first)
    Household.everything.filter(file_number="86299900000001").update(version=2)
    rows = files.good_rows()
    for row in rows[:4]:
        row[files.PLACE["联系电话"]] = "13900000000"
    second = staged(client, files.good(rows=rows))
    apply(client, second)
    for batch in (second, first):
        client.post(url("import_undo", batch))
        batch.refresh_from_db()
    assert (second.state, first.state) == ("undone", "applied")


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
