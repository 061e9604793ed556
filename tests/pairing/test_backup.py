"""A backup made while people work restores to the same rows, and no flipped byte goes unnoticed."""

import base64
import json
import os
import random
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import date

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

import devpg
from households.models import Person
from pairing.management import backups
from pairing.models import Area, Unit, User
from pairing.numbers import check_character
from tests import databases
from visits.models import Visit

pytestmark = [pytest.mark.django_db(transaction=True)]
PHONE = "13912345678"
IDENTITY = "62999919620301001" + check_character("62999919620301001")
DAY = date(2026, 3, 2)
FIRST = dict.fromkeys(("pairing", "households", "visits"), "0001_initial")


@pytest.fixture
def rows():
    area = Area.objects.create(code="62", level="province", name="甘肃省", display_name="甘肃省")
    Unit.objects.bulk_create([Unit(area=area, name=f"{n}", contact_phone=PHONE) for n in range(200)])
    return area


def test_a_plain_dump_shows_no_number(rows):
    User.objects.create(username="ma", name="马建国", area=rows, phone=PHONE)
    unit = Unit.objects.first()
    unit.contact_phone = "13812345678"
    unit.save()
    url = databases.address("pairing_owner", str(connection.settings_dict["NAME"]))
    dump = [backups.program(connection, "pg_dump"), "--dbname", url]
    text = subprocess.run(dump, capture_output=True, text=True, check=True).stdout
    assert "马建国" in text
    assert PHONE not in text
    assert "13812345678" not in text


@pytest.fixture
def empty():
    yield from made("_restored")


@pytest.fixture
def old():
    """The schema of the first migrations, with a helper, a household, a member and a visit."""
    for name in made("_old"):
        with at(name, devpg.OWNER):
            for app in ("contenttypes", "auth", "sessions", "axes", "account", "mfa", *FIRST):
                call_command(Migrate(), *filter(None, (app, FIRST.get(app))), verbosity=0, skip_checks=True)
            fill(MigrationLoader(connection).project_state(list(FIRST.items())).apps)
        yield name


@contextmanager
def at(name, role):
    """Have the test's own connection speak to another database."""
    before = connection.settings_dict["NAME"], connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict |= {"NAME": name, "USER": role}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"], connection.settings_dict["USER"] = before


def fill(apps):
    def make(model, **fields):
        return apps.get_model(model)._base_manager.create(**fields)

    place = {"county_code": "620702", "township_code": "620702101", "village_code": "620702101201"}
    area = make("pairing.Area", code="620702101201", level="village", name="甲村", display_name="甲村")
    helper = make("pairing.User", username="ma", name="马建国", area=area, phone=PHONE)
    file = make("households.Household", **place, file_number="6207021012010001")
    person = make("households.Person", **place, name="马秀兰", id_number=IDENTITY)
    make("households.Membership", **place, household=file, person=person, relation="head", joined_on=DAY)
    said = {"body_hmac": "", "visited_on": DAY, "method": "home", "said": "老样子"}
    make("visits.Visit", **place, **said, household=file, author=helper, visited_by=helper)


def made(suffix):
    name = databases.own_name(suffix)
    databases.drop(name)
    databases.execute(*devpg.make_database(name).splitlines())
    yield name
    databases.drop(name)


def manage(*command, database=None, **environment):
    name = str(connection.settings_dict["NAME"])
    urls = {
        "DATABASE_URL": databases.address("pairing_app", database or name),
        "OWNER_DATABASE_URL": databases.address("pairing_owner", database or name),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, command)],
        cwd=databases.ROOT,
        env=os.environ | urls | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def backup(rows, tmp_path):
    stop = threading.Event()

    def work():
        number = 0
        while not stop.is_set():
            Unit.objects.create(area=rows, name=f"meanwhile {number}", contact_phone=PHONE)
            number += 1
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        code, output = manage("backup", tmp_path)
    finally:
        stop.set()
        worker.join()
    assert code == 0, output
    assert "needs the field keys t1" in output
    return next(tmp_path.glob("pairing-*Z"))


@pytest.mark.slow
def test_a_backup_made_under_load_restores_whole(backup, empty):
    data = b"".join(path.read_bytes() for path in backup.iterdir())
    for key in (b"t" * 32, b"h" * 32):
        assert key not in data
        assert base64.b64encode(key) not in data
    assert oct(backup.stat().st_mode)[-3:] == "700"
    kept = json.loads((backup / "manifest.json").read_text())["tables"]["pairing_unit"][0]
    assert kept >= 200

    code, output = manage("restore", "--verify", backup, database=empty)
    assert code == 0, output
    assert "verified" in output
    address = databases.address("pairing_app", empty)
    restored = query(address, "SELECT count(*), count(DISTINCT contact_phone) FROM pairing_unit")
    assert restored == [(kept, kept)]
    with pytest.raises(Exception, match="permission denied"):  # the grants are there too
        query(address, "DELETE FROM pairing_auditevent")

    code, output = manage("restore", "--verify", backup, database=empty)
    assert code == 1
    assert "not empty" in output


def query(address, statement):
    connected = psycopg2.connect(address)
    try:
        with connected.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connected.close()


@pytest.mark.slow
def test_a_backup_that_fails_leaves_nothing_on_the_disk(rows, tmp_path):
    programs, folder = tmp_path / "bin", tmp_path / "backups"
    programs.mkdir()
    version = '[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99" && exit'
    half = 'echo half > "${3#--file=}"; echo "No space left on device" >&2; exit 1'
    (programs / "pg_dump").write_text(f"#!/bin/sh\n{version}\n{half}\n")
    (programs / "pg_dump").chmod(0o755)
    code, output = manage("backup", folder, PAIRING_PG_BIN=str(programs))
    assert (code, "No space left" in output) == (1, True), output
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_missing_keys_and_damage_are_refused_before_anything_is_restored(backup, empty):
    code, output = manage("restore", backup, database=empty, PAIRING_FIELD_KEYS="t2:" + "dA" * 21 + "==")
    assert (code, "lacks the keys t1" in output) == (1, True)
    runtime = databases.address("pairing_app", empty)
    code, output = manage("restore", backup, database=empty, OWNER_DATABASE_URL=runtime)
    assert (code, "Set OWNER_DATABASE_URL" in output) == (1, True)

    chance = random.Random(1)
    files = sorted(backup.iterdir())
    for _ in range(1000):
        path = chance.choice(files)
        data = bytearray(path.read_bytes())
        place = chance.randrange(len(data))
        whole, data[place] = bytes(data), data[place] ^ (1 << chance.randrange(8))
        path.write_bytes(data)
        with pytest.raises(CommandError, match=r"damaged|seal"):
            backups.check_files(backup)
        path.write_bytes(whole)
    backups.check_files(backup)

    (backup / "database.dump").unlink()
    code, output = manage("restore", backup, database=empty)
    assert (code, "damaged" in output) == (1, True)
    count = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert query(databases.address("pairing_owner", empty), count) == [(0,)]


@pytest.mark.slow
def test_a_backup_of_an_older_version_restores_and_comes_up_to_date(old, empty, tmp_path):
    owner = databases.address(devpg.OWNER, old)  # who alone may read what has no grants yet
    code, output = manage("backup", tmp_path, database=old, DATABASE_URL=owner)
    assert code == 0, output
    folder = next(tmp_path.glob("pairing-*Z"))
    assert "visits.0002_visit_effect" not in (folder / "manifest.json").read_text()
    code, output = manage("restore", "--verify", folder, database=empty)
    assert code == 0, output

    for table in json.loads((folder / "manifest.json").read_text())["tables"]:
        if table.startswith(("pairing_", "households_", "visits_")):
            count = f"SELECT count(*) FROM {table}"
            owner = [databases.address(devpg.OWNER, name) for name in (empty, old)]
            assert query(owner[0], count) == query(owner[1], count), table
    with at(empty, devpg.RUNTIME):
        assert Person.everything.get().id_number.open() == IDENTITY
        assert Visit.everything.get().said == "老样子"
    code, output = manage("migrate", "--check", database=empty)
    assert code == 0, output

    with at(old, devpg.OWNER):  # a column that today's version added is not asked for its keys
        connection.cursor().execute("ALTER TABLE households_household DROP COLUMN bank_account CASCADE")
        assert backups.key_ids(connection) == ["t1"]
