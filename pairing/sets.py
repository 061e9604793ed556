"""Many rows of one model, written set by set: each statement gets its rows as one JSON record set.

Sealed fields, their keyed hashes, history and constraints are those of a row that is saved by itself. Django's
`bulk_create` and `bulk_update` come to the same, but make an expression of every value.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, Final

from django.db import connection, models

from pairing.fields import BlindIndex, SealedField

AT_ONCE: Final = 2_000  # rows a statement: they stand in memory twice


def insert(rows: Iterable[Any]) -> None:
    """INSERT unsaved rows of one model. Those without a key get one; rows that they refer to have theirs by now.

    Rows that an iterator makes are let go as soon as they are written. Raises ValueError for a row that refers to
    one without a key.
    """
    for some in _parts(rows):
        for row in some:
            row._prepare_related_fields_for_save(operation_name="bulk_create")  # as bulk_create does
        fields = [f for f in some[0]._meta.concrete_fields if some[0].pk or not f.primary_key]
        columns = ", ".join(f'"{f.column}"' for f in fields)
        statement = "INSERT INTO {table} ({columns}) SELECT {columns} FROM {records} RETURNING id"
        keys = _execute(statement, some, fields, add=True, columns=columns)
        for row, (key,) in zip(some, keys, strict=True):  # in the order given, as bulk_create expects too
            row.pk = key
            row._state.adding = False


def update(rows: Iterable[tuple[Any, Collection[str]]]) -> None:
    """UPDATE stored rows of one model, of each the fields named; the hash of a sealed field comes along."""
    alike: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for row, names in rows:
        alike[tuple(sorted(names))].append(row)
    for names, same in alike.items():
        for some in _parts(same):
            meta = some[0]._meta
            fields = [meta.get_field(name) for name in names]
            fields += [f for f in meta.concrete_fields if isinstance(f, BlindIndex) and f.source in names]
            columns = ", ".join(f'"{f.column}" = new."{f.column}"' for f in fields)
            statement = "UPDATE {table} AS kept SET {columns} FROM {records} AS new WHERE kept.id = new.id"
            _execute(statement + " RETURNING kept.id", some, [meta.pk, *fields], add=False, columns=columns)


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _execute(
    statement: str,
    rows: Sequence[Any],
    fields: "Sequence[models.Field[Any, Any]]",
    *,
    add: bool,
    columns: str,
) -> list[tuple[int]]:
    """Run a statement on ``records``: the rows' fields, as rows of their own table."""
    values = zip(*(_values(field, rows, add=add) for field in fields), strict=True)
    names = [field.column for field in fields]
    records = json.dumps(
        [dict(zip(names, row, strict=True)) for row in values], default=str, ensure_ascii=False
    )
    table = f'"{rows[0]._meta.db_table}"'
    found = f"json_populate_recordset(NULL::{table}, %s)"
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=table, columns=columns, records=found), [records])
        keys: list[tuple[int]] = cursor.fetchall()
    return keys


def _values(field: "models.Field[Any, Any]", rows: Sequence[Any], *, add: bool) -> Iterable[Any]:
    """The values of one field as the database reads them. Most stand in the row; asking the field is slow."""
    if isinstance(field, SealedField | BlindIndex):
        return (field.get_prep_value(field.pre_save(row, add=add)) for row in rows)
    return map(attrgetter(field.attname), rows)
