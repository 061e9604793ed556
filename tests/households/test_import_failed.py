"""The rows to mend come back in the columns of the file, and come in when they are mended."""

import io

import openpyxl

from pairing.models import AuditEvent
from tests.households import register_files as files
from tests.households.importing import staged, url


def test_failed_rows_come_back_in_the_layout_of_the_file_and_come_in_when_mended(world):
    client = world.client("county_admin")
    batch = staged(client, files.changed(姓名='=HYPERLINK("x")')(6))
    answer = client.get(url("import_failed", batch))
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert AuditEvent.objects.filter(action="import.export").count() == 1
    lines = list(page.iter_rows(values_only=True))
    assert list(lines[0][:28]) == files.TITLES
    assert lines[1][28] == "6"
    assert lines[1][29]
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}
    page["H2"] = "买买提"
    mended = staged(client, files.saved(page.parent))
    assert mended.counts["new"] == 1
