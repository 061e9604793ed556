"""The kept file is read again: with hidden sheets, against the files of today."""

from tests.households import register_cases as cases
from tests.households import register_files as files
from tests.households.importing import apply, staged, url


def test_hidden_sheets_come_in_only_when_asked_for(world):
    client = world.client("county_admin")
    data = next(case for case in cases.GOOD if case.name == "hidden sheet").make()
    batch = staged(client, data)
    assert batch.counts["new"] == 10
    assert "旧表" in client.get(url("import_detail", batch)).content.decode()
    client.post(url("import_read", batch), {"include_hidden": "on"})
    batch.refresh_from_db()
    assert batch.counts["new"] == 11


def test_what_changed_meanwhile_is_seen_after_reading_again(world):
    client = world.client("county_admin")
    data = files.good()
    first, second = staged(client, data), staged(client, data)
    apply(client, first)
    assert apply(client, second).status_code == 422
    client.post(url("import_read", second))
    second.refresh_from_db()
    assert second.counts["same"] == 10
    assert apply(client, second).status_code == 302
