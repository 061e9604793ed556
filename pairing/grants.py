"""What the two database roles may do, computed from the models after every migrate.

The owner role migrates; the runtime role reads and writes rows. Of append-only tables it may insert into the audit
log and read all. History (pghistory's tables) it only reads: the triggers that record it run with the owner's
rights, so that a row of it always stands for a change that was made. On all of them a statement trigger of ours
refuses UPDATE, DELETE and TRUNCATE to the owner too: pghistory's own protection can be switched off by any session.
So could its recording, by setting ``pgtrigger.ignore``; here only the owner can, who seals values anew (rotate_keys).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dj_database_url
import pgtrigger
from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from pghistory.models import Event
from pghistory.trigger import Event as Recorder

_FUNCTION = """
CREATE OR REPLACE FUNCTION pairing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_ARGV[0] = 'erasable' AND TG_OP = 'UPDATE' AND current_setting('pairing.erasing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
"""
# django-pgtrigger's own function, in its own words for everybody but the owner. Triggers that record history ask it
# with the owner's rights, hence session_user: who has signed in to the database, not in whose name code runs.
_IGNORE = """
CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN LANGUAGE plpgsql STABLE AS $$
DECLARE
    ignored TEXT := coalesce(current_setting('pgtrigger.ignore', true), '');
BEGIN
    RETURN ignored NOT IN ('', '{}') AND trigger_name = ANY (ignored::TEXT[])
        AND pg_has_role(session_user, %s, 'MEMBER');
END $$
"""


def runtime_role() -> str:
    """The role that the application runs as: the user in DATABASE_URL, `pairing_app` where none is named."""
    return str(dj_database_url.parse(os.environ.get("DATABASE_URL", "")).get("USER") or "pairing_app")


def history() -> set[str]:
    """The tables of pghistory, one for each tracked model."""
    return {table for table, what in append_only().items() if what == "erasable"}


def append_only() -> dict[str, str]:
    """Tables that only grow, each `erasable` by the owner (history) or `never` changed (audit)."""
    tables: dict[str, str] = {}
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, Event):
            tables[model._meta.db_table] = "erasable"
        elif getattr(model, "append_only", False):
            tables[model._meta.db_table] = "never"
    return tables


def recorders() -> list[str]:
    """The trigger functions that write history."""
    return [t.get_pgid(model) for model, t in pgtrigger.registered() if isinstance(t, Recorder)]


def open_history(connection: BaseDatabaseWrapper) -> None:
    """While tables change, let the runtime role insert history: a trigger made anew runs with its caller's rights.

    Without this nobody could save until ``apply``, which takes it back.
    """
    name = connection.ops.quote_name
    app = runtime_role()
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        here = set(connection.introspection.table_names(cursor))
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [app])
        if cursor.fetchone():
            for table in history() & here:
                cursor.execute(f"GRANT INSERT ON {name(table)} TO {name(app)}")


def apply(connection: BaseDatabaseWrapper) -> None:
    """Set all grants and triggers anew, in one transaction: running processes never see a gap."""
    name = connection.ops.quote_name
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database(), current_schema()")
        owner, database, schema = cursor.fetchone()
        cursor.execute(_FUNCTION)
        cursor.execute(_IGNORE, [owner])
        for function in recorders():
            cursor.execute(
                f"ALTER FUNCTION {name(function)}() SECURITY DEFINER SET search_path = {name(schema)}, pg_temp"
            )
        for table, what in append_only().items():
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER pairing_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE"
                f" ON {name(table)} FOR EACH STATEMENT EXECUTE FUNCTION pairing_refuse_change(%s)",
                [what],
            )
        if owner == runtime_role():
            return  # one role for everything (a trial on one's own database): the triggers still hold
        app = name(runtime_role())
        for statement in (
            f"REVOKE ALL ON DATABASE {name(database)} FROM PUBLIC",
            f"REVOKE CREATE ON SCHEMA {name(schema)} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {name(database)} TO {app}",
            f"GRANT USAGE ON SCHEMA {name(schema)} TO {app}",
            f"REVOKE ALL ON ALL TABLES IN SCHEMA {name(schema)} FROM {app}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {name(schema)} TO {app}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {name(schema)} TO {app}",
            f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {app}",
            *(f"REVOKE UPDATE, DELETE ON {name(table)} FROM {app}" for table in append_only()),
            *(f"REVOKE INSERT ON {name(table)} FROM {app}" for table in sorted(history())),
        ):
            cursor.execute(statement)


def owns_tables(connection: BaseDatabaseWrapper) -> bool:
    """Is the connected role (or one it belongs to) the owner of our tables, or a superuser?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(pg_has_role(relowner, 'USAGE')) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def erasing(connection: BaseDatabaseWrapper) -> Iterator[Any]:
    """A transaction of the owner in which history rows may be updated; yields its cursor."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pairing.erasing = 'on'")
        yield cursor
        cursor.execute("SET LOCAL pairing.erasing = 'off'")
