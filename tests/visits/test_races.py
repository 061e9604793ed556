"""Two at once, a thousand times (S34, S35): one decision stands, and the other gets a sentence and his text back."""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections

from households.actions.changes import decide_change, return_change
from households.actions.handovers import Succession, hand_over
from households.actions.households import edit_household
from households.actions.pairings import pair
from households.models import ChangeField, ChangeRequest, Household, Pairing
from households.models.scoped import codes_of
from pairing import clock
from pairing.errors import Conflict, Refused
from pairing.models import AuditEvent
from pairing.roles import Role
from tests import cast, factories
from tests.visits import made
from visits.actions import reading
from visits.actions.visits import VisitInput, save_visit
from visits.models import Visit

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DONE = "done"
MOST = 20  # households that one person may look after


def race(rounds: int, *sides: Callable[[int], Any]) -> list[tuple[Any, ...]]:
    """Let the sides act at once in each round; gives, round by round, DONE or the error of each side.

    Chance gives one or the other a start of a few milliseconds, so that they meet at different points.
    """
    barrier, outcomes = threading.Barrier(len(sides)), [[None] * len(sides) for _n in range(rounds)]

    def run(side: int) -> None:
        chance = random.Random(side)
        try:
            for turn in range(rounds):
                barrier.wait(60)
                time.sleep(chance.uniform(0, 0.004))
                try:
                    sides[side](turn)
                    outcomes[turn][side] = DONE
                except Exception as error:
                    outcomes[turn][side] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[side]) for side in range(len(sides))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [tuple(outcome) for outcome in outcomes]


def check_one_winner(outcomes: list[tuple[Any, ...]], loser: type[Refused]) -> list[int]:
    """Each round has one winner, and each side wins some; gives the winning side of each round."""
    assert [o for o in outcomes if o.count(DONE) != 1] == []
    assert [o for o in outcomes if not any(isinstance(side, loser) for side in o)] == []
    winners = [outcome.index(DONE) for outcome in outcomes]
    assert set(winners) == {0, 1}
    return winners


def files(number: int, **more: Any) -> list[Household]:
    """So many files; an identity number has room for 499 born on one day."""
    heads = [factories.MemberSpec(birth_date=date(1960, 1, 1) + timedelta(days=n)) for n in range(number)]
    return factories.households([factories.FileSpec(cast.VILLAGE, [head], **more) for head in heads])


def cadres(name: str, households: int) -> list[Any]:
    """Enough of them that nobody has too many households."""
    specs = {f"{name}{n}": (Role.CADRE, cast.TOWNSHIP) for n in range(households // MOST + 1)}
    return list(factories.users(specs).values())


def test_two_saves_of_one_file():
    """334 times: the later one is refused with both texts, and the version counts one save."""
    world, rounds = cast.build(), 334
    rows = files(rounds)

    def save(who: str) -> Callable[[int], Any]:
        return lambda n: edit_household(
            household=rows[n], values={"address": f"{who} {n}"}, reason="survey", version=rows[n].version,
            by=world.people[who],
        )  # fmt: skip

    sides = ("staff", "reviewer")
    outcomes = race(rounds, *map(save, sides))
    winners = check_one_winner(outcomes, Conflict)
    for n, winner in enumerate(winners):
        now = Household.everything.get(pk=rows[n].pk)
        assert (now.address, now.version) == (f"{sides[winner]} {n}", rows[n].version + 1)
        conflict = outcomes[n][1 - winner]
        assert list(conflict.stored.values()) == [now.address]
        assert list(conflict.sent.values()) == [f"{sides[1 - winner]} {n}"]
    assert AuditEvent.objects.filter(action="household.edit").count() == rounds


def test_approving_and_returning_one_request():
    """333 times: it is decided or returned, never both, and the bank's name follows the decision."""
    world, rounds = cast.build(), 333
    rows = files(rounds, more={"bank_name": "old"})
    requests = [
        ChangeRequest(
            household=row, reason="r", proposed_by=world.people["cadre"], base_version=1, **codes_of(row)
        )
        for row in rows
    ]
    ChangeRequest.everything.bulk_create(requests)
    fields = [
        ChangeField(request=request, household=row, model="household", field="bank_name", old="old", new="new",
                    **codes_of(row))
        for request, row in zip(requests, rows, strict=True)
    ]  # fmt: skip
    ChangeField.everything.bulk_create(fields)

    def approve(n: int) -> None:
        decisions = {fields[n].public_id: (True, "")}
        decide_change(request=requests[n], decisions=decisions, version=1, by=world.people["staff"])

    def send_back(n: int) -> None:
        return_change(request=requests[n], remarks={}, remark="which branch?", version=1,
                      by=world.people["reviewer"])  # fmt: skip

    winners = check_one_winner(race(rounds, approve, send_back), Refused)
    for n, winner in enumerate(winners):
        request = ChangeRequest.everything.get(pk=requests[n].pk)
        bank = Household.everything.get(pk=rows[n].pk).bank_name
        assert (request.state, request.version, bank) == (
            ("returned", 2, "old") if winner else ("decided", 2, "new")
        )
    assert AuditEvent.objects.filter(action__in=["change.decide", "change.return"]).count() == rounds


def test_reading_and_asking_at_one_visit():
    """333 times: it is read or asked back; the questions of the one who lost are in his conflict."""
    world, rounds = cast.build(), 333
    visits = [made.visit(row, world.people["cadre"]) for row in files(rounds)]

    def read(n: int) -> None:
        reading.mark_read(visit=visits[n], version=1, by=world.people["staff"])

    def ask(n: int) -> None:
        questions = [reading.Question("said", f"who? {n}")]
        reading.ask(visit=visits[n], questions=questions, version=1, by=world.people["reviewer"])

    outcomes = race(rounds, read, ask)
    for n, winner in enumerate(check_one_winner(outcomes, Conflict)):
        visit = Visit.everything.get(pk=visits[n].pk)
        assert (visit.state, visit.version) == ("asked" if winner else "read", 2)
        assert visit.questions.count() == winner
        assert winner or list(outcomes[n][1].sent.values()) == [f"who? {n}"]


def test_two_administrators_pair_one_household():
    """500 times: one lead helper, and a sentence for the other."""
    world, rounds = cast.build(), 500
    rows, mine, theirs = (
        files(rounds, listed_on=clock.today()),
        cadres("mine", rounds),
        cadres("theirs", rounds),
    )

    def give(helpers: list[Any], who: str) -> Callable[[int], Any]:
        return lambda n: pair(
            household=rows[n], cadre=helpers[n // MOST], started_on=clock.today(), by=world.people[who]
        )

    outcomes = race(rounds, give(mine, "township_admin"), give(theirs, "county_admin"))
    for n, winner in enumerate(check_one_winner(outcomes, Refused)):
        lead = (mine, theirs)[winner][n // MOST].pk
        assert list(Pairing.everything.filter(household=rows[n]).values_list("cadre", flat=True)) == [lead]
        now = Household.everything.get(pk=rows[n].pk)
        assert (now.lead_id, now.pairing_count) == (lead, 1)


def test_a_handover_and_a_visit():
    """500 times: both are kept in either order, for the visit's day lies inside the pairing."""
    world, rounds = cast.build(), 500
    rows, leavers, successors = files(rounds), cadres("leaver", rounds), cadres("successor", rounds)
    start, yesterday = clock.today() - timedelta(days=9), clock.today() - timedelta(days=1)
    pairs = factories.pairings([(row, leavers[n // MOST], start, None) for n, row in enumerate(rows)])

    def transfer(n: int) -> None:
        successions = [Succession(pairs[n], successors[n // MOST])]
        hand_over(cadre=leavers[n // MOST], successions=successions, handed_on=clock.today(),
                  by=world.people["township_admin"])  # fmt: skip

    def visit(n: int) -> None:
        sent = VisitInput(client_id=uuid.uuid4(), visited_on=yesterday, met_others="son", said=f"words {n}")
        save_visit(household=rows[n], visit=sent, by=leavers[n // MOST])

    assert Counter(race(rounds, transfer, visit)) == {(DONE, DONE): rounds}
    for n, row in enumerate(rows):
        now = Household.everything.get(pk=row.pk)
        assert (now.lead_id, now.pairing_count, now.last_visit_on) == (successors[n // MOST].pk, 1, yesterday)
    assert Visit.everything.filter(after_pairing=True).exists()
    assert Visit.everything.filter(after_pairing=False).exists()
