"""Which fields a request changed: rows before and after, compared column by column."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import connection, models

from tests.conventions.field_register import REGISTER
from tests.conventions.planting import MODELS

EMPTY = (None, "", [], {}, False, 0)
Rows = dict[Any, dict[str, Any]]


@cache
def tables() -> dict[str, type[models.Model]]:
    """Our tables, but for the copies that history keeps."""
    return {model._meta.db_table: model for model in MODELS.values()}


def rows_in(table: str) -> Rows:
    """All rows of a table by their keys."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t.{tables()[table]._meta.pk.column}::text, to_jsonb(t)::text FROM {table} t")
        return {key: json.loads(text) for key, text in cursor.fetchall()}


class Watch:
    """Compares with the rows that stood before the first request; each request is taken back."""

    def __init__(self) -> None:
        self.before = {table: rows_in(table) for table in tables()}

    def changes(self, wrote: Iterable[str]) -> set[tuple[str, str]]:
        """Model and field of all that differs in these tables; of a new row what is not empty."""
        found = set()
        for table in set(wrote) & set(tables()):
            names = {f.column: f.name for f in tables()[table]._meta.concrete_fields}
            label, before = tables()[table]._meta.label, self.before[table]
            for key, row in rows_in(table).items():
                old = before.get(key)
                found |= {
                    (label, names[column])
                    for column, value in row.items()
                    if (old is None and value not in EMPTY) or (old is not None and value != old[column])
                }
        return found


def not_theirs(who: str, name: str, answer: Any) -> set[str]:
    """What a deed of ``who`` changed although the register does not name him among the writers."""
    return {
        f"{who} writes {label}.{field} at {name}"
        for label, field in answer.changed
        if who not in REGISTER[label][field].writers
    }
