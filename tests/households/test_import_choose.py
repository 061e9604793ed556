"""Doubtful rows need a choice, and what is damaged is never guessed."""

from households.models import Household, ImportRow
from tests.households import register_cases as cases
from tests.households import register_files as files
from tests.households.importing import apply, staged, tables, url


def test_doubtful_rows_need_a_choice(world):
    client = world.client("county_admin")
    batch = staged(client, files.changed(联系电话="1990000000")(6))
    assert batch.counts["doubtful"] == 1
    assert apply(client, batch).status_code == 422
    row = ImportRow.everything.get(batch=batch, outcome="doubtful")
    client.post(url("import_choose", batch), {f"row_{row.public_id}": "take"})
    assert apply(client, batch).status_code == 302
    assert not Household.everything.get(file_number="86299900000002").phone


def test_a_damaged_number_is_never_guessed_and_the_one_on_file_is_offered(world):
    client = world.client("county_admin")
    batch = staged(client, cases.damaged())
    assert batch.counts["error"] == 4
    apply(client, staged(client, files.good()))
    batch = staged(client, cases.damaged())
    assert batch.counts["doubtful"] == 1
    client.post(url("import_choose", batch), {"rest": "take"})
    before = tables()
    assert apply(client, batch).status_code == 302
    assert tables() == before


def test_a_household_chosen_to_be_left_out_stays_out(world):
    client = world.client("county_admin")
    batch = staged(client, files.changed(联系电话="1990000000")(6))
    client.post(url("import_choose", batch), {"rest": "leave"})
    assert apply(client, batch).status_code == 422
    assert apply(client, batch, leave_out="on").status_code == 302
    assert not Household.everything.filter(file_number="86299900000002").exists()
    assert Household.everything.filter(file_number="86299900000001").exists()
