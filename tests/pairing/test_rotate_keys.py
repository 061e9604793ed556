"""Keys rotate while people work; a killed rotation goes on; history stays as it was; nothing is lost."""

import base64
import os
import subprocess
import sys
import threading
import time

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import connection, connections

from pairing.actions.second_factors import activate_code_app, secrets_of
from pairing.models import Area, Unit, User
from tests import databases

OLD, NEW = b"t" * 32, b"n" * 32
KEYS = f"new:{base64.b64encode(NEW).decode()},t1:{base64.b64encode(OLD).decode()}"
pytestmark = pytest.mark.django_db(transaction=True)


def rotate(*options, role="pairing_owner"):
    name = str(connection.settings_dict["NAME"])
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys", "--skip-checks", *options],
        cwd=databases.ROOT,
        env=os.environ | {"OWNER_DATABASE_URL": databases.address(role, name), "PAIRING_FIELD_KEYS": KEYS},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def make(rows):
    area = Area.objects.create(code="62", level="province", name="甘肃省", display_name="甘肃省")
    Unit.objects.bulk_create([Unit(area=area, name=f"{n}", contact_phone=f"139{n:08}") for n in range(rows)])
    unit = Unit.objects.get(name="7")
    unit.contact_phone = "13900000000"
    unit.save()
    return User.objects.create(username="ma", name="马建国", area=area, phone="13811112222")


def sealed_with(key_id):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pairing_unit WHERE starts_with(contact_phone, %s)", [f"aesgcm.{key_id}."]
        )
        return cursor.fetchone()[0]


def check(settings, rows):
    """Every row and every version opens with the new key alone, and the versions are those there were."""
    settings.FIELD_KEYS = {"new": NEW}
    events = Unit._meta.get_field("events").related_model
    latest = {}
    for event in events.objects.order_by("pgh_id"):
        assert event.contact_phone.open()
        latest[event.pgh_obj_id] = event.contact_phone.token
    for unit in Unit.objects.all():
        expected = "13900000000" if unit.name == "7" else f"139{int(unit.name):08}"
        assert unit.contact_phone.open() == expected
        assert latest[unit.pk] == unit.contact_phone.token  # equal versions stay equal
    assert Unit.objects.count() == rows
    return events.objects.count()


def test_all_values_and_their_history_move_to_the_new_key(settings):
    user = make(30)
    before = user.phone_hmac
    activate_code_app(user, "JBSWY3DPEHPK3PXP")
    process = rotate("--batch", "7")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert "pairing.Unit contact_phone: 30 values" in output
    assert check(settings, 30) == 31
    user.refresh_from_db()
    assert (user.phone.open(), user.phone_hmac) == ("13811112222", before)
    with secrets_of(user):
        sealed = Authenticator.objects.get(user=user).data["secret"]
        assert get_adapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"  # with the new key alone
    again = rotate()
    assert "0 values sealed anew" in again.communicate(timeout=60)[0]


@pytest.mark.slow
def test_the_runtime_role_is_told_to_fetch_the_owner():
    process = rotate(role="pairing_app")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "OWNER_DATABASE_URL" in output


@pytest.mark.slow
def test_ten_thousand_rows_under_writes_and_a_kill(settings):
    make(10_000)
    settings.FIELD_KEYS = {"new": NEW, "t1": OLD}
    stop, wrote, failed = threading.Event(), [], []

    def work():
        while not stop.is_set():
            unit = Unit.objects.get(name=str(1000 + len(wrote)))
            unit.contact = "seen"
            try:
                unit.save(update_fields=["contact"])
                wrote.append(unit.pk)
            except Exception as error:
                failed.append(error)
            time.sleep(0.2)
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        process = rotate("--batch", "50", "--pause", "0.01")
        deadline = time.monotonic() + 60
        while sealed_with("new") < 1000 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
        process.communicate()
        assert sealed_with("t1") > 0  # it was killed in the middle
        process = rotate("--batch", "500")
        output, _ = process.communicate(timeout=120)
    finally:
        stop.set()
        worker.join()
    assert process.returncode == 0, output
    assert wrote
    assert not failed
    assert check(settings, 10_000) == 10_001 + len(wrote)
