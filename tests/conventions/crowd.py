"""Thousands of files elsewhere that look like those of the world: its own rows, copied by INSERT … SELECT.

A copy keeps names, words, numbers and dates. It has a place, keys and identifiers of its own, and strangers
stand where somebody of the world stood. All keys of a copied file are moved on by the same step, so that its
rows go on pointing at each other. Sealed values are bound to the row they were sealed for: a copy that somebody
opened would be an error, not a text.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models

from households.models import (
    Absence,
    ChangeField,
    ChangeRequest,
    FileQuestion,
    Household,
    HouseholdYear,
    Membership,
    Pairing,
    Person,
    PersonYear,
)
from pairing.models import User
from tests import cast
from visits.models import Help, Problem, ProblemStep, Promise, Slip, Visit, VisitQuestion

FILE = (Household, Person, Membership, HouseholdYear, Pairing)
AROUND = (
    PersonYear, Absence, ChangeRequest, ChangeField, FileQuestion, Visit, VisitQuestion, Problem, ProblemStep,
    Promise, Help, Slip,
)  # fmt: skip
STEP = 10_000_000  # more than any key of the world
_places = 0


def settle(village: str, files: int, strangers: Iterable[User], in_full: int = 20) -> None:
    """Copy the world's files into a village until there are ``files`` more; the first ``in_full`` of each with
    all that is around them, from absences to promises. Call it before anybody else's rows are copied there.
    """
    global _places
    _places += 1
    times = -(-files // len(cast.POSITIONS))
    ids = [user.pk for user in strangers]
    for model in (*FILE, *AROUND):
        _copy(model, village, times if model in FILE else min(in_full, times), ids)


def _copy(model: type[models.Model], village: str, times: int, strangers: list[int]) -> None:
    step = f"({_places * 10_000} + n) * {STEP}::bigint"
    columns = {f.column: _value(model, f, step) for f in model._meta.concrete_fields}
    values = {
        "village": village, "township": village[:9], "county": village[:6], "times": times, "step": STEP,
        "strangers": strangers, "many": len(strangers),
    }  # fmt: skip
    names, table = ", ".join(f'"{column}"' for column in columns), model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())}"
            f" FROM {table} t, generate_series(1, %(times)s) n WHERE t.id < %(step)s",
            values,
        )


#: Columns that a copy has of its own, or that may be there only once.
_OWN = {
    "public_id": "gen_random_uuid()",
    "client_id": "gen_random_uuid()",
    "county_code": "%(county)s",
    "township_code": "%(township)s",
    "village_code": "%(village)s",
    "file_number": "%(village)s || t.id %% 10 || lpad(n::text, 4, '0')",
    "identity_hmac": (
        "CASE WHEN n = 1 AND NOT EXISTS (SELECT 1 FROM households_person p WHERE p.county_code = %(county)s"
        " AND p.identity_hmac = t.identity_hmac) THEN t.identity_hmac END"
    ),
    "number": "left(md5(%(village)s || t.id || n), 8)",
}


def _value(model: type[models.Model], field: Any, step: str) -> str:
    """SQL for the copy's value of a column."""
    column = f't."{field.column}"'
    if field.column in _OWN:
        return _OWN[field.column]
    if field.is_relation and field.related_model is User:
        chosen = "(%(strangers)s)[1 + n %% %(many)s]"
        return f"CASE WHEN {column} IS NOT NULL THEN {chosen} END"
    if field.primary_key or (field.is_relation and field.related_model in (*FILE, *AROUND)):
        return f"{column} + {step}"
    return column
