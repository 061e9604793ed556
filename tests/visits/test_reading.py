"""Reading: who may mark or ask when, what the author answers, and two reviewers at the same moment (S34)."""

import threading

import pytest
from django.db import connections

from pairing.errors import Conflict, Refused
from pairing.models import AuditEvent
from tests import cast, factories
from tests.visits import made
from visits.actions import reading
from visits.actions.reading import Question
from visits.models import Visit, VisitQuestion

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return cast.build()


@pytest.fixture
def visit(world):
    return made.visit(world.files["own"], world.people["cadre"])


def test_reading_says_who_and_when_and_leaves_one_audit_row(world, visit):
    before = AuditEvent.objects.count()
    read = reading.mark_read(visit=visit, version=1, by=world.people["staff"])
    assert (read.state, read.read_by, read.version) == ("read", world.people["staff"], 2)
    assert AuditEvent.objects.count() == before + 1
    with pytest.raises(Refused):
        reading.mark_read(visit=visit, by=world.people["reviewer"])


def test_nobody_reads_his_own_visit_nor_one_he_typed(world, visit):
    typed = made.visit(world.files["own"], world.people["cadre"], author=world.people["staff"])
    for row, who in ((visit, "cadre"), (typed, "staff")):
        with pytest.raises(Refused):
            reading.mark_read(visit=row, by=world.people[who])
    reading.mark_read(visit=typed, by=world.people["reviewer"])


def test_questions_are_answered_one_by_one_and_then_it_is_read_again(world, visit):
    staff, cadre = world.people["staff"], world.people["cadre"]
    questions = [Question("said", " who  said it? "), Question("met", "and who else?"), Question("help", " ")]
    asked = reading.ask(visit=visit, questions=questions, by=staff)
    assert asked.state == "asked"
    first, second = VisitQuestion.everything.filter(visit=visit)
    assert first.question == "who said it?"
    reading.answer_question(question=first, answer="his wife", by=cadre)
    assert Visit.everything.get(pk=visit.pk).state == "asked"
    reading.answer_question(question=second, answer="nobody", by=cadre)
    answered = Visit.everything.get(pk=visit.pk)
    assert (answered.state, answered.said) == ("answered", "said")
    with pytest.raises(Refused):
        reading.answer_question(question=first, answer="again", by=cadre)
    assert reading.mark_read(visit=answered, by=staff).state == "read"


@pytest.mark.parametrize(
    "questions", [[], [Question("said", "  ")], [Question("restricted", "x")], [Question("said", "x" * 401)]]
)
def test_a_question_needs_words_and_a_field_that_may_be_asked(world, visit, questions):
    with pytest.raises(Refused):
        reading.ask(visit=visit, questions=questions, by=world.people["staff"])
    assert Visit.everything.get(pk=visit.pk).state == "to_read"


def test_a_withdrawn_visit_is_neither_read_nor_asked_nor_answered(world, visit):
    asked = made.visit(world.files["own"], world.people["cadre"])
    reading.ask(visit=asked, questions=[Question("said", "x")], by=world.people["staff"])
    Visit.everything.filter(pk__in=[visit.pk, asked.pk]).update(state="withdrawn")
    with pytest.raises(Refused):
        reading.mark_read(visit=visit, by=world.people["staff"])
    with pytest.raises(Refused):
        reading.answer_question(
            question=VisitQuestion.everything.get(visit=asked), answer="x", by=world.people["cadre"]
        )


def test_after_a_handover_the_successor_may_answer_and_others_may_not(world, visit):
    reading.ask(visit=visit, questions=[Question("said", "x")], by=world.people["staff"])
    question = VisitQuestion.everything.get(visit=visit)
    with pytest.raises(Refused):
        reading.answer_question(question=question, answer="x", by=world.people["other_cadre"])


def test_a_stale_question_is_a_conflict_that_carries_its_words(world, visit):
    reading.mark_read(visit=visit, by=world.people["reviewer"])
    with pytest.raises(Conflict) as conflict:
        reading.ask(visit=visit, questions=[Question("said", "x")], version=1, by=world.people["staff"])
    assert list(conflict.value.sent.values()) == ["x"]


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_wins():
    """Each pair starts behind a barrier with the same version; never two decisions, never a lost one."""
    world = cast.build()
    visits = factories_visits(world, 40)
    barrier, outcomes = threading.Barrier(2), []

    def reviewer(name, deed):
        try:
            for row in visits:
                barrier.wait(20)
                try:
                    deed(row, world.people[name])
                    outcomes.append((row.pk, name))
                except Conflict:
                    outcomes.append((row.pk, None))
        finally:
            connections.close_all()

    deeds = {
        "staff": lambda row, by: reading.mark_read(visit=row, version=1, by=by),
        "reviewer": lambda row, by: reading.ask(
            visit=row, questions=[Question("said", "x")], version=1, by=by
        ),
    }
    threads = [threading.Thread(target=reviewer, args=item) for item in deeds.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 80
    for row in visits:
        winners = [name for pk, name in outcomes if pk == row.pk and name]
        assert len(winners) == 1
        now = Visit.everything.get(pk=row.pk)
        assert (now.state, now.version) == ("read" if winners == ["staff"] else "asked", 2)


def factories_visits(world, number):
    spec = factories.FileSpec(cast.VILLAGE)
    return [
        made.visit(row, world.people["cadre"]) for row in factories.households([spec for _n in range(number)])
    ]
