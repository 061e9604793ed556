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
    newest: dict[int, HouseholdYear] = {
        year.household_id: year
        for year in HouseholdYear.everything.filter(household__in=ids)
        .order_by("household_id", "-year")
        .distinct("household_id")
    }
    known: dict[int, PersonYear] = {
        year.person_id: year
        for year in PersonYear.everything.filter(household__in=ids)
        .order_by("person_id", "-year")
        .distinct("person_id")
    }
    members: dict[int, list[MemberFacts]] = defaultdict(list)
    for m in (
        Membership.everything.present().filter(household__in=ids).select_related("person").order_by("pk")
    ):
        person, year = m.person, known.get(m.person_id)
        members[m.household_id].append(
            MemberFacts(
                subject=str(person.public_id),
                name=person.name,
                relation=m.relation,
                sex=person.sex,
                birth_date=person.birth_date,
                certificate=person.certificate,
                id_number=person.id_number.open(),
                has_phone=bool(person.phone),
                health_known=bool(year and year.health),
                labour=year.labour if year else "",
            )
        )
    facts = {}
    for household in households:
        row = newest.get(household.pk)
        facts[household.pk] = FileFacts(
            today=today,
            has_phone=bool(household.phone),
            members=members[household.pk],
            newest_year=row.year if row else None,
            household_type=row.household_type if row else "",
            main_cause=row.main_cause if row else "",
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
