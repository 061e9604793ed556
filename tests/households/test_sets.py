"""Rows written set by set are as if each had been saved by itself."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from households.models import Household, HouseholdYear, Person
from pairing import sets
from pairing.audit import action
from tests.households.register_files import number

VILLAGE = "620702101201"
TEXTS = ('"', "\\", "\\N", "a,b;\t'\n", "{}", "𠮷")


def people() -> list[Person]:
    rows = [
        Person(name=text, sex="male", birth_date=date(1990, 2, n + 1), id_number=number("19900101", n))
        for n, text in enumerate(TEXTS)
    ]
    for row in rows:
        row.place(VILLAGE)
    return rows


def test_new_rows_are_stored_sealed_and_found_and_each_is_in_history(world):
    rows = people()
    with action("import.apply", by=world.people["county_admin"]):
        sets.insert(rows)
    for row, text in zip(rows, TEXTS, strict=True):
        stored = Person.everything.get(pk=row.pk)
        assert (stored.name, stored.birth_date, stored.died_on) == (text, row.birth_date, None)
        assert stored.id_number.open() == row.id_number.open()
        assert stored.identity_hmac == row.identity_hmac
        assert stored.identity_hmac is not None
        kept = stored.events.get()
        assert (kept.pgh_label, kept.name, kept.id_number.token) == ("insert", text, stored.id_number.token)
        assert kept.pgh_context["action"] == "import.apply"


def test_lists_sums_and_empty_facts_come_back_as_they_were(world):
    household = Household(file_number="1", search_terms=list(TEXTS))
    household.place(VILLAGE)
    sets.insert([household])
    assert Household.everything.get(pk=household.pk).search_terms == list(TEXTS)
    year = HouseholdYear(household=household, year=2025, per_head_income=Decimal("9211.37"), water_safe=False)
    year.place(VILLAGE)
    sets.insert([year])
    stored = HouseholdYear.everything.get(pk=year.pk)
    assert (stored.per_head_income, stored.water_safe, stored.water_hard) == (Decimal("9211.37"), False, None)
    assert stored.other_causes == []


def test_a_row_takes_the_key_that_its_file_got_meanwhile_and_none_without_one(world):
    household = Household(file_number="2")
    household.place(VILLAGE)
    year = HouseholdYear(household=household, year=2025)
    year.place(VILLAGE)
    with pytest.raises(ValueError, match="unsaved related object"):
        sets.insert([year])
    sets.insert([household])
    sets.insert([year])
    assert HouseholdYear.everything.get(pk=year.pk).household == household


def test_each_row_gets_what_is_named_for_it_and_nothing_else(world):
    rows = people()[:3]
    sets.insert(rows)
    tokens = [row.id_number.token for row in rows]
    for row in rows:
        row.name, row.phone, row.version = f"{row.name}1", "19900000001", 2
    sets.update([(rows[0], ["name", "version"]), (rows[1], ["phone", "version"])])
    stored = [Person.everything.get(pk=row.pk) for row in rows]
    assert [row.name for row in stored] == ['"1', "\\", "\\N"]
    assert [row.phone.open() for row in stored] == ["", "19900000001", ""]
    assert [bool(row.phone_hmac) for row in stored] == [False, True, False]
    assert [row.version for row in stored] == [2, 2, 1]
    assert [row.id_number.token for row in stored] == tokens
    assert [row.events.count() for row in stored] == [2, 2, 1]


def test_a_constraint_is_told_as_ever(world):
    rows = people()[:2]
    rows[1].id_number = rows[0].id_number.open()
    with pytest.raises(IntegrityError, match="identity_once_per_county"), transaction.atomic():
        sets.insert(rows)
