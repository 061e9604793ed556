"""Staged rows: what a file said, sealed, from upload to import, and what its dry run shows."""

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from households.checks import Problem, Weight
from households.models import Household, ImportBatch, ImportRow
from households.register.plans import Change, HouseholdPlan, MemberPlan, Plan
from households.register.rows import HouseholdRows, Member, Said
from pairing import sets
from pairing.numbers import Malformed, PartialDate, parse_identity

Outcome = ImportRow.Outcome
#: What somebody may choose for a doubtful row.
TAKE, LEAVE = "take", "leave"


def dumps(value: Any) -> str:
    """JSON that keeps the kinds of values that registers have."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_tagged)


def _tagged(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, PartialDate):
        return {"partial": [value.year, value.month, value.day]}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    raise TypeError(f"not a value of a register: {type(value).__name__}")


def loads(text: str) -> Any:
    """The values that `dumps` wrote. Tuples come back as lists."""
    return json.loads(text, object_hook=_untagged)


def _untagged(value: dict[str, Any]) -> Any:
    if len(value) == 1:
        if "decimal" in value:
            return Decimal(value["decimal"])
        if "partial" in value:
            return PartialDate(*value["partial"])
        if "date" in value:
            return dt.date.fromisoformat(value["date"])
    return value


def stage(batch: ImportBatch, plan: Plan) -> dict[str, int]:
    """Replace the staged rows of a batch by those of a plan; returns how many rows have each outcome."""
    ImportRow.everything.filter(batch=batch).delete()
    counts: Counter[str] = Counter()
    gone = [membership for one in plan.households for membership in one.absent]

    def rows() -> Iterator[ImportRow]:
        for number, one in enumerate(plan.households):
            yield from _rows(batch, number, one)
        for number, membership in enumerate(gone, 1):
            yield ImportRow(
                batch=batch, county_code=batch.county_code, number=number, household_id=membership.household_id,
                outcome=Outcome.ABSENT, payload=dumps({"name": membership.person.name}),
            )  # fmt: skip

    def counted(row: ImportRow) -> ImportRow:
        counts[str(row.outcome)] += 1
        return row

    sets.insert(map(counted, rows()))
    counts[str(Outcome.ABSENT)] += _stage_absent(batch, plan.absent, len(gone))
    return dict(+counts)


def _stage_absent(batch: ImportBatch, households: QuerySet[Household], after: int) -> int:
    """Stage whole households that the file does not name, in one statement: often most of a county."""
    absent = households.annotate(
        number=Window(RowNumber(), order_by=["village_code", "head_key", "pk"])
    ).values_list("pk", "number")
    try:
        query, values = absent.order_by().query.sql_with_params()
    except EmptyResultSet:  # no row of the file has a village that is known, so nobody is absent from one
        return 0
    statement = f"""
        INSERT INTO households_importrow (public_id, batch_id, county_code, number, household_key, outcome, payload,
            messages, choice, household_id)
        SELECT gen_random_uuid(), %s, %s, %s + number, '', %s, '', '[]', '', household_id
        FROM ({query}) AS absent (household_id, number)
    """  # noqa: S608  # Django's own SQL
    with connection.cursor() as cursor:
        cursor.execute(statement, [batch.pk, batch.county_code, after, Outcome.ABSENT, *values])
        return int(cursor.rowcount)


def prospects(batch: ImportBatch) -> tuple[int, int, int]:
    """How many rows of a dry run come in, are in the files already, and stay out with their households."""
    rows = ImportRow.everything.filter(batch=batch).exclude(outcome=Outcome.ABSENT)
    out = rows.filter(Q(outcome=Outcome.ERROR) | Q(outcome=Outcome.DOUBTFUL, choice=LEAVE))
    left = Q(household_key__in=out.values("household_key"))
    same = Q(outcome=Outcome.SAME) & ~left
    found = rows.aggregate(
        coming=Count("pk", filter=~left & ~same), same=Count("pk", filter=same), left=Count("pk", filter=left)
    )
    return found["coming"], found["same"], found["left"]


def _rows(batch: ImportBatch, number: int, plan: HouseholdPlan) -> Iterator[ImportRow]:
    refused = plan.is_refused
    first = True
    titles = {c["field"]: c["title"] for c in reversed(batch.columns) if c["field"]}
    of_household: dict[int, list[Said]] = defaultdict(list)
    for said in plan.said:
        of_household[said.row].append(said)
    own_rows = {one.member.row for one in plan.members}
    stray = [said for row, some in of_household.items() if row not in own_rows for said in some]
    for one in plan.members:
        told = [*of_household[one.member.row], *one.said, *(stray if first else ())]
        told = [replace(said, column=said.column or titles.get(said.problem.field, "")) for said in told]
        payload: dict[str, Any] = {
            "values": {
                **one.member.values,
                "id_number": one.member.identity.text if one.member.identity else "",
            },
            "said": [_packed(s) for s in one.member.said],
            "changes": [[c.model, c.field, c.old, c.new, c.waits] for c in one.changes],
        }
        if first:
            payload["household"] = {
                "number": plan.rows.number,
                "place": plan.rows.place,
                "values": plan.rows.values,
                "said": [_packed(s) for s in plan.rows.said],
                "changes": [[c.model, c.field, c.old, c.new, c.waits] for c in plan.changes],
            }
        outcome = _outcome(plan, one, told, refused=refused, first=first)
        if refused and not any(s.problem.weight is Weight.ERROR for s in told):
            told = [*told, Said(one.member.row, "", Problem("household.blocked", ""))]
        payload["shown"] = [_packed(s) for s in told]
        yield ImportRow(
            batch=batch,
            county_code=batch.county_code,
            number=one.member.row,
            household_key=f"{number:06d}",
            household=plan.household,
            outcome=outcome,
            payload=dumps(payload),
            messages=[{"code": s.problem.code, "column": s.column} for s in told],
        )
        first = False


def _outcome(
    plan: HouseholdPlan, one: MemberPlan, said: Iterable[Said], *, refused: bool, first: bool
) -> str:
    if refused:
        return Outcome.ERROR
    if any(s.problem.weight is Weight.DOUBT for s in said):
        return Outcome.DOUBTFUL
    if plan.household is None or one.joins:
        return Outcome.NEW
    news = one.changes or one.facts or (first and (plan.changes or plan.facts))
    return Outcome.CHANGED if news else Outcome.SAME


def _packed(said: Said) -> list[Any]:
    problem = said.problem
    params = {name: str(value) for name, value in problem.params.items()}
    return [said.row, said.column, problem.code, problem.field, str(problem.weight), params]


def said_of(packed: Iterable[list[Any]]) -> list[Said]:
    """The problems that a payload holds."""
    return [
        Said(row, column, Problem(code, field, Weight(weight), params))
        for row, column, code, field, weight, params in packed
    ]


def changes_of(packed: Iterable[list[Any]]) -> list[Change]:
    """The changes that a payload holds."""
    return [Change(*parts) for parts in packed]


def unstage(rows: Iterable[ImportRow]) -> list[tuple[HouseholdRows, list[ImportRow]]]:
    """The households that staged rows came from, in the order of the file, each with its rows."""
    families: dict[str, list[ImportRow]] = defaultdict(list)
    for row in rows:
        if row.household_key:
            families[row.household_key].append(row)
    return [(_household(family), family) for _key, family in sorted(families.items())]


def _household(family: list[ImportRow]) -> HouseholdRows:
    found: HouseholdRows | None = None
    members: list[Member] = []
    for row in sorted(family, key=lambda r: r.number):
        payload = loads(row.payload.open())
        if "household" in payload:
            h = payload["household"]
            found = HouseholdRows(h["number"], h["place"], h["values"], said=said_of(h["said"]))
        values: dict[str, Any] = payload["values"]
        member = Member(row.number, values, None, said_of(payload["said"]))
        if values["id_number"]:
            with suppress(Malformed):  # it was good when it was staged
                member.identity = parse_identity(values["id_number"], dt.date.max)
        members.append(member)
    if found is None:
        raise ValueError("a staged household lost its first row")
    found.members = members
    return found


#: What stands in the columns of the file, for pages: row number and sheet.
ROW: Final = 2_000_000


def place_of(number: int) -> tuple[int, int]:
    """Sheet (from 1) and row of a staged row's number."""
    return number // ROW + 1, number % ROW


def messages_of(payload: Mapping[str, Any]) -> list[Said]:
    """What a page says of a staged row."""
    return said_of(payload.get("shown", []))
