"""Several querysets read in one statement: a page of ten kinds of rows need not ask ten times.

    visits, problems = household.visits.all()[:30], household.problems.all()
    read(visits, problems)  # both are filled now

Each queryset stays what it is, scope included; its rows travel as JSON and become the same objects as always.
A test reads all models both ways.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection, models

Convert = Callable[[Any], Any]


def read(*querysets: models.QuerySet[Any, Any]) -> None:
    """Fill these querysets, of models or of ``values``, by one statement. They must not prefetch.

    One that is filled already stays as it is.
    """
    compiled, parts, params = [], [], []
    for rows in querysets:
        if rows._result_cache is not None:
            continue
        compiler = rows.query.get_compiler(using=rows.db)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:  # its conditions exclude each other
            rows._result_cache = []
            continue
        compiled.append((rows, compiler))
        columns = ", ".join(f"c{n}" for n in range(compiler.col_count))
        rows_as_json = f"SELECT json_agg(json_build_array({columns})) FROM ({sql}) AS part ({columns})"  # noqa: S608
        parts.append(f"({rows_as_json})")
        params += values
    if not parts:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT json_build_array({', '.join(parts)})::text", params)
        found = json.loads(cursor.fetchone()[0], parse_float=Decimal)
    for (rows, compiler), lines in zip(compiled, found, strict=True):
        _fill(rows, compiler, lines or [])


def _fill(rows: Any, compiler: Any, lines: list[list[Any]]) -> None:
    """Let the queryset make its objects from rows that are here already."""
    for n, (expression, *_sql) in enumerate(compiler.select):
        if convert := _convert(expression.output_field):
            for line in lines:
                line[n] = None if line[n] is None else convert(line[n])
    compiler.execute_sql = lambda *_how, **_more: [lines]
    rows.query.get_compiler = lambda *_how, **_more: compiler
    try:
        rows._fetch_all()
    finally:
        del rows.query.get_compiler


@lru_cache(maxsize=1024)
def _convert(field: Any) -> Convert | None:
    """From JSON to what the database's driver would have given for this field."""
    while getattr(field, "target_field", None) is not None:
        field = field.target_field
    if isinstance(field, ArrayField):
        inner = _convert(field.base_field)
        return (lambda values: [inner(v) for v in values]) if inner else None
    return next((convert for kind, convert in _FROM_JSON.items() if isinstance(field, kind)), None)


# A moment is a date to Django, so it comes first.
_FROM_JSON: "dict[type[models.Field[Any, Any]], Convert]" = {
    models.DateTimeField: datetime.fromisoformat,
    models.DateField: date.fromisoformat,
    models.UUIDField: UUID,
    models.DecimalField: lambda value: Decimal(str(value)),
    models.JSONField: json.dumps,
}
