"""The dry run shows by outcome what an import would do, numbers masked."""

from households.actions.moves import move_household
from households.models import ImportRow, Membership
from pairing import clock
from pairing.models import AuditEvent
from tests.cast import OTHER_VILLAGE, TOWNSHIP
from tests.households import register_cases
from tests.households import register_files as files
from tests.households.importing import apply, staged, url


def test_absence_is_a_question_never_a_deletion(world):
    client = world.client("county_admin")
    apply(client, staged(client, files.good()))
    rows = files.good_rows()
    del rows[3]
    for row in rows[:3]:
        row[9] = 3
    batch = staged(client, files.good(rows=rows))
    absent = ImportRow.everything.filter(batch=batch, outcome="absent")
    assert absent.filter(household__file_number="86299900000001").count() == 1
    page = client.get(url("import_detail", batch) + "?tab=absent")
    assert "赵兰" in page.content.decode()
    apply(client, batch)
    assert Membership.everything.present().filter(person__name="赵兰").exists()


def test_a_file_that_has_moved_away_since_is_not_shown(world):
    client, file = world.client("township_admin"), world.files["area"]
    batch = staged(client, files.good(), area=TOWNSHIP)
    page = url("import_detail", batch) + "?tab=absent"
    assert file.head_name in client.get(page).content.decode()
    admin = world.people["county_admin"]
    move_household(household=file, village_code=OTHER_VILLAGE, on=clock.today(), reason="survey", by=admin)
    text = client.get(page).content.decode()
    assert file.head_name not in text
    assert file.file_number not in text
    assert world.files["ended"].head_name in text


def test_each_outcome_has_its_tab_with_old_and_new(world):
    client = world.client("county_admin")
    apply(client, staged(client, files.good()))
    rows = files.good_rows()
    rows[1][files.PLACE["姓名"]] = "周桂华"
    rows[4][files.PLACE["证件号码"]] = "629999196107190613"
    rows += files.family(7, files.ONE, [("孙明", "户主", "19600101", 91)], 5000)
    batch = staged(client, files.good(rows=rows))
    pages = {tab: client.get(url("import_detail", batch), {"tab": tab}) for tab in batch.counts}
    words = {tab: page.content.decode() for tab, page in pages.items()}
    assert "周桂花" in words["changed"]
    assert "周桂华" in words["changed"]
    assert "证件号码" in words["error"]
    assert "孙明" in words["new"]
    assert not any(row[8] in text for row in rows for text in words.values())
    assert AuditEvent.objects.filter(action="import.show").count() == len(pages)


def test_who_is_elsewhere_sees_nothing(world):
    batch = staged(world.client("county_admin"), files.good())
    assert world.client("far_admin").get(url("import_detail", batch)).status_code == 404
    assert world.client("township_admin").get(url("import_detail", batch)).status_code == 404
    assert world.client("staff").get(url("import_detail", batch)).status_code == 403


def test_the_page_needs_the_same_queries_for_few_and_many_rows(world, django_assert_max_num_queries):
    client = world.client("county_admin")
    batch = staged(client, files.good())
    client.get(url("import_detail", batch))
    with django_assert_max_num_queries(20):
        client.get(url("import_detail", batch))


def test_what_is_not_kept_and_who_is_not_named_is_said(world):
    """A checkers' table of households: income items are known and not kept, members stand in another table."""
    titles = register_cases.wrapped()[0]
    row = [
        "甘肃省",
        "张掖市",
        "甘州区",
        "梁家墩镇",
        "清凉寺村",
        "86299900000001",
        "赵福国",
        "629999195602040112",
    ]
    sheet = files.xlsx([titles, [*row, 4, 9211, 6000]])
    client = world.client("county_admin")
    page = client.get(url("import_detail", staged(client, sheet)))
    assert page.context["unkept"] == ["工资性收入"]
    assert page.context["heads_only"] is True


def test_a_column_that_stands_twice_and_our_own_are_not_called_lost(world):
    """What the file of rows to mend adds speaks of the sheet; the first of two columns is kept."""
    titles = [*files.TITLES, "联系电话", "文件中的行号", "待更正原因"]
    rows = [[*row, "19900000009", "2", "姓名"] for row in files.good_rows()]
    client = world.client("county_admin")
    page = client.get(url("import_detail", staged(client, files.xlsx([titles, *rows]))))
    assert (page.context["repeated"], page.context["unkept"]) == (["联系电话"], [])


def test_a_file_of_unknown_villages_only_is_told_so(world):
    rows = [[*row] for row in files.good_rows()]
    for row in rows:
        row[files.PLACE["行政村"]] = "桃花源村"
    batch = staged(world.client("county_admin"), files.good(rows=rows))
    assert batch.counts == {"error": 10}


def test_a_wrong_place_names_its_column(world):
    rows = files.good_rows()
    rows[0][files.PLACE["行政村"]] = "桃花源村"
    batch = staged(world.client("county_admin"), files.good(rows=rows))
    said = [m for row in ImportRow.everything.filter(batch=batch) for m in row.messages]
    assert {"code": "village.unknown", "column": "行政村"} in said
