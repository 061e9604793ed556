"""Questions of quality (档案待完善): each rule is a code, a sentence, and what would clear it.

``raised`` is pure: it looks at a file's facts and says which rules have a question. Never a verdict.
Sources: the check lists that counties use on registers and files.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.checks import check_relation
from households.models.members import HEAD
from pairing import numbers

CHILDREN: Final = frozenset({"son", "daughter"})
PARENTS: Final = frozenset({"father", "mother"})
LEAST_GENERATION: Final = 14  # years between parent and child
LEAST_WORKING_AGE: Final = 16
# Types for which the register asks a main cause: poor, lifted and monitored households.
CAUSED: Final = ("poor", "lifted", "monitored")


class Sentence(NamedTuple):
    """What the page says, and what would clear it. ``%(name)s`` is the member it speaks of."""

    text: Promise
    clears: Promise


SENTENCES: Final[dict[str, Sentence]] = {
    "head_missing": Sentence(
        _("Nobody in this family is the head."),
        _("Name the head by a change of head, or add him as a member."),
    ),
    "members_missing": Sentence(_("This file has no members."), _("Add the members of the family.")),
    "relation_missing": Sentence(
        _("The relation of %(name)s to the head is not known."),
        _("Choose the relation on the member's page."),
    ),
    "relations_missing": Sentence(
        _("How several members are related to the head is not known."),
        _("Choose all relations on one page."),
    ),
    "number_missing": Sentence(
        _("%(name)s has no certificate number."), _("Enter the number, or choose “temporary number”.")
    ),
    "number_wrong": Sentence(
        _("The certificate number of %(name)s cannot be right."),
        _("Compare it with the card and correct it."),
    ),
    "number_old": Sentence(
        _("The certificate number of %(name)s is an old one of 15 digits."),
        _("Take the new number of 18 characters from the card."),
    ),
    "birth_differs": Sentence(
        _("The birth date of %(name)s differs from the certificate number."),
        _("Compare both with the card and correct the wrong one."),
    ),
    "sex_differs": Sentence(
        _("The sex of %(name)s differs from the certificate number."),
        _("Compare both with the card and correct the wrong one."),
    ),
    "birth_missing": Sentence(_("The birth date of %(name)s is not known."), _("Enter the birth date.")),
    "same_person": Sentence(
        _("%(name)s stands in this file twice."), _("Remove one of the two as entered by mistake.")
    ),
    "spouse_sex": Sentence(
        _("Head and spouse %(name)s are of the same sex."), _("Check the sex and the relation of both.")
    ),
    "relation_sex": Sentence(
        _("The relation of %(name)s to the head does not fit the sex."), _("Check the sex and the relation.")
    ),
    "generation": Sentence(
        _("Between %(name)s and the head lie fewer than 14 years."), _("Check birth dates and the relation.")
    ),
    "labour_of_child": Sentence(
        _("%(name)s is under 16 and recorded as able to work."),
        _("Correct the labour capacity for this year."),
    ),
    "phone_missing": Sentence(
        _("There is no phone number for this household."), _("Enter a phone of the household or of a member.")
    ),
    "year_missing": Sentence(
        _("There are no facts of the year for this household."), _("Record the facts of this year.")
    ),
    "year_old": Sentence(
        _("The newest facts of the year are those of %(year)s."), _("Record the facts of this year.")
    ),
    "type_missing": Sentence(
        _("The type of the household is not known for %(year)s."),
        _("Choose the type in the facts of the year."),
    ),
    "cause_missing": Sentence(
        _("There is no main cause for %(year)s."), _("Choose the main cause in the facts of the year.")
    ),
    "health_missing": Sentence(
        _("Health or labour capacity of %(name)s is not known for any year."),
        _("Record the member's facts of the year."),
    ),
}


@dataclass(frozen=True)
class MemberFacts:
    """One present member as the rules see him. ``subject`` is his public id."""

    subject: str
    name: str
    relation: str
    sex: str = ""
    birth_date: date | None = None
    certificate: str = ""
    id_number: str = ""
    has_phone: bool = False
    health_known: bool = False
    labour: str = ""


@dataclass(frozen=True)
class FileFacts:
    """One open file as the rules see it, on a day."""

    today: date
    has_phone: bool
    members: list[MemberFacts] = field(default_factory=list)
    newest_year: int | None = None
    household_type: str = ""
    main_cause: str = ""


class Raised(NamedTuple):
    """A question: its rule, the member it speaks of (or nobody), and what fills the sentence."""

    rule: str
    subject: str = ""
    facts: dict[str, Any] = {}


def sentence(rule: str, name: str, facts: dict[str, Any]) -> tuple[str, str]:
    """The sentence of a rule in the reader's language, and what would clear it."""
    words = SENTENCES.get(rule)
    if words is None:
        return rule, ""
    return str(words.text) % {"year": "", **facts, "name": name}, str(words.clears)


def raised(file: FileFacts) -> list[Raised]:
    """All questions that the rules have about a file."""
    found = [*_of_file(file)]
    head = next((m for m in file.members if m.relation == HEAD), None)
    without = [member for member in file.members if not member.relation]
    if len(without) > 1:
        found.append(Raised("relations_missing"))
    twins = Counter((m.name, m.birth_date) for m in file.members)
    for member in file.members:
        found += _of_number(member, file.today)
        if without == [member]:
            found.append(Raised("relation_missing", member.subject))
        if member.birth_date is not None and twins[member.name, member.birth_date] > 1:
            found.append(Raised("same_person", member.subject))
        if not member.health_known or not member.labour:
            found.append(Raised("health_missing", member.subject))
        if any(problem.code == "relation.sex" for problem in check_relation(member.relation, member.sex)):
            found.append(Raised("relation_sex", member.subject))
        if head is not None and member is not head:
            found += _beside_head(member, head)
        if member.labour in {"ordinary", "skilled"} and _age(member, file.today) < LEAST_WORKING_AGE:
            found.append(Raised("labour_of_child", member.subject))
    return found


def _of_file(file: FileFacts) -> Iterator[Raised]:
    if not file.members:
        yield Raised("members_missing")
    elif not any(m.relation == HEAD for m in file.members):
        yield Raised("head_missing")
    if not file.has_phone and not any(m.has_phone for m in file.members):
        yield Raised("phone_missing")
    if file.newest_year is None:
        yield Raised("year_missing")
        return
    year = {"year": file.newest_year}
    if file.newest_year < file.today.year - 1:
        yield Raised("year_old", "", year)
    if not file.household_type:
        yield Raised("type_missing", "", year)
    elif not file.main_cause and any(word in file.household_type.split("_") for word in CAUSED):
        yield Raised("cause_missing", "", year)


def _of_number(member: MemberFacts, today: date) -> Iterator[Raised]:
    if member.birth_date is None:
        yield Raised("birth_missing", member.subject)
    if not member.id_number:
        if member.certificate != "temporary":
            yield Raised("number_missing", member.subject)
        return
    try:
        identity = numbers.parse_identity(member.id_number, today)
    except numbers.Malformed:
        yield Raised("number_wrong", member.subject)
        return
    if identity.is_old:
        yield Raised("number_old", member.subject)
    if identity.birth and member.birth_date and identity.birth != member.birth_date:
        yield Raised("birth_differs", member.subject)
    if identity.sex and member.sex and identity.sex != member.sex:
        yield Raised("sex_differs", member.subject)


def _beside_head(member: MemberFacts, head: MemberFacts) -> Iterator[Raised]:
    if member.relation == "spouse" and member.sex and member.sex == head.sex:
        yield Raised("spouse_sex", member.subject)
    if member.birth_date is None or head.birth_date is None:
        return
    younger = (member.birth_date - head.birth_date).days / 365.25
    if member.relation in PARENTS:
        younger = -younger
    if member.relation in CHILDREN | PARENTS and younger < LEAST_GENERATION:
        yield Raised("generation", member.subject)


def _age(member: MemberFacts, today: date) -> int:
    born = member.birth_date
    if born is None:
        return LEAST_WORKING_AGE
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
