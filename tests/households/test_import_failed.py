"""The rows to mend come back in the columns of the file, and come in when they are mended."""

import io

import openpyxl

from pairing.models import AuditEvent
from tests.households import register_files as files
from tests.households.importing import staged, url


def test_failed_rows_come_back_in_the_layout_of_the_file_and_come_in_when_mended(world):
    client = world.fresh("county_admin")
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


def test_a_household_comes_back_whole_for_without_its_head_it_could_not_come_in_again(world):
    client = world.fresh("county_admin")
    batch = staged(client, files.changed(文化程度="高小")(3))  # of the second of four members
    answer = client.get(url("import_failed", batch), headers={"accept-language": "zh-hans"})
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    lines = list(page.iter_rows(values_only=True))
    assert [line[files.PLACE["姓名"]] for line in lines[1:]] == ["赵福国", "周桂花", "赵小军", "赵兰"]
    assert [bool(line[29]) for line in lines[1:]] == [True] * 4
    page.cell(3, files.PLACE["文化程度"] + 1).value = "小学"
    mended = staged(client, files.saved(page.parent))
    assert mended.counts == {"new": 4, "absent": mended.counts.get("absent", 0)} or mended.counts == {
        "new": 4
    }
    assert all(column["known"] for column in mended.columns)  # our own two columns are no strangers


def test_the_rows_of_a_discarded_file_are_refused_not_missed(world):
    client = world.fresh("county_admin")
    batch = staged(client, files.changed(文化程度="高小")(3))
    client.post(url("import_discard", batch))
    assert client.get(url("import_failed", batch)).status_code == 403
    page = client.get(url("import_detail", batch), headers={"accept-language": "en"}).content.decode()
    assert "kept no longer" in page
    assert url("import_failed", batch) not in page


def test_whole_numbers_leave_with_a_password_of_just_now_only(world):
    batch = staged(world.client("county_admin"), files.changed(文化程度="高小")(3))
    for client in (world.client("county_admin"), world.fresh("county_admin", age=301)):
        answer = client.get(url("import_failed", batch))
        assert answer.status_code == 302
        assert "reauthenticate" in answer["Location"]
    assert not AuditEvent.objects.filter(action="import.export").exists()
