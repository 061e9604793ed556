"""Several querysets read in one statement: a page of ten kinds of rows need not ask ten times.

    visits, problems = household.visits.all()[:30], household.problems.all()
    read(visits, problems)  # both are filled now

Each queryset stays what it is, scope included; its rows travel as JSON and become the same objects as always.
A test reads all models both ways.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection, models

Convert = Callable[[Any], Any]


def read(*querysets: models.QuerySet[Any, Any]) -> None:
    """Fill these querysets, of models or of ``values``, by one statement. They must not prefetch.

    One that is filled already stays as it is.
    """
    waiting = [rows for rows in querysets if rows._result_cache is None]
    statement, compilers = _compiled(waiting)
    found = statement.rows() if any(compilers) else [[] for _rows in waiting]
    for rows, compiler, lines in zip(waiting, compilers, found, strict=True):
        if compiler:
            _fill(rows, compiler, lines)
        else:
            rows._result_cache = []


class Statement(NamedTuple):
    """What several querysets ask, as one statement that can be kept and asked again."""

    sql: str
    params: tuple[Any, ...]

    def rows(self) -> list[list[list[Any]]]:
        """The rows of each queryset, as JSON has them: a day is a text."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            found = json.loads(cursor.fetchone()[0], parse_float=Decimal)
        return [lines or [] for lines in found]


def statement_of(*querysets: models.QuerySet[Any, Any]) -> Statement:
    """One statement for these querysets."""
    return _compiled(querysets)[0]


def _compiled(querysets: Sequence[Any]) -> tuple[Statement, list[Any]]:
    """The statement, and each queryset's compiler; none for one whose conditions exclude each other."""
    compilers: list[Any] = []
    parts, params = [], []
    for rows in querysets:
        compiler = rows.query.get_compiler(using=rows.db)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            compilers.append(None)
            parts.append("NULL::json")
            continue
        compilers.append(compiler)
        columns = ", ".join(f"c{n}" for n in range(compiler.col_count))
        rows_as_json = f"SELECT json_agg(json_build_array({columns})) FROM ({sql}) AS part ({columns})"  # noqa: S608
        parts.append(f"({rows_as_json})")
        params += values
    return Statement(f"SELECT json_build_array({', '.join(parts)})::text", tuple(params)), compilers


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
