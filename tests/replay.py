"""Rows that many tests begin with, worked out once in a process and written back as they were.

    @replayed
    def build() -> World: ...

The first call runs the function and keeps the rows that it made; every further one writes them with one
statement a table, identifiers included, and returns a copy of what the function returned. Triggers fire as
they do for any row.
"""

import copy
import json
import re
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models

from pairing import clock

T = TypeVar("T")
APPS = ("pairing", "households", "visits")


def replayed(build: Callable[[], T]) -> Callable[[], T]:
    """Keep what ``build`` makes, for each day that the clock of the tests shows."""
    kept: dict[Any, tuple[str, T, int]] = {}

    @wraps(build)
    def again() -> T:
        from tests import factories  # not above: conftest.py reads this module before Django is set up

        day = clock.today()
        if day not in kept:
            before = {table: set(keys) for table, keys in _keys().items()}
            with connection.execute_wrapper(seen := _Inserts()):
                made = build()
            kept[day] = (_statement(seen.tables, before), copy.deepcopy(made), factories.made_so_far())
            return made
        statement, made, last = kept[day]
        factories.resume(last)
        with connection.cursor() as cursor:
            cursor.execute(statement)
        return copy.deepcopy(made)

    return again


class _Inserts:
    """The tables that statements insert into, in their order; what triggers write is not among them."""

    def __init__(self) -> None:
        self.tables: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT INTO"):
            for table in re.findall(r'INSERT INTO "?(\w+)', sql):
                if table in _tables() and table not in self.tables:
                    self.tables.append(table)
        return execute(sql, params, many, context)


@cache
def _tables() -> dict[str, type[models.Model]]:
    every = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return {model._meta.db_table: model for model in every}


def _keys() -> dict[str, list[Any]]:
    """The primary keys of all rows there are."""
    parts = [
        f"SELECT '{table}', coalesce(jsonb_agg({model._meta.pk.column}), '[]') FROM {table}"
        for table, model in _tables().items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {table: _loaded(keys) for table, keys in cursor.fetchall()}


def _statement(tables: list[str], before: dict[str, set[Any]]) -> str:
    """SQL that writes the new rows of these tables again, and moves their sequences past them."""
    parts = []
    with connection.cursor() as cursor:
        for table in tables:
            key = _tables()[table]._meta.pk.column
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t")
            rows = [row for (text,) in cursor.fetchall() if (row := _loaded(text))[key] not in before[table]]
            if not rows:
                continue
            values = cursor.mogrify("%s", [json.dumps(rows, ensure_ascii=False)]).decode()
            parts.append(
                f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, {values});"
            )
            if all(isinstance(row[key], int) for row in rows):
                last, name = max(row[key] for row in rows), f"pg_get_serial_sequence('{table}', '{key}')"
                # In a newer clone the sequence is behind; the runtime role may step it, not set it.
                behind = f"{last} - coalesce(pg_sequence_last_value({name}), 0)"
                parts.append(f"SELECT max(nextval({name})) FROM generate_series(1, {behind});")
    return "".join(parts)


def _loaded(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) else text
