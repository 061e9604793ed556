"""What is true of a good file: pure checks that forms and imports share. No database, no request.

Each check returns the problems it found, none for a good value. Codes are stable: staged rows keep them, and
the sentence is made when somebody reads it, in his language.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pairing import numbers
from pairing.numbers import Identity, Malformed, PartialDate
from pairing.wording import day

HEAD: Final = "head"


class Weight(StrEnum):
    """What a problem means for the row: it cannot be kept, somebody must choose, or it is only said."""

    ERROR = "error"
    DOUBT = "doubtful"
    NOTE = "note"


#: Every sentence. %(values)s come from the problem's params, which never hold a number of a person.
SENTENCES: Final[dict[str, Promise]] = {
    **numbers.SENTENCES,
    "name.missing": _("The name is missing."),
    "name.characters": _("A name has no digits or signs. Is a rare character missing?"),
    "name.long": _("A name has at most 60 characters."),
    "name.short": _("A name of one character: is this the whole name?"),
    "identity.missing": _("No certificate number: two people of one name cannot be told apart."),
    "identity.old": _("An old number of 15 digits. Please take the new one from the card."),
    "identity.birth_differs": _("The birth date does not fit the certificate number, which says %(birth)s."),
    "identity.birth_not_on_file": _(
        "The birth date does not fit the certificate number that stands in the file."
    ),
    "identity.sex_differs": _("The sex does not fit the certificate number."),
    "birth.future": _("The birth date lies in the future."),
    "relation.missing": _("The relation to the head is missing."),
    "relation.sex": _("The relation to the head does not fit the sex."),
    "head.missing": _("No member is the head of this household."),
    "head.several": _("%(count)s members are heads of this household; there can be only one."),
    "head.spouse_sex": _("Head and spouse have the same sex. Please check both."),
    "members.twice": _("This person stands in the household twice."),
    "members.count": _("The register counts %(said)s members, the rows are %(counted)s."),
    "health.contradiction": _("“Healthy” cannot stand beside an illness or disability."),
    "schooling.both": _("Give either the education reached or the school status, not both."),
    "schooling.neither": _("Neither the education reached nor the school status is given."),
    "housing.differs": _("Dangerous housing and the housing grade contradict each other."),
    "causes.many": _("There is one main cause, and at most two others."),
    "causes.twice": _("The same cause is named twice."),
    "year.range": _("Please give a year from 1990 to this year."),
    "group.form": _("A group is written such as 3社 or 三组, in at most 40 characters."),
    "income.sum": _("The kinds of income add up to %(sum)s yuan, not %(said)s."),
    "income.net": _("Income less costs is %(sum)s yuan, not %(said)s."),
    "income.per_head": _("Net income divided by %(members)s members is %(sum)s yuan, not %(said)s."),
    "income.per_head_low": _("The income per head is below %(limit)s yuan. Is it complete?"),
    "income.per_head_high": _("The income per head is over %(limit)s yuan. Is a digit too many?"),
    "income.wage": _("Wages of the year are rarely below 300 or over 300,000 yuan."),
    "income.monthly_pay": _("Monthly pay is rarely below 100 or over 30,000 yuan."),
    "income.dibao": _("A subsistence allowance of less than 200 yuan a year is unlikely."),
    "income.pension": _("A pension of less than 88 yuan a year is unlikely."),
    "income.no_costs": _("There is income from production, but there are no costs."),
    "number.form": _("A number of a file or person has only digits and letters, at most 20."),
    "household.place": _("The rows of this household stand in different places."),
    "household.differs": _("The rows of this household say different things; the first is taken."),
    "household.number": _("No file number: the row is taken as a member of the household above."),
    "household.closed": _("This file is closed. Reopen it before you import it."),
    "household.elsewhere": _("This file stands in another area of the county. The import does not touch it."),
    "household.moved": _("The file stands in another village. The import does not move it."),
    "household.renumbered": _("This family is on file under another number. The number on file stays."),
    "household.twice": _("Two households of this file are the same file in the register."),
    "household.blocked": _("Another row of this household has an error."),
    "person.elsewhere": _("This person lives in another file of the county."),
    "person.other_name": _("In the county this number stands with another name."),
    "person.twice": _("This person stands in two households of the file."),
    "identity.candidate": _("The number is damaged; its first 15 digits are those of the number on file."),
    "village.missing": _("The village is missing."),
    "village.unknown": _("There is no village “%(name)s” here."),
    "village.like": _("There is no village “%(name)s”. Is “%(like)s” meant?"),
    "village.ambiguous": _("Several villages are called “%(name)s”. Please give the township too."),
    "village.township": _("There is no township “%(name)s” in this county."),
    "village.county": _("“%(name)s” is another county than that of this import."),
    "village.outside": _("This village lies outside the area of this import."),
    "text.invisible": _("Invisible characters were removed."),
    "text.long": _("The text has more than %(most)s characters."),
    "code.unknown": _("“%(value)s” is not in the list."),
    "flag.unknown": _("Please write yes (是) or no (否) instead of “%(value)s”."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or doubtful in one field."""

    code: str
    field: str
    weight: Weight = Weight.ERROR
    params: Mapping[str, Any] = with_default(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence for the reader, in his language."""
        return sentence_of(self.code, self.params)


def sentence_of(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a code, as staged rows keep it; the code itself where a newer release dropped it."""
    if (text := SENTENCES.get(code)) is None:
        return code
    if birth := params.get("birth"):  # kept as an ISO date
        params = {**params, "birth": day(dt.date.fromisoformat(birth))}
    return str(text) % params


Problems = tuple[Problem, ...]
NONE: Final[Problems] = ()

#: A family's number can be dialled from the next village: a switchboard's extension of 3 to 6 digits cannot.
LEAST_PHONE: Final = 7

_COMMON_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,6}")
#: Beside letters and marks of any script: the dot of minority names, blanks and hyphens of Latin ones, 〇.
_IN_NAMES: Final = frozenset("·'’- 〇་")
_NAME_CATEGORIES: Final = frozenset(["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Co", "Cn"])
_GROUP: Final = re.compile(r"[\w第（）()、\- ]{1,40}")


def check_name(name: str, field: str = "name") -> Problems:
    """A person's name, already cleaned: there, of letters, of 2 to 60 characters."""
    if _COMMON_NAME.fullmatch(name):
        return NONE
    if not name:
        return (Problem("name.missing", field),)
    if len(name) > 60:
        return (Problem("name.long", field),)
    if any(unicodedata.category(c) not in _NAME_CATEGORIES and c not in _IN_NAMES for c in name):
        return (Problem("name.characters", field),)
    if len(name) == 1:
        return (Problem("name.short", field, Weight.DOUBT),)
    return NONE


def read_identity(value: str, today: dt.date, field: str = "id_number") -> tuple[Identity | None, Problems]:
    """A certificate number from text. Without one, and for an old one, there is a question."""
    if not value:
        return None, (Problem("identity.missing", field, Weight.NOTE),)
    if re.fullmatch(r"[0-9.]+[eE]\+?1[4-9]", value):
        return None, (Problem("identity.damaged", field),)
    try:
        identity = numbers.parse_identity(value, today)
    except Malformed as error:
        return None, (Problem(error.code, field, params=error.params),)
    return identity, (Problem("identity.old", field, Weight.DOUBT),) if identity.is_old else NONE


def check_identity(
    identity: Identity | None,
    *,
    sex: str = "",
    birth: PartialDate | dt.date | None = None,
    today: dt.date,
    on_file: bool = False,
) -> Problems:
    """Birth date and sex, where given, against the number.

    What a number ``on_file`` says is not repeated: whoever asks has not typed it, and no record says he saw it.
    """
    found: list[Problem] = []
    if birth is not None:
        earliest = birth.first if isinstance(birth, PartialDate) else birth
        latest = birth.last if isinstance(birth, PartialDate) else birth
        if earliest > today:
            found.append(Problem("birth.future", "birth_date"))
        elif identity and identity.birth and not earliest <= identity.birth <= latest:
            found.append(
                Problem("identity.birth_not_on_file", "birth_date")
                if on_file
                else Problem(
                    "identity.birth_differs", "birth_date", params={"birth": identity.birth.isoformat()}
                )
            )
    if sex and identity and identity.sex and sex != identity.sex:
        found.append(Problem("identity.sex_differs", "sex"))
    return tuple(found)


#: Relations that only one sex can have (code list `relation`).
RELATION_SEX: Final[dict[str, str]] = {
    **dict.fromkeys(
        ["son", "son_in_law", "grandson", "daughters_son", "father", "wifes_father", "husbands_father",
         "grandfather", "mothers_father", "brother"],
        "male",
    ),
    **dict.fromkeys(
        ["daughter", "daughter_in_law", "granddaughter", "daughters_daughter", "mother", "wifes_mother",
         "husbands_mother", "grandmother", "mothers_mother", "sister"],
        "female",
    ),
}  # fmt: skip


#: A number that names a file or a person: sources have 10, 14, 15 or 16 digits, some with letters.
NUMBER: Final = re.compile(r"[0-9A-Z][0-9A-Z-]{0,19}")


def check_relation(relation: str, sex: str) -> Problems:
    """The relation is given and fits the sex."""
    if not relation:
        return (Problem("relation.missing", "relation"),)
    needs = RELATION_SEX.get(relation)
    if needs and sex and sex != needs:
        return (Problem("relation.sex", "relation", Weight.DOUBT),)
    return NONE


def check_family(members: Sequence[tuple[str, str]]) -> Problems:
    """Present members as (relation, sex): exactly one head, and a spouse of the other sex."""
    heads = [sex for relation, sex in members if relation == HEAD]
    if not heads:
        return (Problem("head.missing", "relation"),)
    if len(heads) > 1:
        return (Problem("head.several", "relation", params={"count": len(heads)}),)
    if heads[0] and any(relation == "spouse" and sex == heads[0] for relation, sex in members):
        return (Problem("head.spouse_sex", "relation", Weight.DOUBT),)
    return NONE


def check_health(health: Collection[str]) -> Problems:
    """Healthy stands alone; the others combine in any order."""
    if "healthy" in health and len(health) > 1:
        return (Problem("health.contradiction", "health"),)
    return NONE


def check_schooling(education: str, schooling: str) -> Problems:
    """Exactly one of education reached and school status (AAB008, AAB009)."""
    if education and schooling:
        return (Problem("schooling.both", "schooling", Weight.DOUBT),)
    if not education and not schooling:
        return (Problem("schooling.neither", "education", Weight.NOTE),)
    return NONE


def check_housing(dangerous: bool | None, grade: str) -> Problems:
    """Grades C and D are dangerous, A and B safe."""
    if dangerous is not None and grade and dangerous != (grade in {"C", "D"}):
        return (Problem("housing.differs", "housing_grade", Weight.DOUBT),)
    return NONE


def check_causes(main: str, others: Sequence[str]) -> Problems:
    """One main cause, at most two others, none twice."""
    if len(others) > 2:
        return (Problem("causes.many", "other_causes"),)
    if len({main, *others} - {""}) < bool(main) + len(others):
        return (Problem("causes.twice", "other_causes", Weight.DOUBT),)
    return NONE


def check_group_name(group: str) -> Problems:
    """社 is Gansu's word for 组; any short text of letters and digits is a group."""
    if group and not _GROUP.fullmatch(group):
        return (Problem("group.form", "group_name"),)
    return NONE


@dataclass(frozen=True, slots=True)
class Income:
    """A household's income of one year in yuan; None where the register does not say."""

    wage: Decimal | None = None
    production: Decimal | None = None
    property: Decimal | None = None
    transfer: Decimal | None = None
    costs: Decimal | None = None
    total: Decimal | None = None
    net: Decimal | None = None
    per_head: Decimal | None = None
    dibao: Decimal | None = None
    pension: Decimal | None = None
    monthly_pay: Decimal | None = None
    members: int | None = None


def check_income(income: Income, *, low: Decimal | None = None, high: Decimal = Decimal(200_000)) -> Problems:
    """The arithmetic of the register, and the limits past which checkers ask.

    total = wage + production + property + transfer; net = total − production costs; per head = net ÷ members.
    `low` is the per-head limit of the year and province below which a figure is asked about. Never an error:
    figures are asked about, not refused.
    """
    found: list[Problem] = []

    def ask(code: str, where: str, **params: object) -> None:
        found.append(Problem(code, where, Weight.NOTE, params))

    def differ(a: Decimal, b: Decimal) -> bool:
        return abs(a - b) > 1

    kinds = [income.wage, income.production, income.property, income.transfer]
    total = income.total
    if None not in (income.wage, income.production, income.transfer):
        total = sum((kind or Decimal(0) for kind in kinds), Decimal(0))
        if income.total is not None and differ(total, income.total):
            ask("income.sum", "total_income", sum=total, said=income.total)
    net = income.net
    if total is not None and income.costs is not None:
        net = total - income.costs
        if income.net is not None and differ(net, income.net):
            ask("income.net", "net_income", sum=net, said=income.net)
    if net is not None and income.members and income.per_head is not None:
        share = (net / income.members).quantize(Decimal("0.01"))
        if differ(share, income.per_head):
            ask("income.per_head", "per_head_income", sum=share, said=income.per_head, members=income.members)
    if income.per_head is not None:
        if low is not None and income.per_head < low:
            ask("income.per_head_low", "per_head_income", limit=low)
        elif income.per_head > high:
            ask("income.per_head_high", "per_head_income", limit=high)
    if income.wage is not None and (0 < income.wage <= 300 or income.wage > 300_000):
        ask("income.wage", "wage_income")
    if income.monthly_pay is not None and (0 < income.monthly_pay < 100 or income.monthly_pay > 30_000):
        ask("income.monthly_pay", "monthly_pay")
    if income.dibao is not None and 0 < income.dibao < 200:
        ask("income.dibao", "dibao_income")
    if income.pension is not None and 0 < income.pension < 88:
        ask("income.pension", "pension_income")
    if income.production and not income.costs:
        ask("income.no_costs", "production_costs")
    return tuple(found)
