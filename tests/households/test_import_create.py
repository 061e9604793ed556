"""Uploading a register: every file does as its manifest says, and none imports a part of itself."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from households.models import Household, ImportBatch, Membership, Person
from households.register import intake
from pairing.numbers import SENTENCES as NUMBERS
from pairing.spreadsheets import Limits
from tests.cast import COUNTY, TOWNSHIP
from tests.households import register_cases as cases
from tests.households import register_files as files

URL = "/imports/new/"


def upload(client, case_data: bytes, name: str = "register.xlsx", **more):
    data = {"file": SimpleUploadedFile(name, case_data), "area": COUNTY, "year": 2025, **more}
    return client.post(URL, data)


def counted() -> tuple[int, int, int]:
    return (Household.everything.count(), Person.everything.count(), Membership.everything.count())


FEW = [
    case
    for case in cases.CASES
    if case.name
    in {
        "good", "csv gbk", "merged household cells", "damaged number", "two heads", "cell at the far end",
        "password", "text by an xlsx name", "list of helpers", "empty", "zeros", "too many rows", "truncated",
    }
]  # fmt: skip


def check(client, case, monkeypatch) -> None:
    monkeypatch.setattr(intake, "LIMITS", Limits(rows=1_000))
    before = counted()
    answer = upload(client, case.make(), case.file_name)
    assert answer.status_code in {200, 302}
    assert counted() == before
    if answer.status_code == 200:
        assert case.refused
        assert answer.context["form"].errors["file"]
        assert not ImportBatch.everything.exists()
        return
    assert not case.refused or "ok" in case.refused
    batch = ImportBatch.everything.get()
    page = client.get(answer.url)
    assert page.status_code == 200
    codes = {m["code"] for row in batch.rows.all() for m in row.messages}
    assert {code for code, _column, _row in case.said} <= codes
    serious = {code for code, _c, _r in case.said} - {
        "identity.missing",
        "text.invisible",
        "schooling.neither",
    }
    if serious & (NUMBERS.keys() - {"phone.length", "phone.short", "phone.several"}):
        assert batch.counts.get("error")
    posted = client.post(
        reverse("households:import_apply", args=[batch.public_id]), {"version": batch.version}
    )
    if batch.counts.get("error") or batch.counts.get("doubtful"):
        assert posted.status_code == 422
        assert counted() == before
    else:
        assert posted.status_code == 302
        assert counted() == (before[0] + case.households, before[1] + case.members, before[2] + case.members)


@pytest.mark.parametrize("case", FEW, ids=lambda c: c.name)
def test_files_do_as_their_manifest_says(world, case, monkeypatch):
    check(world.client("county_admin"), case, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases.CASES, ids=lambda c: c.name)
def test_the_whole_corpus_does_as_its_manifest_says(world, case, monkeypatch):
    check(world.client("county_admin"), case, monkeypatch)


def test_the_form_offers_only_ones_own_places(world):
    areas = world.client("township_admin").get(URL).context["form"].fields["area"].queryset
    assert {area.code[:9] for area in areas} == {TOWNSHIP}
    areas = world.client("county_admin").get(URL).context["form"].fields["area"].queryset
    assert {len(area.code) for area in areas} == {6, 9}


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"area": "620722"}, "area"), ({"year": 2099}, "year"), ({"year": "x"}, "year"), ({"file": ""}, "file")],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(world, sent, field):
    answer = upload(world.client("county_admin"), files.good(), **sent)
    assert answer.status_code == 200
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert form["year"].value() == str(sent.get("year", 2025))


def test_a_file_too_large_is_refused_before_it_is_read(world, settings, monkeypatch):
    settings.UPLOAD_MAX_BYTES = 1000
    answer = upload(world.client("county_admin"), files.good())
    assert answer.context["form"].errors["file"]


@pytest.mark.parametrize("name", ["a\x00b.xlsx", "../../etc/passwd", "名" * 300 + ".xlsx", "<script>.xlsx"])
def test_a_hostile_file_name_is_only_a_name(world, name):
    client = world.client("county_admin")
    answer = upload(client, files.good(), name)
    assert answer.status_code == 302
    assert b"<script>.xlsx" not in client.get(answer.url).content


@pytest.mark.parametrize("who", ["cadre", "clerk", "staff", "leader", "auditor", "system"])
def test_only_administrators_import(world, who):
    assert world.client(who).get(URL).status_code == 403


def test_what_is_staged_lies_sealed(world):
    from django.db import connection

    upload(world.client("county_admin"), files.good())
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(r::text, ' ') FROM households_importrow r")
        text = cursor.fetchone()[0]
    assert "赵福国" not in text
    assert files.number("19560204", 11) not in text
