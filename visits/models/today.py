"""What the cadre's home shows of his households, read by one statement written by hand.

Each cadre opens it first, many times a day; built from querysets the same statement took longer to put together
than to run. A test reads the same rows through the querysets whose meaning it repeats, and compares.
"""

from datetime import timedelta
from typing import Any

from django.db import connection

from households.rules.words import because_closed
from pairing import clock

TOLD = timedelta(days=60)  # for so long after a file was closed, on whichever day it says it was

_ASKED = "v.state = 'asked'"  # Visit.asked()
# Problem.answer_owed(), without what was said at the table already
_OWED = "b.state IN ('solved', 'answered') AND b.told_on IS NULL"
_UNCONFIRMED = "v.confirmed_at IS NULL AND v.state <> 'withdrawn'"  # Visit.unconfirmed()
_SHORT = "p.state IN ('partly', 'not_kept') AND p.dropped_reason = ''"  # Promise.is_short
_MINE = "p.cadre_id = %(user)s AND NOT p.voided"


# His own, or of somebody who helps there no more: then the helper of today answers (``rules.check_answer``).
_HIS_TO_ANSWER = """(v.visited_by_id = %(user)s OR NOT EXISTS (SELECT FROM households_pairing p
        WHERE p.household_id = h.id AND p.cadre_id = v.visited_by_id AND NOT p.voided AND p.ended_on IS NULL))"""

# Withdrawn when the file closed (rules.words.because_closed), with the pairing: he can open neither, and reads why.
_CLOSED = """c.proposed_by_id = %(user)s AND c.state = 'withdrawn' AND starts_with(c.remark, %(closed)s)
    AND f.status = 'closed' AND c.withdrawn_at > %(told_since)s"""


def _visits(which: str) -> str:
    """SQL: the visits to a household of which ``which`` holds, as JSON."""
    return f"""
coalesce((SELECT json_agg(json_build_object('id', v.public_id, 'on', v.visited_on, 'by', author.name) ORDER BY v.id)
    FROM visits_visit v JOIN pairing_user author ON author.id = v.author_id
    WHERE v.household_id = h.id AND {which}), '[]')"""  # noqa: S608


_ROWS = f"""
SELECT h.public_id, h.village_code, h.head_name, h.head_key, h.group_name, h.listed_on, h.last_visit_on, h.best_time,
    CASE WHEN h.phone <> '' THEN h.public_id ELSE (
        SELECT person.public_id FROM households_membership m JOIN households_person person ON person.id = m.person_id
        WHERE m.household_id = h.id AND m.relation = 'head' AND m.left_on IS NULL AND person.phone <> ''
        ORDER BY m.id LIMIT 1) END AS call,
    (SELECT min(p.due_on) FROM visits_promise p WHERE p.household_id = h.id AND p.state = 'open') AS promise_due,
    EXISTS (SELECT FROM visits_promise p WHERE p.household_id = h.id AND {_SHORT}) AS promise_short,
    coalesce((SELECT json_agg(b.public_id ORDER BY b.id) FROM visits_problem b
        WHERE h.open_problems > 0 AND b.household_id = h.id AND {_OWED}), '[]') AS owed,
    {_visits(f"{_ASKED} AND {_HIS_TO_ANSWER}")} AS asked,
    {_visits(f"{_UNCONFIRMED} AND v.visited_by_id = %(user)s")} AS unconfirmed,
    coalesce((SELECT json_agg(c.public_id ORDER BY c.id) FROM households_changerequest c
        WHERE c.household_id = h.id AND c.proposed_by_id = %(user)s AND c.state = 'returned'), '[]') AS returned,
    coalesce((SELECT json_agg(c.remark ORDER BY c.id) FROM households_changerequest c
        JOIN households_household f ON f.id = c.household_id WHERE f.id = h.id AND {_CLOSED}), '[]') AS closed,
    EXISTS (SELECT FROM visits_conflictdraft d WHERE d.author_id = %(user)s) AS kept,
    h.status = 'open' AND EXISTS (
        SELECT FROM households_pairing p WHERE p.household_id = h.id AND {_MINE} AND p.ended_on IS NULL) AS helps
FROM households_household h
WHERE h.id IN (
    SELECT p.household_id FROM households_pairing p WHERE {_MINE} AND p.ended_on IS NULL
    UNION SELECT v.household_id FROM visits_visit v JOIN households_pairing p ON p.household_id = v.household_id
    WHERE v.visited_by_id = %(user)s AND {_UNCONFIRMED} AND {_MINE}
    UNION SELECT c.household_id FROM households_changerequest c JOIN households_household f ON f.id = c.household_id
    JOIN households_pairing p ON p.household_id = c.household_id WHERE {_CLOSED} AND {_MINE})
"""  # noqa: S608


def rows_of(user: Any) -> list[dict[str, Any]]:
    """The open files in which ``user`` is a helper today (``read_rows``)."""
    return read_rows(user)[0]


def read_rows(user: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The open files in which ``user`` is a helper today, each with what makes him go there; and those in which
    he was one, where a visit that was typed for him still waits for his word (``rules.typed_for_former``), or a
    request of his was withdrawn when the file closed, up to ``TOLD`` ago.

    ``call`` is the public id of the household or person whose phone can be shown, ``promise_due`` the first
    day of an open promise, ``promise_short`` is there one that the household calls kept partly or not, ``owed``
    are problems whose answer the household has not heard, ``asked`` and ``unconfirmed`` are visits (``id``, ``on``,
    ``by``), ``returned`` his change requests that came back with remarks, ``closed`` the remarks on those that went
    with the file, ``kept`` are there texts kept for him.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS, {"user": user.pk, "told_since": clock.now() - TOLD, "closed": because_closed("")}
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    mine: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    for row in rows:
        mine[0 if row.pop("helps") else 1].append(row)
    return mine
