"""A page lets somebody in; before the action holds its lock his pairing ends, or the file moves: nothing is written.

Each action is called as its view calls it, with rows that were read while the right still held.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from households.actions.changes import FieldChange, propose_change, resubmit_change, return_change
from households.actions.handovers import Succession, hand_over
from households.actions.moves import move_household
from households.actions.pairings import end_pairing, pair, void_pairing
from households.actions.questions import answer_question as answer_file_question
from households.models import ChangeField, ChangeRequest, FileQuestion, Household, Pairing
from pairing import clock
from pairing.errors import Refused
from pairing.models import AuditEvent, Grant
from tests.cast import COUNTY, OTHER_VILLAGE, World
from tests.visits import logged, made
from visits.actions.corrections import correct_visit, withdraw_visit
from visits.actions.problems import solve
from visits.actions.promises import drop_promise, move_promise, record_done, record_word
from visits.actions.reading import Question, answer_question, ask, mark_read
from visits.actions.slips import print_slips
from visits.models import Problem, Promise, Slip, Visit

Act = Callable[[], Any]
TODAY = clock.today()


def helpers_acts(world: World) -> dict[str, Act]:
    """What the helper of ``own`` may do today."""
    cadre, file = world.people["cadre"], world.files["own"]
    promise = logged.promise(world)
    done = made.promise(file, cadre, state="done", done_what="问了", done_on=TODAY, done_by=cadre)
    visit, asked = logged.visit(world), made.visit(file, cadre)
    problem = made.problem(file, cadre, "mine", reason="", office="", level="", referred_on=None, due_on=None)
    ask(visit=asked, questions=[Question("said", "哪一天")], by=world.people["staff"])
    bank = FieldChange(
        "household", "head", f"{world.spouses['own'].person.public_id}:spouse", world.spouses["own"].person
    )
    mine = propose_change(household=file, changes=[bank], reason="survey", by=cadre)
    name = FieldChange("person", "name", "王小明", world.heads["own"].person)
    return {
        "done": lambda: record_done(promise=promise, what="办好了", by=cadre),
        "moved": lambda: move_promise(
            promise=promise, due_on=TODAY + timedelta(9), reason="再等等", by=cadre
        ),
        "dropped": lambda: drop_promise(promise=promise, reason="不用了", by=cadre),
        "word": lambda: record_word(promise=done, word="kept", by=cadre),
        "corrected": lambda: correct_visit(visit=visit, text="不是玉米", by=cadre),
        "withdrawn": lambda: withdraw_visit(visit=visit, reason="不是我的", by=cadre),
        "answered": lambda: answer_question(question=asked.questions.get(), answer="昨天", by=cadre),
        "solved": lambda: solve(problem=problem, outcome="修好了", by=cadre),
        "proposed": lambda: propose_change(household=file, changes=[name], reason="survey", by=cadre),
        "printed": lambda: print_slips(households=[file], cadre=cadre, by=cadre),
        "sent again": lambda: resubmit_change(request=mine, values={}, reason="survey", by=cadre),
    }


HELPERS = (
    "done", "moved", "dropped", "word", "corrected", "withdrawn", "answered", "solved", "proposed", "printed",
    "sent again",
)  # fmt: skip


@pytest.mark.parametrize("what", HELPERS)
def test_the_pairing_has_ended_meanwhile(world: World, what: str) -> None:
    acts = helpers_acts(world)
    assert tuple(acts) == HELPERS
    if what == "sent again":
        mine = ChangeRequest.everything.get(proposed_by=world.people["cadre"])
        return_change(request=mine, remarks={}, remark="再看看", by=world.people["staff"])
    admin = world.people["township_admin"]
    end_pairing(pairing=world.pairings["own"], ended_on=TODAY, reason="transferred", by=admin)
    before = states()
    with pytest.raises(Refused):
        acts[what]()
    assert states() == before


def offices_acts(world: World) -> dict[str, Act]:
    """What the office of the first township may do today about ``own``."""
    staff, admin = world.people["reviewer"], world.people["township_admin"]
    visit, pairing = made.visit(world.files["own"], world.people["cadre"]), world.pairings["own"]
    Grant.objects.filter(user__in=[world.people["cadre"], world.people["other_cadre"]]).update(area=COUNTY)
    other = world.people["other_cadre"]
    successions, question = [Succession(pairing, other)], world.questions["own"]
    return {
        "read": lambda: mark_read(visit=visit, by=staff),
        "asked": lambda: ask(visit=visit, questions=[Question("said", "哪一天")], by=staff),
        "returned": lambda: return_change(
            request=world.requests["own"], remarks={}, remark="再看看", by=staff
        ),
        "explained": lambda: answer_file_question(question=question, answer="没有电话", by=staff),
        "ended": lambda: end_pairing(pairing=pairing, ended_on=TODAY, reason="transferred", by=admin),
        "voided": lambda: void_pairing(pairing=pairing, by=admin),
        "paired": lambda: pair(
            household=world.files["own"], cadre=other, started_on=TODAY, role="second", by=admin
        ),
        "handed over": lambda: hand_over(
            cadre=world.people["cadre"], successions=successions, handed_on=TODAY, by=admin
        ),
    }


OFFICES = ("read", "asked", "returned", "explained", "ended", "voided", "paired", "handed over")


@pytest.mark.parametrize("what", OFFICES)
def test_the_file_has_moved_to_another_township_meanwhile(world: World, what: str) -> None:
    Pairing.everything.filter(pk=world.pairings["own"].pk).update(recorded_at=clock.now())
    acts = offices_acts(world)
    assert tuple(acts) == OFFICES
    moved = Household.everything.get(pk=world.files["own"].pk)
    move_household(
        household=moved,
        village_code=OTHER_VILLAGE,
        on=TODAY,
        reason="survey",
        by=world.people["county_admin"],
    )
    before = states()
    with pytest.raises(Refused):
        acts[what]()
    assert states() == before


def states() -> list[Any]:
    """What all these actions change."""
    rows: list[Any] = []
    for model in (Promise, Visit, Problem, Pairing, ChangeRequest, Household):
        rows += model.everything.order_by("pk").values_list("pk", "version")
    answers = FileQuestion.everything.order_by("pk").values_list("pk", "answer")
    return [
        *rows,
        *answers,
        Slip.everything.count(),
        ChangeField.everything.count(),
        AuditEvent.objects.count(),
    ]
