"""One visit is one save: stored once, read by exception, counted on the file, kept for ever."""

import threading
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from households.models import Household
from pairing import clock
from pairing.errors import Conflict, Gone, Refused
from pairing.models.audit import AuditEvent
from tests import cast
from tests.visits import made
from visits import checks
from visits.actions.corrections import confirm_visit, correct_visit, withdraw_visit
from visits.actions.help import HelpInput
from visits.actions.problems import ProblemInput
from visits.actions.promises import drop_promise, move_promise, record_done, record_word
from visits.actions.visits import (
    Fact,
    PromiseAnswer,
    PromiseInput,
    VisitInput,
    save_visit,
)
from visits.models import ConflictDraft, Help, Problem, ProblemStep, Promise, Visit


@pytest.fixture
def world(db):
    return cast.build()


def entry(world, **more) -> VisitInput:
    """A common visit: today, at home, with the head, one sentence."""
    common = {
        "client_id": uuid.uuid4(),
        "visited_on": clock.today(),
        "met": [world.heads["own"].person.public_id],
        "said": "今年玉米长得好。",
    }
    return VisitInput(**common | more)


def save(world, who: str = "cadre", position: str = "own", **more) -> Visit:
    visited_by = world.people[more.pop("visited_by")] if "visited_by" in more else None
    return save_visit(
        household=world.files[position],
        visit=entry(world, **more),
        visited_by=visited_by,
        by=world.people[who],
    )


def counters(world, position: str = "own") -> tuple:
    row = Household.everything.get(pk=world.files[position].pk)
    return row.last_visit_on, row.open_problems, row.open_promises, row.version


# --- once ---------------------------------------------------------------------------------------------------


def test_a_visit_sent_again_is_the_same_visit_with_one_audit_row(world):
    sent = entry(world, promises=[PromiseInput("带一袋化肥", clock.today())])
    before = AuditEvent.objects.count()
    first, second = (
        save_visit(household=world.files["own"], visit=sent, by=world.people["cadre"]) for _ in range(2)
    )
    assert first == second
    assert (Visit.everything.count(), Promise.everything.count()) == (1, 1)
    assert AuditEvent.objects.count() == before + 1


def test_the_same_id_with_other_words_is_a_conflict_and_the_words_are_kept_sealed(world):
    sent = save(world)
    for _ in range(2):
        with pytest.raises(Conflict) as caught:
            save(world, client_id=sent.client_id, said="另外的话。")
    assert list(caught.value.sent.values()) == ["另外的话。"]
    draft = ConflictDraft.everything.get()
    assert "另外的话。" in draft.body.open()
    assert "另外的话" not in draft.body.token
    assert Visit.everything.get().said == "今年玉米长得好。"


def test_the_same_id_of_another_author_is_his_own_visit(world):
    sent = save(world)
    other = save_visit(
        household=world.files["other_township"],
        visit=entry(world, client_id=sent.client_id, met=(), met_others="邻居"),
        by=world.people["other_cadre"],
    )
    assert other.pk != sent.pk


def test_a_corrected_visit_still_answers_and_a_withdrawn_one_is_gone(world):
    sent = entry(world)
    cadre = world.people["cadre"]
    visit = save_visit(household=world.files["own"], visit=sent, by=cadre)
    correct_visit(visit=visit, text="是小麦，不是玉米。", by=cadre)
    assert save_visit(household=world.files["own"], visit=sent, by=cadre).said == "今年玉米长得好。"
    withdraw_visit(visit=visit, reason="记错了户", by=cadre)
    with pytest.raises(Gone):
        save_visit(household=world.files["own"], visit=sent, by=cadre)
    assert counters(world)[0] is None


@pytest.mark.django_db(transaction=True)
def test_ten_taps_at_once_store_one_visit():
    world = cast.build()
    sent, cadre = entry(world), world.people["cadre"]
    door, stored = threading.Barrier(10), []

    def tap() -> None:
        door.wait()
        stored.append(save_visit(household=world.files["own"], visit=sent, by=cadre).public_id)
        connection.close()

    taps = [threading.Thread(target=tap) for _ in range(10)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join()
    assert len(stored) == 10
    assert len(set(stored)) == 1


# --- what belongs to it -------------------------------------------------------------------------------------


def test_everything_said_at_the_table_is_one_save(world):
    due = made.promise(world.files["own"], world.people["cadre"], what="问低保", due_on=clock.today())
    visit = save(
        world,
        answers=[PromiseAnswer(due.public_id, "kept", "谢谢，办好了", "带去镇上交了材料")],
        problems=[ProblemInput("water", "水龙头冬天冻住", Problem.State.MINE)],
        promises=[PromiseInput("请水管员来看", clock.today() + timedelta(days=7), for_problem=True)],
        help=[HelpInput("condolence", "大米", "2袋", Decimal("160"), "helper")],
        tasks=["company", "policy"],
        restricted="家里有难处，不想让人知道。",
    )
    due.refresh_from_db()
    assert (due.state, due.asked_at_visit, due.done_by) == (Promise.State.KEPT, visit, world.people["cadre"])
    problem = Problem.everything.get()
    assert problem.promises.get().holder == world.people["cadre"]
    assert ProblemStep.everything.get().state == Problem.State.MINE
    assert Help.everything.get().visit == visit
    assert visit.restricted.open() == "家里有难处，不想让人知道。"
    assert counters(world)[:3] == (clock.today(), 1, 1)


def test_a_problem_typed_late_reaches_its_office_today(world):
    day = clock.today() - timedelta(days=20)
    save(world, visited_on=day, problems=[ProblemInput("water", "水", "referred", office="township_affairs")])
    problem, today = Problem.everything.get(), clock.today()
    assert (problem.raised_on, problem.referred_on) == (day, today)
    assert problem.due_on == today + timedelta(days=15)


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"visited_on": clock.today() + timedelta(days=1)}, "visited_on"),
        ({"visited_on": clock.today() - timedelta(days=201)}, "visited_on"),
        ({"met": ()}, "met"),
        ({"met": [uuid.uuid4()]}, "met"),
        ({"said": " \u200b "}, "said"),
        ({"problems": [ProblemInput("water", "水", "mine"), ProblemInput("nowhere", "x")]}, "problem1-kind"),
        ({"problems": [ProblemInput("water", "水", "not_now", reason="没钱")]}, "problem0-look_again_on"),
        ({"promises": [PromiseInput("早了", clock.today() - timedelta(days=1))]}, "promise0-due_on"),
        ({"facts": [Fact("housing", "", False)]}, "facts"),
        ({"tasks": ["nothing"]}, "tasks"),
    ],
)
def test_a_refused_visit_names_its_field_and_leaves_nothing(world, what, field):
    with pytest.raises(Refused) as caught:
        save(world, **what)
    assert caught.value.field == field
    assert not any(model.everything.exists() for model in (Visit, Problem, Promise))


def test_nobody_met_needs_no_words_and_counts_as_no_home_visit(world):
    save(world, method="not_met", met=(), said="")
    assert counters(world)[0] is None


def test_nothing_changed_is_lawful_and_closes_no_promise(world):
    due = made.promise(world.files["own"], world.people["cadre"], what="问低保", due_on=clock.today())
    visit = save(world, said="", no_change=True)
    due.refresh_from_db()
    assert visit.no_change
    assert due.state == Promise.State.OPEN


# --- reading by exception -----------------------------------------------------------------------------------


@pytest.fixture
def never_sampled(monkeypatch):
    monkeypatch.setattr(checks, "is_sampled", lambda public_id: False)


@pytest.mark.parametrize(
    ("what", "reasons"),
    [
        ({}, []),
        ({"no_change": True, "said": ""}, []),
        ({"problems": [ProblemInput("water", "水管坏了", "mine")]}, ["problem"]),
        ({"help": [HelpInput("condolence", amount=Decimal(200))]}, ["money"]),
        ({"help": [HelpInput("labour", "收玉米")]}, []),
        ({"restricted": "只给镇上看"}, ["restricted"]),
        ({"facts": [Fact("absence-1", "在新疆", False, "已经回来")], "no_change": True}, ["change"]),
    ],
)
def test_read_by_exception(world, never_sampled, what, reasons):
    assert save(world).reading_reasons == ["first"]
    visit = save(world, again=True, **what)
    assert visit.reading_reasons == reasons
    assert visit.state == (Visit.State.TO_READ if reasons else Visit.State.FILED)
    assert not (visit.no_change and "change" in reasons)


def test_one_in_twenty_of_the_rest_is_read():
    sampled = sum(checks.is_sampled(uuid.UUID(int=n)) for n in range(20_000))
    assert 900 < sampled < 1100


# --- for a helper, after a pairing --------------------------------------------------------------------------


def test_a_visit_typed_by_a_clerk_counts_when_the_helper_confirms(world):
    visit = save(world, "clerk", visited_by="cadre")
    assert counters(world)[0] is None
    with pytest.raises(Refused):
        confirm_visit(visit=visit, by=world.people["clerk"])
    confirmed = confirm_visit(visit=visit, by=world.people["cadre"])
    assert (confirmed.author, confirmed.visited_by, confirmed.confirmed_by) == (
        world.people["clerk"],
        world.people["cadre"],
        world.people["cadre"],
    )
    assert counters(world)[0] == clock.today()


def test_nobody_enters_for_a_helper_outside_his_own_area(world):
    with pytest.raises(Refused):
        save(world, "other_staff", visited_by="cadre")


def test_a_visit_dated_inside_an_ended_pairing_is_kept_for_the_township(world):
    inside = {"met": (), "met_others": "户主", "visited_on": clock.today() - timedelta(days=31)}
    visit = save(world, position="ended", **inside)
    assert visit.after_pairing
    assert visit.state == Visit.State.TO_READ
    with pytest.raises(Refused) as caught:  # the day of the end itself is outside: half-open
        save(world, position="ended", **inside | {"visited_on": clock.today() - timedelta(days=30)})
    assert caught.value.field == "visited_on"


def test_a_closed_file_takes_only_what_was_before_it_closed(world):
    common = {"met": (), "met_others": "户主"}
    for days in (20, 0):  # the day of the closing, and later
        with pytest.raises(Refused):
            save(world, position="closed", visited_on=clock.today() - timedelta(days=days), **common)
    late = save(world, position="closed", visited_on=clock.today() - timedelta(days=25), **common)
    assert late.after_pairing


def test_the_counters_are_nobodys_edit(world):
    version, edits = counters(world)[3], world.files["own"].events.count()
    save(world)
    assert counters(world)[3] == version
    assert world.files["own"].events.count() == edits


# --- promises -----------------------------------------------------------------------------------------------


def promise(world, **more) -> Promise:
    return made.promise(world.files["own"], world.people["cadre"], **more)


def test_a_moved_date_stays_readable_with_its_reason(world):
    later = clock.today() + timedelta(days=20)
    moved = move_promise(promise=promise(world), due_on=later, reason="等部门办理", by=world.people["cadre"])
    former = moved.former_dates.get()
    assert (moved.due_on, former.due_on, former.reason) == (later, clock.today(), "等部门办理")


def test_done_needs_what_was_done_and_then_the_households_word(world):
    cadre = world.people["cadre"]
    with pytest.raises(Refused):
        record_done(promise=promise(world), what=" ", by=cadre)
    done = record_done(promise=promise(world), what="材料交了", by=cadre)
    assert done.state == Promise.State.DONE
    partly = record_word(promise=done, word="partly", household_word="还差一张表", by=cadre)
    assert partly.asked_by == cadre
    again = move_promise(promise=partly, due_on=clock.today(), reason="补表", by=cadre)
    assert again.state == Promise.State.OPEN


@pytest.mark.parametrize("word", ["partly", "not_kept"])
def test_what_fell_short_waits_until_it_has_a_new_day_or_is_left_at_that(world, word):
    """Decisions: partly, not → open or final. The household's word stays either way."""
    cadre = world.people["cadre"]

    def short() -> Promise:
        done = record_done(promise=promise(world), what="材料交了", by=cadre)
        return record_word(promise=done, word=word, household_word="还差一张表", by=cadre)

    assert short() in Promise.everything.outstanding()
    again = move_promise(promise=short(), due_on=clock.today(), reason="补表", by=cadre)
    assert (again.state, again.household_word) == (Promise.State.OPEN, "还差一张表")
    final = drop_promise(promise=short(), reason="今年的名额满了", by=cadre)
    assert (final.state, final.household_word) == (word, "还差一张表")
    assert final not in Promise.everything.outstanding()
    for act in (
        lambda: drop_promise(promise=final, reason="x", by=cadre),
        lambda: move_promise(promise=final, due_on=clock.today(), reason="x", by=cadre),
    ):
        with pytest.raises(Refused):
            act()


def test_an_open_promise_that_was_not_kept_stays_owed(world):
    asked = record_word(promise=promise(world), word="not_kept", by=world.people["cadre"])
    assert asked.state == Promise.State.OPEN
    assert asked.asked_on == clock.today()


def test_a_dropped_promise_has_a_reason_and_is_final(world):
    cadre = world.people["cadre"]
    dropped = drop_promise(promise=promise(world), reason="户里说不用了", by=cadre)
    for act in (
        lambda: record_done(promise=dropped, what="x", by=cadre),
        lambda: move_promise(promise=dropped, due_on=clock.today(), reason="x", by=cadre),
        lambda: drop_promise(promise=dropped, reason="x", by=cadre),
    ):
        with pytest.raises(Refused):
            act()
    assert counters(world)[2] == 0
