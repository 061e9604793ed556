"""A register comes in: what the dry run shows is what the import does, once."""

import io
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from households.actions import members
from households.actions.counters import counts
from households.models import (
    ChangeField,
    ChangeRequest,
    Household,
    HouseholdYear,
    Membership,
    Person,
    PersonYear,
)
from households.register import applying, intake, undoing
from pairing import clock
from pairing.models import AuditEvent
from tests.cast import COUNTY, TOWNSHIP, VILLAGE
from tests.households import register_files as files
from tests.households.importing import apply, staged, tables, upload, url


def test_a_register_comes_in(world):
    client = world.client("county_admin")
    before = tables()
    batch = staged(client, files.good())
    assert batch.layout == "L1"
    assert batch.counts["new"] == 10
    assert tables() == before
    assert apply(client, batch).status_code == 302
    after = tables()
    assert {name: after[name] - before[name] for name in after} == {
        "Household": 4, "HouseholdYear": 4, "Person": 10, "Membership": 10, "PersonYear": 10,
        "ChangeRequest": 0, "ChangeField": 0,
    }  # fmt: skip
    first = Household.everything.get(file_number="86299900000001")
    assert (first.head_name, first.member_count, first.household_type) == ("赵福国", 4, "general_poor")
    assert first.village_code == "620702101201"
    assert first.years.get().per_head_income == Decimal("9211.37")
    head = first.memberships.get(relation="head").person
    assert (head.id_number.open(), head.sex, head.birth_date.isoformat()) == (
        files.number("19560204", 11), "male", "1956-02-04",
    )  # fmt: skip
    assert sorted(head.years.get().health) == ["chronic", "disabled"]
    made = list(Household.everything.filter(file_number__startswith="8629990000"))
    for household in made:
        for name, value in counts([household.pk])[household.pk].items():
            assert getattr(household, name) == value, name
    assert AuditEvent.objects.filter(action="import.apply").count() == 1


def test_a_number_alone_brings_nobody_from_another_township(world):
    """Who left a file there comes under his own name only; else a number would fetch name, phone and health."""
    gone, staff = world.spouses["other_township"], world.people["other_staff"]
    members.remove_member(membership=gone, left_on=clock.today(), reason="married_out", by=staff)
    Person.everything.filter(pk=gone.person_id).update(name="周莲英")
    rows = files.good_rows()
    rows[1][files.PLACE["证件号码"]] = gone.person.id_number.open()
    client = world.client("township_admin")
    for name, comes in (("别的名字", False), ("周莲英", True)):
        rows[1][files.PLACE["姓名"]] = name
        batch = staged(client, files.good(rows=rows), area=TOWNSHIP)
        uploaded = AuditEvent.objects.filter(action="import.upload").latest("pk")
        assert uploaded.detail.get("elsewhere", 0) == (0 if comes else 1)
        assert apply(client, batch, leave_out="on").status_code == 302
        gone.person.refresh_from_db()
        assert (gone.person.village_code == VILLAGE) is comes


def test_who_uploads_file_numbers_of_another_township_is_seen_by_auditors(world):
    """The dry run says of each that it stands elsewhere: the upload's row says of how many."""
    Household.everything.filter(pk=world.files["other_township"].pk).update(file_number="86299900000001")
    batch = staged(world.client("township_admin"), files.good(), area=TOWNSHIP)
    told = batch.rows.filter(messages__contains=[{"code": "household.elsewhere"}]).count()
    assert AuditEvent.objects.get(action="import.upload").detail["elsewhere"] == told >= 1


def test_the_same_file_again_changes_nothing(world):
    client = world.client("county_admin")
    data = files.good()
    apply(client, staged(client, data))
    before, versions = tables(), dict(Household.everything.values_list("pk", "version"))
    batch = staged(client, data)
    assert {name: n for name, n in batch.counts.items() if name != "absent"} == {"same": 10}
    page = client.get(url("import_detail", batch))
    assert page.context["same"] is not None
    assert apply(client, batch).status_code == 302
    assert tables() == before
    assert dict(Household.everything.values_list("pk", "version")) == versions


def test_sensitive_changes_wait_for_a_second_person_and_a_repeat_asks_nothing(world):
    client = world.client("county_admin")
    apply(client, staged(client, files.good()))
    rows = files.good_rows()
    rows[0][files.PLACE["健康状况"]] = "健康"
    rows[4][files.PLACE["人均纯收入"]] = 12345.6
    rows[5][files.PLACE["姓名"]] = "郑秀莹"
    data = files.good(rows=rows)
    batch = staged(client, data)
    assert batch.counts["changed"] == 3
    page = client.get(url("import_detail", batch) + "?tab=changed")
    assert "郑秀莹" in page.content.decode()
    apply(client, batch)
    assert PersonYear.everything.get(person__name="赵福国").health == ["healthy"]
    assert HouseholdYear.everything.get(household__file_number="86299900000002").per_head_income == 8300
    asked = {(f.model, f.field): f.new.open() for f in ChangeField.everything.filter(request__batch=batch)}
    assert asked == {("household_year", "per_head_income"): "12345.60", ("person", "name"): "郑秀莹"}
    again = staged(client, data)
    assert again.counts["same"] == 10
    apply(client, again)
    assert not ChangeRequest.everything.filter(batch=again).exists()


def test_the_register_of_a_new_year_keeps_old_values_until_they_are_approved(world):
    client, number = world.client("county_admin"), "86299900000002"
    apply(client, staged(client, files.good(), year=2024))
    rows = files.good_rows()
    rows[4][files.PLACE["人均纯收入"]] = 12345.6
    batch = staged(client, files.good(rows=rows), year=2025)
    apply(client, batch)
    income = HouseholdYear.everything.filter(household__file_number=number).order_by("year")
    assert list(income.values_list("year", "per_head_income")) == [(2024, 8300), (2025, 8300)]
    request = ChangeRequest.everything.get(batch=batch)
    for language, words in (("en", "Imported register"), ("zh-hans", "导入台账")):  # the reader's
        client.post("/language/", {"language": language})
        assert words in client.get(f"/changes/{request.public_id}/").content.decode()
    ticks = {f"field_{f.public_id}": "approve" for f in request.changes.all()}
    world.client("reviewer").post(
        f"/changes/{request.public_id}/", ticks | {"version": "1", "step": "decide"}
    )
    world.client("other_staff").post(
        f"/changes/{request.public_id}/", ticks | {"version": "1", "step": "decide"}
    )
    assert income.last().per_head_income == Decimal("12345.6")


def test_a_household_with_an_error_stays_out_as_a_whole_and_only_when_said(world):
    client = world.client("county_admin")
    batch = staged(client, files.changed(证件号码="629999195602040113")(2))
    assert batch.counts["error"] == 4
    before = tables()
    refused = apply(client, batch)
    assert refused.status_code == 422
    assert tables() == before
    assert apply(client, batch, leave_out="on").status_code == 302
    assert Household.everything.filter(file_number__startswith="8629990000").count() == 3


def test_another_head_is_asked_for(world):
    client = world.client("county_admin")
    apply(client, staged(client, files.good()))
    rows = files.good_rows()
    rows[0][10], rows[1][10] = "配偶", "户主"
    batch = staged(client, files.good(rows=rows))
    apply(client, batch)
    assert Membership.everything.get(person__name="赵福国").relation == "head"
    field = ChangeField.everything.get(request__batch=batch)
    head = Person.everything.get(name="周桂花")
    assert (field.field, field.new.open()) == ("head", f"{head.public_id}:spouse")


def test_a_head_after_one_who_has_left_is_asked_for_too(world):
    client = world.client("county_admin")
    apply(client, staged(client, files.good()))
    head = Membership.everything.get(person__name="赵福国")
    by = world.people["county_admin"]
    members.remove_member(membership=head, left_on=clock.today(), reason="married_out", by=by)
    rows = files.good_rows()[:4]
    rows[0][files.PLACE["姓名"]], rows[0][files.PLACE["证件号码"]] = "钱来顺", files.number("19610214", 77)
    rows[0][files.PLACE["人编号"]] = ""
    assert apply(client, staged(client, files.good(rows=rows))).status_code == 302
    joined = Membership.everything.get(person__name="钱来顺")
    field = ChangeField.everything.get(household=head.household, field="head")
    assert (joined.relation, joined.household.head_name) == ("other", "赵福国")
    assert (field.old.open(), field.new.open()) == ("", f"{joined.person.public_id}:")


def test_an_import_of_a_township_stays_in_it(world):
    client = world.client("township_admin")
    batch = staged(client, files.good(), area="620702101")
    assert batch.counts["error"] == 2
    assert upload(client, files.good(), area=COUNTY).status_code == 200
    other = world.client("far_admin")
    assert other.get(url("import_detail", batch)).status_code == 404


def test_what_happened_meanwhile_refuses_the_whole_import(world):
    client = world.client("county_admin")
    first, second = staged(client, files.good()), staged(client, files.good())
    apply(client, first)
    before = tables()
    assert apply(client, second).status_code == 422
    assert tables() == before


def test_a_second_tap_is_told_what_has_become_of_the_import(world):
    client = world.client("county_admin")
    batch = staged(client, files.good())
    assert apply(client, batch).status_code == 302
    again = client.post(url("import_apply", batch), {"version": batch.version}, follow=True)
    assert [said.level_tag for said in again.context["messages"]][-1] == "info"


def test_an_import_leads_to_its_files_and_to_what_waits(world):
    client = world.client("county_admin")
    batch = staged(client, files.good())
    apply(client, batch)
    page = client.get(url("import_detail", batch))
    heads = [row for row in page.context["rows"] if row["where"]]
    assert len(heads) == 4
    assert all(row["household"].file_number == row["where"] for row in heads)
    assert page.context["asked"] == 0
    rows = files.good_rows()
    rows[4][files.PLACE["人均纯收入"]] = 12345.6
    batch = staged(client, files.good(rows=rows))
    apply(client, batch)
    assert client.get(url("import_detail", batch)).context["asked"] == 1


@pytest.mark.parametrize("what", ["import_apply", "import_choose", "import_read", "import_discard"])
def test_a_settled_import_takes_nothing_more(world, what):
    client = world.client("county_admin")
    batch = staged(client, files.good())
    apply(client, batch)
    before = tables()
    batch.refresh_from_db()
    answer = client.post(url(what, batch), {"version": batch.version})
    assert answer.status_code in {302, 422}
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert tables() == before


def test_statements_do_not_grow_with_rows(world):
    by = world.people["county_admin"]

    def register(count, income):
        rows = []
        for n in range(1, count + 1):
            birth = f"19{40 + n:02d}0204"
            people = [("赵福国", "户主", birth, 11), ("周桂花", "配偶", birth, 12)]
            rows += files.family(n, (files.ONE, files.TWO, files.THREE)[n % 3], people, income + n)
        return files.good(rows=rows)

    def statements(count):
        """Of dry run, import and taking back: new files, the same again, and changed ones."""
        counted, batches = [], []

        def run(do, **more):
            with CaptureQueriesContext(connection) as queries:
                batches.append(do(by=by, **more))
            counted.append(len(queries))
            return batches[-1]

        with transaction.atomic():
            for income in (9000, 9000, 9500):
                file = io.BytesIO(register(count, income))
                batch = run(intake.upload, file=file, name="a.xlsx", area=COUNTY, year=2025)
                assert sum(batch.counts[kind] for kind in batch.counts if kind != "absent") == 2 * count
                run(applying.apply, batch=batch)
            run(undoing.undo, batch=batch)
            transaction.set_rollback(True)
        return counted

    _warm, few, many = (statements(count) for count in (1, 3, 20))
    assert many == few


@pytest.mark.slow
def test_twenty_thousand_rows_come_in_within_one_request(world, record_property):
    import time

    client = world.client("county_admin")
    rows = []
    for n in range(5_000):
        serial = n % 499 * 2 + 1
        birth = f"19{40 + n % 50}{1 + n % 12:02d}{1 + n // 12 % 28:02d}"
        village = (files.ONE, files.TWO, files.THREE)[n % 3]
        names = [("赵福国", "户主", birth, serial), ("周桂花", "配偶", birth, serial + 1)]
        child = f"20{n % 20:02d}{1 + n % 12:02d}{1 + n // 12 % 28:02d}"
        names += [("赵小军", "之子", child, serial), ("赵兰", "之女", child, serial + 1)]
        family = files.family(n, village, names, 9000 + n)
        for place, row in enumerate(family):
            area = f"{629900 + n // 499:06d}"
            row[5], row[6] = f"8699{n:010d}", f"9{n:09d}{place:04d}"
            row[8] = files.number(row[8][6:14], int(row[8][14:17]), area)
            row[27] = "19900000001"
        rows += family
    data = files.good(rows=rows)
    start = time.perf_counter()
    batch = staged(client, data)
    parsed = time.perf_counter()
    assert batch.counts["new"] == 20_000
    assert apply(client, batch).status_code == 302
    applied = time.perf_counter()
    assert Person.everything.filter(name="赵兰").count() == 5_000
    again = staged(client, data)
    compared = time.perf_counter()
    assert again.counts["same"] == 20_000
    for what, seconds in (
        ("upload", parsed - start),
        ("apply", applied - parsed),
        ("again", compared - applied),
    ):
        record_property(what, round(seconds, 1))
