"""Constraints that somebody named become sentences; everything else stays loud."""

import threading

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from pairing.errors import Conflict, Refused, refusing
from pairing.models import Area, Unit


def make_area():
    return Area.objects.create(code="62", level="province", name="甘肃省", display_name="甘肃省")


@pytest.mark.django_db
def test_a_named_constraint_becomes_a_refusal_and_the_transaction_goes_on():
    area = make_area()
    Unit.objects.create(area=area, name="教育局")
    with pytest.raises(Refused) as refused, refusing(unit_name_once_per_area="There is such a unit already."):
        Unit.objects.create(area=area, name="教育局")
    assert str(refused.value) == refused.value.reason == "There is such a unit already."
    assert Unit.objects.count() == 1


@pytest.mark.django_db
def test_an_unnamed_constraint_stays_an_error():
    area = make_area()
    Unit.objects.create(area=area, name="教育局")
    with pytest.raises(IntegrityError), refusing(another="…"):
        Unit.objects.create(area=area, name="教育局")


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["40P01", "40001", "55P03"])
def test_bad_luck_with_others_asks_for_another_try(state):
    with pytest.raises(Refused, match=r"try again|再试"), refusing(), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$")


@pytest.mark.django_db
def test_other_trouble_of_the_database_is_not_swallowed():
    with pytest.raises(OperationalError), refusing(), connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53200'; END $$")


@pytest.mark.django_db(transaction=True)
def test_a_real_deadlock_is_refused_to_one_and_granted_to_the_other():
    area = make_area()
    keys = [Unit.objects.create(area=area, name=name).pk for name in "ab"]
    barrier, outcomes = threading.Barrier(2, timeout=20), []

    def swap(first, second):
        try:
            with transaction.atomic(), refusing():
                Unit.objects.filter(pk=first).update(contact="x")
                barrier.wait()
                Unit.objects.filter(pk=second).update(contact="x")
            outcomes.append("ok")
        except Refused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=swap, args=pair) for pair in (keys, keys[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["ok", "refused"]


def test_a_conflict_carries_both_texts():
    conflict = Conflict("changed meanwhile", stored={"said": "甲"}, sent={"said": "乙"}, field="said")
    assert (conflict.stored, conflict.sent, conflict.field) == ({"said": "甲"}, {"said": "乙"}, "said")
