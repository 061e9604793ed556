"""The months of villages counted anew: what the triggers keep must equal this."""

from django.db import connection, transaction

from households.models.months import COUNTED, changes

_FILES = f"(SELECT {COUNTED}, 1 AS sign FROM households_household WHERE village_code LIKE %(area)s)"  # noqa: S608
_RECOUNT = f"""
INSERT INTO households_villagemonth AS kept
    (county_code, township_code, village_code, month, opened, listed, covered)
SELECT left(village_code, 6), left(village_code, 9), village_code, month,
    coalesce(wanted.opened, 0), coalesce(wanted.listed, 0), coalesce(wanted.covered, 0)
FROM ({changes(_FILES)}) AS wanted
FULL JOIN (SELECT * FROM households_villagemonth WHERE village_code LIKE %(area)s) AS found
    USING (village_code, month)
WHERE (coalesce(wanted.opened, 0), coalesce(wanted.listed, 0), coalesce(wanted.covered, 0))
    IS DISTINCT FROM (coalesce(found.opened, 0), coalesce(found.listed, 0), coalesce(found.covered, 0))
ON CONFLICT (village_code, month)
    DO UPDATE SET opened = excluded.opened, listed = excluded.listed, covered = excluded.covered
"""  # noqa: S608  # our own columns only


def recount(area: str = "") -> int:
    """Put the months right of all villages whose code begins with ``area``; returns how many rows were wrong.

    Who writes a file meanwhile waits, so that nothing is counted twice or not at all.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE households_villagemonth IN EXCLUSIVE MODE")
        cursor.execute(_RECOUNT, {"area": f"{area}%"})
        return cursor.rowcount
