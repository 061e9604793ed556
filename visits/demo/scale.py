"""Large demo counties, set by set: sealed rows go in by COPY, everything else by INSERT … SELECT.

For load tests and benchmarks: the same shapes and invariants as the demo county, without its story. Every
30,000 households fill one county, about 110 to a village, with some sixteen visits each.
"""

import csv
import io
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

from django.db import connection, models, transaction

from households.actions.entries import MemberEntry
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from pairing import clock
from pairing.models import Area, Grant, User
from pairing.names import initials, search_terms, sort_key
from pairing.roles import Role
from visits.demo import files, words
from visits.demo.people import COUNTY

PER_COUNTY = 30_000
LOAD = 6  # households a helper
CHUNK = 2_000


def counties(households: int) -> list[Area]:
    """The demo's own county first, then as many more as the households need."""
    others = Area.objects.active().filter(level=Area.Level.COUNTY).exclude(pk=COUNTY).order_by("code")
    needed = -(-households // PER_COUNTY)
    rural = [a for a in others if Area.objects.villages().within(a.code).count() > 100]
    return [Area.objects.get(pk=COUNTY), *rural][:needed]


def fill(households: int, part: int, parts: int) -> None:
    """Fill every ``parts``-th county of those that ``households`` need, beginning with number ``part``."""
    for number, county in enumerate(counties(households)):
        if number % parts == part:
            fill_county(county, number, min(PER_COUNTY, households - number * PER_COUNTY))


def fill_county(county: Area, number: int, households: int) -> None:
    """One county's helpers, files and two years. ``number`` keeps keys and names apart."""
    random = Random(county.code)
    cadres = _cadres(county, number, max(households // LOAD, 1))
    places = list(Area.objects.active().villages().within(county.code).order_by("code"))
    base = 10_000_000 * (number + 1)
    numbers = files.Numbers(0, 1)
    drafts = (
        (base + i, village, files.drafts(random, numbers, village.code, 1)[0])
        for i in range(households)
        for village in [places[i * len(places) // households]]
    )
    keys = iter(range(base * 10, base * 10 + 100_000_000))
    with transaction.atomic():
        for chunk in _chunks(drafts):
            _copy_chunk(chunk, keys, county)
        for statement in (_PAIRINGS, _LEADS, _VISITS, _PROBLEMS, _PROMISES, _COUNTERS):
            with connection.cursor() as cursor:
                cursor.execute(statement, {"county": county.code, "cadres": [c.pk for c in cadres], "today": clock.today(), "said": [t for group in words.SAID.values() for t in group if "{" not in t] or [words.ESSAY], "load": LOAD})  # fmt: skip


def finish() -> None:
    """Set the key sequences behind the largest keys and refresh the planner's statistics."""
    with connection.cursor() as cursor:
        for model in (Household, HouseholdYear, Person, Membership, PersonYear):
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
            )


def _cadres(county: Area, number: int, count: int) -> list[User]:
    """Helpers of a county; they have no password."""
    random = Random(f"{county.code} cadres")
    started = clock.today() - timedelta(days=800)
    people = []
    for n in range(count):
        user = User(username=f"c{number:02d}{n:05d}", area=county, password="!")  # noqa: S106
        user.set_name(random.choice(words.SURNAMES) + random.choice(words.MEN))
        people.append(user)
    rows = User.objects.bulk_create(people, batch_size=CHUNK)
    Grant.objects.bulk_create(
        [Grant(user=u, role=Role.CADRE, area=county, started_on=started) for u in rows], batch_size=CHUNK
    )
    return rows


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _copy_chunk(chunk: list[tuple[int, Area, files.Draft]], keys: Iterator[int], county: Area) -> None:
    """COPY the files of one chunk with their people and facts."""
    today = clock.today()
    began = today - timedelta(days=780)
    households, years, people, memberships, person_years = [], [], [], [], []
    for key, village, draft in chunk:
        codes = {"county_code": county.code, "township_code": village.code[:9], "village_code": village.code}
        head = draft.members[0].name
        households.append(
            Household(
                pk=key,
                **codes,
                file_number=f"{village.code[:6]}{key:010d}",
                group_name=draft.group_name,
                head_name=head,
                head_key=sort_key(head)[:200],
                head_initials=initials(head)[:60],
                search_terms=search_terms(*(m.name for m in draft.members)),
                listed_on=began if draft.listed else None,
                household_type=draft.years[-1].household_type,
                phone=draft.phone,
                member_count=len(draft.members),
            )
        )
        for year in draft.years:
            years.append(HouseholdYear(pk=next(keys), household_id=key, **codes, **_values(year)))
        for member in draft.members:
            person = _person(next(keys), member, codes)
            people.append(person)
            memberships.append(
                Membership(pk=next(keys), household_id=key, person_id=person.pk, relation=member.relation, joined_on=began, **codes)
            )  # fmt: skip
            for facts in member.years:
                person_years.append(
                    PersonYear(
                        pk=next(keys), household_id=key, person_id=person.pk, **codes, **_values(facts)
                    )
                )
    for rows in (households, years, people, memberships, person_years):
        copy(rows)


def _person(key: int, member: MemberEntry, codes: dict[str, str]) -> Person:
    return Person(
        pk=key,
        **codes,
        name=member.name,
        name_key=sort_key(member.name)[:200],
        sex=member.sex,
        birth_date=member.birth_date,
        ethnic_group=member.ethnic_group,
        certificate=member.certificate,
        id_number=member.id_number,
    )


def _values(entry: Any) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in vars(entry).items()}


def copy(rows: list[Any]) -> None:
    """COPY unsaved rows of one model, sealed fields and keyed hashes included."""
    if not rows:
        return
    model: type[models.Model] = type(rows[0])
    fields = list(model._meta.concrete_fields)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([_text(f.get_db_prep_save(f.pre_save(row, add=True), connection)) for f in fields])
    buffer.seek(0)
    columns = ", ".join(f'"{f.column}"' for f in fields)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            f"COPY {model._meta.db_table} ({columns}) FROM STDIN (FORMAT csv, NULL '\\N')", buffer
        )


def _text(value: Any) -> Any:
    if value is None:
        return "\\N"
    if isinstance(value, list):
        return "{" + ",".join('"' + str(v).replace('"', "") + '"' for v in value) + "}"
    return str(value) if isinstance(value, uuid.UUID) else value


_HERE = "h.county_code = %(county)s"
_CODES = "h.county_code, h.township_code, h.village_code"
_PAIRINGS = f"""
INSERT INTO households_pairing (public_id, county_code, township_code, village_code, household_id, cadre_id, role,
    started_on, ended_on, end_reason, end_note, handover_note, voided, version)
SELECT gen_random_uuid(), {_CODES}, h.id, (%(cadres)s)[1 + (row_number() OVER (ORDER BY h.id) - 1) / %(load)s %%
    cardinality(%(cadres)s)], 'lead', h.listed_on, NULL, '', '', '', false, 1
FROM households_household h WHERE {_HERE} AND h.listed_on IS NOT NULL AND h.id %% 31 <> 0
"""  # noqa: S608  # constants only
_LEADS = f"""
UPDATE households_household h SET lead_id = p.cadre_id, pairing_count = 1
FROM households_pairing p WHERE p.household_id = h.id AND {_HERE}
"""  # noqa: S608
_VISITS = f"""
INSERT INTO visits_visit (public_id, county_code, township_code, village_code, household_id, author_id, client_id,
    body_hmac, visited_by_id, confirmed_by_id, confirmed_at, visited_on, recorded_at, method, met, met_others, said,
    no_change, tasks, restricted, facts, has_restricted, state, reading_reasons, withdrawn_reason, after_pairing, version)
SELECT gen_random_uuid(), {_CODES}, h.id, p.cadre_id, gen_random_uuid(), md5(h.id::text || n), p.cadre_id, p.cadre_id,
    d.day + time '10:00', d.day, d.day + time '10:00', CASE WHEN (h.id + n) %% 6 = 0 THEN 'call' ELSE 'home' END,
    '{{}}', '', (%(said)s)[1 + ((h.id + n) %% cardinality(%(said)s))::int], false, '{{}}', '', '', false,
    CASE WHEN n = 0 AND h.id %% 60 = 0 THEN 'to_read' ELSE 'filed' END, '{{}}', '', false, 1
FROM households_household h JOIN households_pairing p ON p.household_id = h.id
CROSS JOIN generate_series(0, 20) n
CROSS JOIN LATERAL (SELECT (%(today)s::date - (n * 35 + h.id %% 33 + CASE WHEN h.id %% 23 = 0 THEN 150 ELSE 0 END)::int) AS day) d
WHERE {_HERE} AND d.day >= h.listed_on
"""  # noqa: S608
_PROBLEMS = f"""
INSERT INTO visits_problem (public_id, county_code, township_code, village_code, household_id, visit_id, raised_by_id,
    raised_on, kind, words, restricted, state, office, level, reason, outcome, household_view, referred_on, due_on, version)
SELECT gen_random_uuid(), {_CODES}, h.id, NULL, h.lead_id, %(today)s::date - (h.id %% 40)::int, 'water', '水管冻裂', false,
    CASE WHEN h.id %% 2 = 0 THEN 'referred' ELSE 'mine' END, 'county_water', 'county', '', '', '',
    %(today)s::date - (h.id %% 40)::int, %(today)s::date - (h.id %% 40)::int + 15, 1
FROM households_household h WHERE {_HERE} AND h.lead_id IS NOT NULL AND h.id %% 9 = 0
"""  # noqa: S608
_PROMISES = f"""
INSERT INTO visits_promise (public_id, county_code, township_code, village_code, household_id, made_by_id, holder_id,
    made_on, what, due_on, state, times_moved, done_what, household_word, dropped_reason, version)
SELECT gen_random_uuid(), {_CODES}, h.id, h.lead_id, h.lead_id, %(today)s::date - 40, '问清慢病卡要带的材料',
    %(today)s::date - 20 + (h.id %% 60)::int, 'open', 0, '', '', '', 1
FROM households_household h WHERE {_HERE} AND h.lead_id IS NOT NULL AND h.id %% 7 = 0
"""  # noqa: S608
_COUNTERS = f"""
UPDATE households_household h SET last_visit_on = v.day, open_problems = coalesce(q.n, 0), open_promises = coalesce(r.n, 0)
FROM (SELECT household_id, max(visited_on) FILTER (WHERE method = 'home') AS day FROM visits_visit
      WHERE county_code = %(county)s GROUP BY 1) v
LEFT JOIN (SELECT household_id, count(*) AS n FROM visits_problem WHERE county_code = %(county)s GROUP BY 1) q USING (household_id)
LEFT JOIN (SELECT household_id, count(*) AS n FROM visits_promise WHERE county_code = %(county)s GROUP BY 1) r USING (household_id)
WHERE v.household_id = h.id AND {_HERE}
"""  # noqa: S608
