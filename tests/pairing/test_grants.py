"""The audit log and the history only grow: neither role can alter them, whatever it tries."""

import psycopg2
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, connections, transaction

from pairing import grants
from pairing.models import Area, AuditEvent, Unit
from tests import databases

AUDIT = "pairing_auditevent"


@pytest.fixture
def rows(db):
    AuditEvent.objects.create(action="sign_in")
    area = Area.objects.create(code="62", level="province", name="甘肃省", display_name="甘肃省")
    return Unit.objects.create(area=area, name="甲", contact_phone="13912345678")


def unit_events():
    return Unit._meta.get_field("events").related_model._meta.db_table


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {audit} SET action = 'x'",
        "DELETE FROM {audit}",
        "TRUNCATE {audit}",
        "UPDATE {events} SET name = 'x'",
        "DELETE FROM {events}",
        "TRUNCATE {events}",
        "INSERT INTO {events} (id, pgh_label, pgh_created_at) VALUES (1, 'update', now())",
        "CREATE TRIGGER forged AFTER INSERT ON django_session FOR EACH ROW EXECUTE FUNCTION {recorder}()",
        "SET LOCAL pairing.erasing = 'on'; UPDATE {events} SET name = 'x'",
        "ALTER TABLE {audit} DISABLE TRIGGER ALL",
        "DROP TABLE {audit}",
        "DROP TRIGGER pairing_refuse_change ON {audit}",
        "CREATE OR REPLACE FUNCTION pairing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE TABLE another (id int)",
        "CREATE TEMP TABLE another (id int)",
        "SET session_replication_role = replica",
        "SET ROLE pairing_owner",
        "UPDATE django_migrations SET name = 'x'",
        "SET LOCAL pgtrigger.ignore = '{{pairing_refuse_change}}'; DELETE FROM {audit}",
    ],
)
def test_the_runtime_role_is_refused(rows, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(
            statement.format(audit=AUDIT, events=unit_events(), recorder=grants.recorders()[0])
        )


def test_history_is_recorded_with_the_owners_rights_and_names_that_nobody_can_bend(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), bool_and(prosecdef), array_agg(DISTINCT proconfig::text),"
            " array_agg(DISTINCT proowner::regrole::text) FROM pg_proc WHERE proname = ANY(%s)",
            [grants.recorders()],
        )
        number, definer, path, owner = cursor.fetchone()
    assert number == len(grants.recorders()) == 3 * len(grants.history())
    assert (definer, path, owner) == (True, ['{"search_path=public, pg_temp"}'], ["pairing_owner"])


def test_an_upgrade_lets_people_save_while_it_runs_and_closes_history_behind_it(owner, owners_connection):
    """A release before this one, or a trigger made anew by a migration, comes with its caller's rights."""
    with owner.cursor() as cursor:
        for function in grants.recorders():
            cursor.execute(f"ALTER FUNCTION {function}() SECURITY INVOKER RESET ALL")
    owner.commit()
    address = databases.address("pairing_app", owner.info.dbname)
    runtime = psycopg2.connect(address, options="-c pgtrigger.ignore={}")
    runtime.autocommit = True
    saving = "UPDATE pairing_unit SET name = name || 'x'"
    with runtime.cursor() as cursor:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(saving)
        grants.open_history(owners_connection)
        cursor.execute(saving)
        call_command("migrate", database=owners_connection.alias, verbosity=0, skip_checks=True)
        cursor.execute(saving)
        cursor.execute(f"SELECT count(*) FROM {unit_events()} WHERE name LIKE 'xx%'")
        assert cursor.fetchone() == (2,)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="permission denied"):
            cursor.execute(f"INSERT INTO {unit_events()} SELECT * FROM {unit_events()}")
    runtime.close()


@pytest.fixture
def owners_connection(owner, django_db_blocker):
    """Django's connection of the owner to the clone."""
    alias = "owner"
    connections.settings[alias] = connection.settings_dict | {
        "NAME": owner.info.dbname,
        "USER": "pairing_owner",
    }
    with django_db_blocker.unblock():
        yield connections[alias]
        connections[alias].close()
    del connections[alias], connections.settings[alias]


def test_the_runtime_role_cannot_write_without_leaving_history(rows):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(tgname)::text FROM pg_trigger WHERE tgrelid = 'pairing_unit'::regclass"
        )
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", cursor.fetchone())
        cursor.execute("UPDATE pairing_unit SET name = 'unseen'")
    assert [event.name for event in rows.events.order_by("pgh_id")] == ["甲", "unseen"]


def test_the_runtime_role_writes_and_reads(rows):
    assert AuditEvent.objects.count() == 1
    assert rows.events.count() == 1


@pytest.fixture
def owner():
    """A connection of the owner to a clone of its own that holds one audit row and one event."""
    name = databases.own_name("_grants")
    databases.clone(name)
    connected = psycopg2.connect(databases.address("pairing_owner", name))
    with connected.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pairing_area (code, level, name, display_name, pinyin, active)"
            " VALUES ('62', 'province', 'x', 'x', '', true);"
            "INSERT INTO pairing_unit (public_id, area_id, county_code, name, kind, level, contact,"
            " contact_phone, active, version)"
            " VALUES (gen_random_uuid(), '62', '', 'x', '', '', '', 'secret', true, 1);"
        )
    connected.commit()
    yield connected
    connected.close()
    databases.drop(name)


def test_the_owner_is_stopped_by_the_trigger_unless_he_erases(owner):
    for table, column in ((AUDIT, "id"), (unit_events(), "pgh_id")):
        for statement in (f"UPDATE {table} SET {column} = 1", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            for prefix in ("", "SET LOCAL pgtrigger.ignore = '{pairing_refuse_change}';"):
                refused(owner, prefix + statement)
    with owner.cursor() as cursor:
        cursor.execute(f"SET LOCAL pairing.erasing = 'on'; UPDATE {unit_events()} SET contact_phone = ''")
        assert cursor.rowcount == 1
    refused(owner, f"SET LOCAL pairing.erasing = 'on'; DELETE FROM {unit_events()}")
    refused(owner, f"SET LOCAL pairing.erasing = 'on'; UPDATE {AUDIT} SET action = ''")


def refused(owner, statement):
    with owner.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only"):
        cursor.execute(statement)
    owner.rollback()


def test_every_history_and_audit_table_is_covered(db):
    tables = grants.append_only()
    assert tables[AUDIT] == "never"
    assert tables[unit_events()] == "erasable"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgname = 'pairing_refuse_change' AND tgenabled = 'O'"
        )
        assert {name for (name,) in cursor.fetchall()} == set(tables)
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND NOT has_table_privilege('pairing_app', oid, 'UPDATE')"
        )
        assert {name for (name,) in cursor.fetchall()} == set(tables) | {"django_migrations"}


def test_the_application_does_not_own_its_tables(db):
    assert not grants.owns_tables(connection)
