"""Correct a person; the phone stays as it is unless a new one is typed or it is removed."""

import pytest

from pairing.actions import people
from pairing.models import AuditEvent, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def url(cast):
    cast.cadre.phone = "13893612345"
    cast.cadre.save()
    return f"/people/{cast.cadre.public_id}/edit/"


@pytest.mark.parametrize(
    ("sent", "phone"),
    [({}, "13893612345"), ({"phone": "13900000000"}, "13900000000"), ({"phone_off": "on"}, "")],
)
def test_phone(cast, sign_in, url, sent, phone):
    sign_in(cast.town).post(url, {"name": "张帮扶", "duty": "站长"} | sent)
    cast.cadre.refresh_from_db()
    assert (cast.cadre.phone.open(), cast.cadre.duty, cast.cadre.version) == (phone, "站长", 2)


def test_the_page_shows_no_full_number(cast, sign_in, url):
    page = sign_in(cast.town).get(url).content.decode()
    assert "13893612345" not in page
    assert "138" in page


def test_who_tries_phones_of_others_is_seen_by_auditors(cast, sign_in, url):
    """One number signs in one person of all counties: whoever is told that it is taken leaves a row."""
    cast.far.phone = "13893654321"
    cast.far.save()
    answer = sign_in(cast.town).post(url, {"name": "张帮扶", "phone": "138 9365 4321"})
    assert answer.context["form"].errors["phone"]
    row = AuditEvent.objects.get(action="person.edit", result="refused")
    assert (row.actor_id, row.object_ids, row.fields) == (cast.town.pk, [cast.cadre.public_id], ["phone"])


def test_who_may_not_manage_a_person_may_not_edit_him(cast, sign_in):
    url = f"/people/{cast.town_auditor.public_id}/edit/"
    answer = sign_in(cast.town).post(url, {"name": "别人"})
    assert "not yours to give" in str(answer.context["form"].errors)
    cast.town_auditor.refresh_from_db()
    assert cast.town_auditor.name == "镇审计"


def test_an_account_that_was_shut_meanwhile_stays_shut(cast):
    seen = User.objects.get(pk=cast.cadre.pk)
    people.disable_user(person=cast.cadre, reason="手机丢失", by=cast.town)
    people.edit_user(person=seen, name="张帮扶", unit=None, duty="站长", phone=None, by=cast.town)
    cast.cadre.refresh_from_db()
    assert (cast.cadre.is_active, cast.cadre.duty, cast.cadre.version) == (False, "站长", 3)
