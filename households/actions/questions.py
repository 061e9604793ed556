"""The rules' questions on files: raised, cleared by a change of the file, or answered by a person."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from households import rules
from households.models import FileQuestion, Household, HouseholdYear, Membership, PersonYear
from households.models.scoped import codes_of
from households.rules.questions import FileFacts, MemberFacts, raised
from pairing import clock, sets
from pairing.audit import action
from pairing.errors import Refused
from pairing.roles import P

OF_PERSON = ("public_id", "name", "sex", "birth_date", "certificate", "id_number", "phone")


def refresh_questions(*households: Household) -> int:
    """Ask the rules about these files again: new questions are raised, those without ground cleared.

    Answered questions stay answered while their ground stands. Closed files have none. Returns how many rows
    changed; a constant number of queries, whatever the number of files. Joins the caller's transaction.
    """
    facts = file_facts(*households)
    standing: dict[int, dict[tuple[str, str], FileQuestion]] = defaultdict(dict)
    for question in FileQuestion.everything.filter(household__in=list(facts), cleared_on__isnull=True):
        standing[question.household_id][question.rule, question.subject] = question
    new: list[FileQuestion] = []
    groundless: list[int] = []
    for household in sorted(households, key=lambda h: h.pk):
        found = raised(facts[household.pk]) if household.is_open else []
        here = standing[household.pk]
        wanted = {(r.rule, r.subject): r.facts for r in found}
        groundless += [question.pk for key, question in here.items() if key not in wanted]
        new += [
            FileQuestion(
                household=household,
                rule=rule,
                subject=subject,
                facts=why,
                raised_on=clock.today(),
                **codes_of(household),
            )
            for (rule, subject), why in wanted.items()
            if (rule, subject) not in here
        ]
    if groundless:
        FileQuestion.everything.filter(pk__in=groundless).update(cleared_on=clock.today())
    if new:
        sets.insert(new)
    return len(new) + len(groundless)


def file_facts(*households: Household) -> dict[int, FileFacts]:
    """What the rules look at, by file; in three queries."""
    today = clock.today()
    ids = [household.pk for household in households]
    newest: dict[int, tuple[int | None, str, str]] = {
        key: (year, household_type, main_cause)
        for key, year, household_type, main_cause in HouseholdYear.everything.filter(household__in=ids)
        .order_by("household_id", "-year")
        .distinct("household_id")
        .values_list("household_id", "year", "household_type", "main_cause")
    }
    known: dict[int, tuple[list[str], str]] = {
        key: (health, labour)
        for key, health, labour in PersonYear.everything.filter(household__in=ids)
        .order_by("person_id", "-year")
        .distinct("person_id")
        .values_list("person_id", "health", "labour")
    }
    members: dict[int, list[MemberFacts]] = defaultdict(list)
    for household_id, relation, key, public_id, name, sex, born, certificate, number, phone in (
        Membership.everything.present()
        .filter(household__in=ids)
        .order_by("pk")
        .values_list("household_id", "relation", "person_id", *(f"person__{name}" for name in OF_PERSON))
    ):
        health, labour = known.get(key, ([], ""))
        members[household_id].append(
            MemberFacts(
                subject=str(public_id),
                name=name,
                relation=relation,
                sex=sex,
                birth_date=born,
                certificate=certificate,
                id_number=number.open(public_id),
                has_phone=bool(phone),
                health_known=bool(health),
                labour=labour,
            )
        )
    facts = {}
    for household in households:
        year, household_type, main_cause = newest.get(household.pk, (None, "", ""))
        facts[household.pk] = FileFacts(
            today=today,
            has_phone=bool(household.phone),
            members=members[household.pk],
            newest_year=year,
            household_type=household_type,
            main_cause=main_cause,
        )
    return facts


def answer_question(*, question: FileQuestion, answer: str, by: Any) -> FileQuestion:
    """Answer a rule's question in words: the facts are right as they stand, and why. Raises Refused."""
    with action("question.answer", by=by, permission=P.HOUSEHOLD_EDIT) as entry:
        village = question.village_code  # in which he was let in
        question = FileQuestion.everything.select_for_update().get(pk=question.pk)
        if question.village_code != village:
            raise Refused(rules.MOVED)
        if question.cleared_on is not None or question.answered_at is not None:
            raise Refused(_("This question is settled already."))
        if not answer.strip():
            raise Refused(_("Please write what you found out."), "answer")
        question.answer, question.answered_by, question.answered_at = answer.strip(), by, clock.now()
        question.save(update_fields=["answer", "answered_by", "answered_at"])
        entry.about(question.household, question, fields=[question.rule])
    return question
