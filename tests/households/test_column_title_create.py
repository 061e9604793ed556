"""A strange column is read as a field from now on, in its place."""

from households.models import ColumnAlias
from pairing.models import AuditEvent
from tests.households import register_files as files
from tests.households.importing import staged, url


def test_a_strange_column_becomes_known(world):
    client = world.client("county_admin")
    titles = ["家庭组别" if title == "自然村" else title for title in files.TITLES]
    rows = files.good_rows()
    for row in rows:
        row[4] = "3社"
    batch = staged(client, files.good(titles, rows))
    assert [c["title"] for c in batch.columns if not c["known"]] == ["家庭组别"]
    before = AuditEvent.objects.count()
    client.post(url("column_title_create", batch), {"title": "家庭组别", "field": "group_name"})
    assert AuditEvent.objects.count() == before + 1
    batch.refresh_from_db()
    assert all(c["known"] for c in batch.columns)
    assert ColumnAlias.everything.get().area_id == "620702"


def test_an_unknown_field_adds_nothing(world):
    client = world.client("county_admin")
    batch = staged(client, files.good())
    client.post(url("column_title_create", batch), {"title": "x", "field": "is_staff"})
    assert not ColumnAlias.everything.exists()
