"""Units: added in one's own area, corrected there, seen from below."""

import pytest
from django.core.management import call_command

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
    assert event.fields == ["contact", "contact_phone", "name"]


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
