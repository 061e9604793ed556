"""Large demo counties, set by set: sealed rows as record sets, everything else by INSERT … SELECT.

For load tests and benchmarks: the same shapes and invariants as the demo county, without its story. Every
30,000 households fill one county, about 110 to a village, with some fifteen visits each. History and
constraints stay on, so that what is measured afterwards is what a real county would be.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from random import Random

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, models, transaction

from households.actions.entries import MemberEntry, values_of
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from pairing import clock, sets
from pairing.models import Area, Grant, User
from pairing.names import initials, search_terms, sort_key
from pairing.roles import Role
from visits.actions import counters
from visits.demo import files, people, words

PER_COUNTY = 30_000
LOAD = 6  # households a helper
CHUNK = 2_000  # households a transaction
LISTED = 780  # days ago that every household on the pairing list came onto it


def counties(households: int) -> list[Area]:
    """The demo's own county first, then as many more as the households need."""
    others = Area.objects.active().filter(level=Area.Level.COUNTY).exclude(pk=people.COUNTY).order_by("code")
    rural = (a for a in others if Area.objects.villages().within(a.code).count() > 100)
    own = Area.objects.get(pk=people.COUNTY)
    return [own, *islice(rural, -(-households // PER_COUNTY) - 1)]


def fill(households: int, part: int, parts: int) -> None:
    """Fill every ``parts``-th village of the counties that ``households`` need, beginning with ``part``."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    idle = list(User.objects.filter(username__startswith="cadre").order_by("username"))[part::parts]
    for number, county in enumerate(counties(households)):
        drafts = _drafts(county, min(PER_COUNTY, households - number * PER_COUNTY), part, parts)
        while chunk := list(islice(drafts, CHUNK)):
            with transaction.atomic():
                _fill_chunk(chunk, county, idle)
            idle = []


def _drafts(county: Area, households: int, part: int, parts: int) -> Iterator[files.Draft]:
    """This part's share of a county's households, village by village."""
    random, numbers = Random(f"{county.code} {part}"), files.Numbers(part, parts)
    villages = list(Area.objects.active().villages().within(county.code).order_by("code"))
    each, more = divmod(households, len(villages))
    for index, village in enumerate(villages):
        if index % parts == part:
            yield from files.drafts(random, numbers, village.code, each + (index < more))


def _fill_chunk(drafts: list[files.Draft], county: Area, idle: list[User]) -> None:
    """Files as record sets, their two years by SQL, and the counters by the same statement as every save.

    The demo's own cadres, who are ``idle`` at first, get the first households; the others get new helpers.
    """
    keys = _keys(Household, len(drafts))
    helpers = [*idle, *_helpers(county, keys[len(idle) * LOAD :: LOAD])]
    _insert_files(drafts, keys, [helpers[i // LOAD] for i in range(len(keys))])
    spoken = (text for seasons in words.SAID.values() for texts in seasons.values() for text in texts)
    said = [text for text in spoken if "{" not in text]
    with connection.cursor() as cursor:
        for statement in (_PAIRINGS, _VISITS, _PROBLEMS, _PROMISES):
            cursor.execute(statement, {"ids": keys, "today": clock.today(), "said": said})
    counters.recount(keys)


def _keys(model: type[models.Model], count: int) -> list[int]:
    """Fresh keys of the table's own sequence, which no other row will get."""
    sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    with connection.cursor() as cursor:
        cursor.execute(sequence, [model._meta.db_table, count])
        return [key for (key,) in cursor.fetchall()]


def _helpers(county: Area, keys: Iterable[int]) -> list[User]:
    """One helper, who cannot sign in, for each of these keys of his first household."""
    helpers = []
    for key in keys:
        random = Random(key)
        user = User(username=f"helper{key}", area=county, password=UNUSABLE_PASSWORD_PREFIX)
        user.set_name(people.person_name(random, random.choice(["male", "female"])))
        helpers.append(user)
    User.objects.bulk_create(helpers)
    began = clock.today() - timedelta(days=people.FIRST_DAY)
    Grant.objects.bulk_create(
        Grant(user=user, role=Role.CADRE, area=county, started_on=began) for user in helpers
    )
    return helpers


def _insert_files(drafts: list[files.Draft], keys: list[int], leads: list[User]) -> None:
    """Files with their people and the facts of the years."""
    listed_on = clock.today() - timedelta(days=LISTED)
    households, years, people = [], [], []
    for key, draft, lead in zip(keys, drafts, leads, strict=True):
        code = draft.village_code
        file = {"household_id": key, "county_code": code[:6], "township_code": code[:9], "village_code": code}
        head = draft.members[0].name
        led = draft.listed and key % 31 != 0
        household = Household(
            pk=key,
            file_number=draft.file_number,
            group_name=draft.group_name,
            head_name=head,
            head_key=sort_key(head),
            head_initials=initials(head),
            search_terms=search_terms(*(member.name for member in draft.members)),
            listed_on=listed_on if draft.listed else None,
            household_type=draft.years[-1].household_type,
            phone=draft.phone,
            lead=lead if led else None,
            member_count=len(draft.members),
            pairing_count=int(led),
        )
        household.place(code)
        households.append(household)
        years += [HouseholdYear(**file, year=year.year, **values_of(year)) for year in draft.years]
        people += [(file, member, _person(member, code)) for member in draft.members]
    for rows in (households, years, [person for _file, _member, person in people]):
        sets.insert(rows)
    sets.insert(
        [
            Membership(**file, person=person, relation=member.relation, joined_on=listed_on)
            for file, member, person in people
        ]
    )
    sets.insert(
        [
            PersonYear(**file, person=person, year=facts.year, **values_of(facts))
            for file, member, person in people
            for facts in member.years
        ]
    )


def _person(member: MemberEntry, village_code: str) -> Person:
    person = Person(
        name=member.name,
        name_key=sort_key(member.name),
        sex=member.sex,
        birth_date=member.birth_date,
        ethnic_group=member.ethnic_group,
        certificate=member.certificate,
        id_number=member.id_number,
    )
    person.place(village_code)
    return person


_CODES = "h.county_code, h.township_code, h.village_code"
_HERE = "h.id = ANY(%(ids)s)"
_PAIRINGS = f"""
INSERT INTO households_pairing (public_id, county_code, township_code, village_code, household_id, cadre_id, role,
    started_on, end_reason, end_note, handover_note, recorded_at, voided, version)
SELECT gen_random_uuid(), {_CODES}, h.id, h.lead_id, 'lead', h.listed_on, '', '', '',
    h.listed_on + time '01:00', false, 1
FROM households_household h WHERE {_HERE} AND h.lead_id IS NOT NULL
"""  # noqa: S608  # constants only
# Every five weeks, two or three a year a call; one household in 23 forgotten for five months, the newest visit of
# one in 60 not yet read.
_VISITS = f"""
INSERT INTO visits_visit (public_id, county_code, township_code, village_code, household_id, author_id, client_id,
    body_hmac, visited_by_id, confirmed_by_id, confirmed_at, visited_on, recorded_at, method, met, met_others, said,
    no_change, tasks, restricted, facts, has_restricted, state, reading_reasons, withdrawn_reason, after_pairing, version)
SELECT gen_random_uuid(), {_CODES}, h.id, h.lead_id, gen_random_uuid(), md5(h.id::text || n), h.lead_id, h.lead_id,
    at, day, at, CASE WHEN (h.id + n) %% 6 = 0 THEN 'call' ELSE 'home' END,
    ARRAY[head.public_id], '', (%(said)s)[1 + (h.id + n) %% cardinality(%(said)s)], false, '{{}}', '', '', false,
    CASE WHEN unread THEN 'to_read' ELSE 'filed' END, CASE WHEN unread THEN '{{sample}}'::text[] ELSE '{{}}' END, '',
    false, 1
FROM households_household h
JOIN households_membership m ON m.household_id = h.id AND m.relation = 'head' AND m.left_on IS NULL
JOIN households_person head ON head.id = m.person_id
CROSS JOIN generate_series(0, 20) n
CROSS JOIN LATERAL (SELECT %(today)s::date
    - (1 + n * 35 + h.id %% 33 + CASE WHEN h.id %% 23 = 0 THEN 150 ELSE 0 END)::int AS day) days
CROSS JOIN LATERAL (SELECT day + time '10:00' AS at, n = 0 AND h.id %% 60 = 0 AS unread) moments
WHERE {_HERE} AND h.lead_id IS NOT NULL AND day >= h.listed_on
"""  # noqa: S608
_PROBLEMS = f"""
INSERT INTO visits_problem (public_id, county_code, township_code, village_code, household_id, raised_by_id, raised_on,
    kind, words, restricted, state, office, level, reason, outcome, household_view, referred_on, due_on, version)
SELECT gen_random_uuid(), {_CODES}, h.id, h.lead_id, day, 'water', '水管冻裂，吃水要到邻居家挑', false,
    CASE WHEN sent THEN 'referred' ELSE 'mine' END, CASE WHEN sent THEN 'county_water' ELSE '' END,
    CASE WHEN sent THEN 'county' ELSE '' END, '', '', '',
    CASE WHEN sent THEN day END, CASE WHEN sent THEN day + 15 END, 1
FROM households_household h
CROSS JOIN LATERAL (SELECT %(today)s::date - (h.id %% 40)::int AS day, h.id %% 2 = 0 AS sent) made
WHERE {_HERE} AND h.lead_id IS NOT NULL AND h.id %% 9 = 0
"""  # noqa: S608
_PROMISES = f"""
INSERT INTO visits_promise (public_id, county_code, township_code, village_code, household_id, made_by_id, holder_id,
    made_on, what, due_on, state, times_moved, done_what, household_word, dropped_reason, version)
SELECT gen_random_uuid(), {_CODES}, h.id, h.lead_id, h.lead_id, %(today)s::date - 40, '问清慢病卡要带的材料',
    %(today)s::date - 20 + (h.id %% 60)::int, 'open', 0, '', '', '', 1
FROM households_household h WHERE {_HERE} AND h.lead_id IS NOT NULL AND h.id %% 7 = 0
"""  # noqa: S608
