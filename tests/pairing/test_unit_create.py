"""Units: added in one's own area, corrected there, seen from below."""

import pytest
from django.core.management import call_command

from pairing.actions import units
from pairing.models import AuditEvent, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _codes(cast):
    call_command("load_codes", verbosity=0)


def test_add_and_correct(cast, sign_in):
    client = sign_in(cast.town)
    new = {
        "area": "620702101",
        "name": "梁家墩镇中学",
        "kind": "school",
        "level": "town",
        "contact_phone": "0936-8290000",
    }
    assert client.post("/units/new/", new).status_code == 302
    unit = Unit.objects.get(name="梁家墩镇中学")
    assert (unit.county_code, unit.contact_phone.open()) == ("620702", "0936-8290000")
    assert "already" in str(client.post("/units/new/", new).context["form"].errors)
    changed = {
        "name": "梁家墩镇初级中学",
        "kind": "school",
        "level": "town",
        "contact": "刘老师",
        "active": "on",
    }
    assert client.post(f"/units/{unit.public_id}/edit/", changed).status_code == 302
    event = AuditEvent.objects.get(action="unit.edit")
    assert event.fields == ["contact", "name"]


def test_the_phone_is_masked_and_stays_unless_it_is_changed_or_removed(cast, sign_in):
    client = sign_in(cast.county)
    cast.unit.contact_phone = "13812345678"
    cast.unit.save()
    url, data = f"/units/{cast.unit.public_id}/edit/", {"name": cast.unit.name, "active": "on"}
    page = client.get(url).content.decode()
    assert "138••••••••" in page
    assert "13812345678" not in page
    shown = client.get(f"/units/{cast.unit.public_id}/").content.decode()
    assert "138••••••••" in shown
    assert "13812345678" not in shown
    kept = {}
    for step, more in {
        "kept": {},
        "new": {"contact_phone": "0936-8290000"},
        "off": {"phone_off": "on"},
    }.items():
        assert client.post(url, data | more).status_code == 302
        kept[step] = Unit.objects.get(pk=cast.unit.pk).contact_phone.open()
    assert kept == {"kept": "13812345678", "new": "0936-8290000", "off": ""}


def test_units_of_the_county_are_seen_by_a_township_but_not_changed(cast, sign_in):
    client = sign_in(cast.town)
    assert "甘州区水务局" in client.get("/units/").content.decode()
    assert client.get(f"/units/{cast.unit.public_id}/edit/").status_code == 403
    assert sign_in(cast.far).get(f"/units/{cast.unit.public_id}/edit/").status_code == 404


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"area": "620702102"}, "area"),
        ({"name": ""}, "name"),
        ({"kind": "nonsense"}, "kind"),
        ({"contact_phone": "x"}, "contact_phone"),
    ],
)
def test_errors_stand_beside_their_fields(cast, sign_in, bad, field):
    answer = sign_in(cast.town).post("/units/new/", {"area": "620702101", "name": "某单位"} | bad)
    assert field in answer.context["form"].errors


def test_a_unit_with_people_stays_open(cast, sign_in):
    cast.cadre.unit = cast.unit
    cast.cadre.save()
    answer = sign_in(cast.county).post(f"/units/{cast.unit.public_id}/edit/", {"name": cast.unit.name})
    assert "still have accounts" in str(answer.context["form"].errors)


def test_two_who_correct_a_unit_keep_what_the_other_wrote(cast):
    seen = Unit.objects.get(pk=cast.unit.pk)
    units.edit_unit(unit=cast.unit, contact="刘老师", by=cast.county)
    units.edit_unit(unit=seen, level="town", by=cast.county)
    seen.refresh_from_db()
    assert (seen.contact, seen.level, seen.version) == ("刘老师", "town", 3)
