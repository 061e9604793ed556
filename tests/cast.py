"""The fixed cast of all tests: two counties, one person for each role, one file in each position.

    world = cast.build()
    page = world.client("staff").get(...)
    world.files["other_township"]

Positions, as seen by ``cadre`` and by the office of the first township: ``own`` (his open pairing), ``area``,
``ended`` (his former pairing), ``closed`` (in his township), ``other_village`` (same township, not the
clerk's village), ``other_township``, ``other_county``. Every text field of every file holds a canary: a string
that stands nowhere else (``world.canaries[position]``).
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client

from households.models import (
    Absence,
    ChangeField,
    ChangeRequest,
    FileQuestion,
    Household,
    Membership,
    Pairing,
)
from households.models.scoped import codes_of
from pairing import clock
from pairing.models import Area, User
from pairing.roles import Role
from tests import factories
from tests.factories import FileSpec, MemberSpec
from tests.replay import replayed

COUNTY, OTHER_COUNTY = "620702", "620722"
TOWNSHIP, OTHER_TOWNSHIP, FAR_TOWNSHIP = "620702101", "620702102", "620722101"
VILLAGE, SECOND_VILLAGE = "620702101201", "620702101202"
OTHER_VILLAGE, FAR_VILLAGE = "620702102201", "620722101201"
AREAS = {
    "62": "甘肃省",
    "6207": "张掖市",
    COUNTY: "甘州区",
    TOWNSHIP: "梁家墩镇",
    VILLAGE: "清凉寺村",
    SECOND_VILLAGE: "四闸村",
    OTHER_TOWNSHIP: "上秦镇",
    OTHER_VILLAGE: "八里堡村",
    OTHER_COUNTY: "民乐县",
    FAR_TOWNSHIP: "洪水镇",
    FAR_VILLAGE: "城关村",
}
#: One person for each role, and colleagues elsewhere.
PEOPLE: dict[str, tuple[str | None, str]] = {
    "cadre": (Role.CADRE, TOWNSHIP),
    "clerk": (Role.CLERK, VILLAGE),
    "staff": (Role.STAFF, TOWNSHIP),
    "reviewer": (Role.STAFF, TOWNSHIP),
    "township_admin": (Role.ADMINISTRATOR, TOWNSHIP),
    "county_admin": (Role.ADMINISTRATOR, COUNTY),
    "leader": (Role.LEADER, COUNTY),
    "auditor": (Role.AUDITOR, COUNTY),
    "system": (Role.SYSTEM, "6207"),
    "reader": (Role.READER, TOWNSHIP),
    "other_cadre": (Role.CADRE, OTHER_TOWNSHIP),
    "other_staff": (Role.STAFF, OTHER_TOWNSHIP),
    "far_cadre": (Role.CADRE, FAR_TOWNSHIP),
    "far_admin": (Role.ADMINISTRATOR, OTHER_COUNTY),
    "nobody": (None, TOWNSHIP),
}
POSITIONS: dict[str, str] = {
    "own": VILLAGE,
    "area": VILLAGE,
    "ended": VILLAGE,
    "closed": VILLAGE,
    "other_village": SECOND_VILLAGE,
    "other_township": OTHER_VILLAGE,
    "other_county": FAR_VILLAGE,
}


@dataclass
class World:
    """All that ``build`` made. Files, members, pairings, requests and questions are keyed by position."""

    areas: dict[str, Area]
    people: dict[str, User]
    files: dict[str, Household]
    heads: dict[str, Membership]
    spouses: dict[str, Membership]
    pairings: dict[str, Pairing]
    requests: dict[str, ChangeRequest]
    questions: dict[str, FileQuestion]
    absences: dict[str, Absence]
    canaries: dict[str, set[str]] = field(default_factory=dict)

    def client(self, username: str, **headers: Any) -> Client:
        """A browser in which this person has signed in, his second factor included."""
        return sign_in(self.people[username], **headers)

    def fresh(self, username: str, *, age: int = 0) -> Client:
        """A browser whose user gave his password again ``age`` seconds ago."""
        client = self.client(username)
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": time.time() - age, "reauthenticated": True}
        ]
        session["account_authentication_methods_user"] = str(self.people[username].pk)
        session.save()
        return client


def sign_in(user: User, **headers: Any) -> Client:
    """A browser in which ``user`` has signed in."""
    client = Client(headers=headers or None)
    client.force_login(user, backend="pairing.adapters.UsernameOrPhone")
    return client


def canary(position: str, what: str) -> str:
    """A text that stands in one field of one file and nowhere else."""
    return f"canary-{position}-{what}"


@replayed
def build() -> World:
    """Make the cast. Costs some thirty statements."""
    factories.codes()
    areas = factories.areas(AREAS)
    people = factories.users(PEOPLE)
    today = clock.today()
    listed = today - timedelta(days=300)
    specs, canaries = [], {}
    for position, village in POSITIONS.items():
        texts = {
            "group_name": canary(position, "group"),
            "address": canary(position, "address"),
            "best_time": canary(position, "time"),
            "bank_name": canary(position, "bank"),
            "bank_account": f"62{len(specs):014d}",
            "phone": factories.phone_number(),
        }
        if position == "closed":
            texts |= {"status": "closed", "closed_on": today - timedelta(days=20), "closed_reason": "moved"}
        members = [
            MemberSpec(canary(position, "head"), id_number=factories.identity_number(MemberSpec.birth_date)),
            MemberSpec(
                canary(position, "spouse"),
                "spouse",
                "female",
                id_number=factories.identity_number(MemberSpec.birth_date, "female"),
                more={"phone": factories.phone_number()},
            ),
        ]
        specs.append(FileSpec(village, members, None if position == "closed" else listed, more=texts))
        canaries[position] = {
            str(text) for name, text in texts.items() if name not in {"status", "closed_on"}
        }
        canaries[position] -= {"moved"}
        canaries[position] |= {m.name for m in members} | {m.id_number or "" for m in members}
    files = dict(zip(POSITIONS, factories.households(specs), strict=True))
    for position, row in files.items():
        canaries[position].add(row.file_number)
    start = today - timedelta(days=200)
    pairs = {
        "own": (files["own"], people["cadre"], start, None),
        "ended": (files["ended"], people["cadre"], start, today - timedelta(days=30)),
        "closed": (files["closed"], people["cadre"], start, today - timedelta(days=20)),
        "other_township": (files["other_township"], people["other_cadre"], start, None),
        "other_county": (files["other_county"], people["far_cadre"], start, None),
    }
    pairings = dict(zip(pairs, factories.pairings(pairs.values()), strict=True))
    members: dict[str, dict[str, Membership]] = {"head": {}, "spouse": {}}
    by_file = {row.pk: position for position, row in files.items()}
    for m in Membership.everything.filter(household__in=by_file).select_related("person", "household"):
        members[m.relation][by_file[m.household_id]] = m
    requests, questions, absences = _around(files, members["head"], people, canaries)
    return World(
        areas=areas,
        people=people,
        files={p: Household.everything.get(pk=f.pk) for p, f in files.items()},
        heads=members["head"],
        spouses=members["spouse"],
        pairings=pairings,
        requests=requests,
        questions=questions,
        absences=absences,
        canaries=canaries,
    )


def _around(
    files: dict[str, Household],
    heads: dict[str, Membership],
    people: dict[str, User],
    canaries: dict[str, set[str]],
) -> tuple[dict[str, ChangeRequest], dict[str, FileQuestion], dict[str, Absence]]:
    """What stands around each file: a change in review, a question of the rules, an absence."""
    today = clock.today()
    author = {"other_township": "other_staff", "other_county": "far_admin"}
    requests, questions, absences, fields = {}, {}, {}, []
    for position, row in files.items():
        codes = codes_of(row)
        words = {what: canary(position, what) for what in ("reason", "proof", "new", "where", "answer")}
        canaries[position] |= {words[what] for what in ("reason", "proof", "new", "where")}
        requests[position] = ChangeRequest(
            household=row,
            reason=words["reason"],
            proof=words["proof"],
            proposed_by=people[author.get(position, "staff")],
            base_version=row.version,
            **codes,
        )
        fields.append(
            ChangeField(
                request=requests[position],
                household=row,
                model="household",
                field="bank_name",
                old=row.bank_name,
                new=words["new"],
                **codes,
            )
        )
        questions[position] = FileQuestion(household=row, rule="phone_missing", raised_on=today, **codes)
        absences[position] = Absence(
            household=row,
            person=heads[position].person,
            away_from=today - timedelta(days=60),
            where=words["where"],
            **codes,
        )
    ChangeRequest.everything.bulk_create(requests.values())
    ChangeField.everything.bulk_create(fields)
    FileQuestion.everything.bulk_create(questions.values())
    Absence.everything.bulk_create(absences.values())
    return requests, questions, absences
