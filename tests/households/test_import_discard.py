"""A dry run is thrown away, with its rows and the kept file."""

from households.models import ImportFile, ImportRow
from tests.households import register_files as files
from tests.households.importing import apply, staged, tables, url


def test_a_discarded_dry_run_leaves_nothing(world):
    client = world.client("county_admin")
    before = tables()
    batch = staged(client, files.good())
    client.post(url("import_discard", batch))
    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert not ImportRow.everything.exists()
    assert not ImportFile.everything.exists()
    assert apply(client, batch).url == url("import_detail", batch)  # where it says that it is discarded
    assert tables() == before
    assert client.get(url("import_detail", batch)).status_code == 200
