"""Sealed fields on real rows: what lies in the table, what history keeps, and what is refused."""

import copy
import pickle

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction
from django.forms.models import fields_for_model, model_to_dict

from pairing.crypto import Unreadable
from pairing.fields import DOTS, Sealed, blind_of
from pairing.models import Area, Unit, User

pytestmark = pytest.mark.django_db
PHONE, OTHER = "13912345678", "13812345678"


@pytest.fixture
def area():
    return Area.objects.get_or_create(
        code="620702", defaults={"level": "county", "name": "甘州区", "display_name": "甘州区"}
    )[0]


@pytest.fixture
def unit(area):
    return Unit.objects.create(area=area, name="农业农村局", contact_phone=PHONE)


@pytest.fixture
def person(area):
    return User.objects.create(username="ma", name="马建国", area=area, phone=PHONE)


def stored(row, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


def test_the_table_holds_no_plain_text_and_the_row_opens_it(unit):
    assert stored(unit, "contact_phone").startswith("aesgcm.t1.")
    row = Unit.objects.get(pk=unit.pk)
    assert row.contact_phone.open() == unit.contact_phone.open() == PHONE
    assert PHONE not in f"{row.contact_phone} {row.contact_phone!r} {row.__dict__}"
    assert str(row.contact_phone) == DOTS


def test_history_opens_with_the_same_label_and_unchanged_text_makes_none(unit):
    row = Unit.objects.get(pk=unit.pk)
    row.contact_phone = PHONE
    row.save()
    assert row.events.count() == 1
    row.contact_phone = OTHER
    row.save()
    assert [event.contact_phone.open() for event in row.events.order_by("pgh_id")] == [PHONE, OTHER]
    assert row.events.latest("pgh_id").contact_phone.token == stored(unit, "contact_phone")


def test_blank_is_blank(area):
    unit = Unit.objects.create(area=area, name="甲")
    assert stored(unit, "contact_phone") == ""
    for blank in ("", None):
        unit.contact_phone = blank
        unit.save()
        row = Unit.objects.get(pk=unit.pk)
        assert not row.contact_phone
        assert (row.contact_phone.open(), str(row.contact_phone)) == ("", "")
    assert not Unit.objects.exclude(contact_phone="").exists()


def test_plain_text_reaches_neither_updates_nor_queries(unit):
    with pytest.raises(TypeError, match="plain text"), transaction.atomic():
        Unit.objects.update(contact_phone=PHONE)
    with pytest.raises(TypeError, match="plain text"):
        Unit.objects.filter(contact_phone=PHONE)
    with pytest.raises(TypeError, match="plain text"):
        Unit.objects.filter(contact_phone__in=[PHONE])
    with pytest.raises(FieldError):
        Unit.objects.filter(contact_phone__contains="139")
    unit.contact_phone = OTHER
    with pytest.raises(TypeError, match="plain text"), transaction.atomic():
        Unit.objects.bulk_update([unit], ["contact_phone"])
    assert Unit.objects.get(pk=unit.pk).contact_phone.open() == PHONE


def test_a_moved_ciphertext_does_not_open(area, unit):
    other = Unit.objects.create(area=area, name="乙", contact_phone=OTHER)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pairing_unit SET contact_phone = %s WHERE id = %s",
            [stored(unit, "contact_phone"), other.pk],
        )
    other.refresh_from_db()
    with pytest.raises(Unreadable):
        other.contact_phone.open()
    other.contact_phone = OTHER  # and a damaged value can be replaced
    other.save()
    assert Unit.objects.get(pk=other.pk).contact_phone.open() == OTHER


def test_bulk_create_seals_and_indexes(area):
    people = [User(username=f"u{n}", name="某", area=area, phone=f"1390000000{n}") for n in range(3)]
    User.objects.bulk_create(people)
    found = User.objects.get(phone_hmac=blind_of(User, "phone_hmac", "1390000 0001"))
    assert (found.username, found.phone.open()) == ("u1", "13900000001")


def test_the_index_follows_its_source_and_refuses_a_second_owner(area, person):
    first = person.phone_hmac
    person = User.objects.get(pk=person.pk)
    person.phone = OTHER
    person.save()
    assert person.phone_hmac == blind_of(User, "phone_hmac", OTHER) != first
    with pytest.raises(IntegrityError, match="user_phone_once"), transaction.atomic():
        User.objects.create(username="x", name="x", area=area, phone=OTHER)
    person.phone = ""
    person.save()
    assert stored(person, "phone_hmac") is None


def test_saving_other_fields_leaves_value_and_index_alone(person):
    before = stored(person, "phone"), stored(person, "phone_hmac")
    row = User.objects.only("username", "name", "public_id").get(pk=person.pk)
    row.name = "马大伟"
    row.save()
    row = User.objects.get(pk=person.pk)
    row.duty = "科员"
    row.full_clean(exclude=["password", "unit"])
    row.save()
    assert (stored(person, "phone"), stored(person, "phone_hmac")) == before
    assert User.objects.defer("phone").get(pk=person.pk).phone.open() == PHONE


def test_forms_get_and_give_nothing_by_themselves(unit):
    assert "contact_phone" not in fields_for_model(Unit)
    with pytest.raises(TypeError, match="by hand"):
        model_to_dict(unit)


def test_values_open_only_with_their_row(person):
    sealed, public_id = User.objects.values_list("phone", "public_id").get(pk=person.pk)
    with pytest.raises(Unreadable):
        sealed.open()
    assert sealed.open(public_id) == PHONE


def test_a_sealed_value_is_copied_but_never_pickled(person):
    assert copy.deepcopy(person).phone.open() == PHONE
    with pytest.raises(TypeError):
        pickle.dumps(person)
    assert Sealed("x", label="a") == Sealed("x", label="a") != Sealed("x", label="b")
    assert len({Sealed("x", label="a"), Sealed("x", label="a")}) == 1
