"""Made-up households: who lives together, what the register says of them, and what is wrong in some files."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from households.actions.entries import MemberEntry, PersonYearEntry, YearEntry
from pairing import clock
from pairing.numbers import check_character
from visits.demo import words
from visits.demo.people import person_name, surname

REGION = "629999"  # not assigned to any place


@dataclass
class Draft:
    """A household before it is registered."""

    village_code: str
    file_number: str
    members: list[MemberEntry]
    years: list[YearEntry]  # the year before, and this year where the register has it
    group_name: str
    phone: str
    listed: bool
    subjects: dict[str, list[str]]  # what there is to talk of, and of whom
    away: str  # where the whole family is, by the code of the place


class Numbers:
    """Identity numbers of the unassigned region, each given once. ``lane`` of ``lanes`` keeps processes apart."""

    def __init__(self, lane: int, lanes: int) -> None:
        self.lane, self.lanes = lane, lanes
        self._given: dict[date, int] = {}

    def next(self, birth: date, sex: str) -> str:
        """A number with a right check digit. Raises ValueError when a birthday's numbers are used up."""
        n = self._given.get(birth, 0)
        self._given[birth] = n + 1
        sequence = (n * self.lanes + self.lane) * 2 + (sex == "male")
        if sequence > 999:
            raise ValueError("no identity numbers left for this birthday")
        first = f"{REGION}{birth:%Y%m%d}{sequence:03d}"
        return first + check_character(first)


# Who lives together: (weight, [(relation, sex or "", youngest, oldest)]); ages follow the head where given as offsets.
SHAPES: list[tuple[int, list[tuple[str, str, int, int]]]] = [
    (30, [("head", "male", 38, 58), ("spouse", "female", -4, 1), ("son", "male", -28, -22), ("daughter", "female", -31, -24), ("mother", "female", 20, 27)]),
    (14, [("head", "male", 34, 52), ("spouse", "female", -4, 2), ("daughter", "female", -27, -22), ("son", "male", -32, -25)]),
    (18, [("head", "male", 54, 68), ("spouse", "female", -4, 2), ("son", "male", -28, -23), ("daughter_in_law", "female", -30, -25), ("grandson", "male", -56, -48), ("granddaughter", "female", -60, -50)]),
    (12, [("head", "male", 60, 82), ("spouse", "female", -5, 3)]),
    (8, [("head", "", 63, 86)]),
    (8, [("head", "female", 36, 50), ("son", "male", -26, -21), ("daughter", "female", -30, -23)]),
    (6, [("head", "male", 60, 74), ("spouse", "female", -4, 2), ("grandson", "male", -58, -48), ("granddaughter", "female", -62, -52)]),
    (4, [("head", "male", 40, 55), ("spouse", "female", -3, 2), ("father", "male", 21, 27), ("mother", "female", 20, 25), ("son", "male", -27, -22), ("other", "male", 25, 30)]),
]  # fmt: skip
TYPES = [
    ("lifted_supported", 42),
    ("dibao_lifted", 14),
    ("tekun", 6),
    ("monitored", 10),
    ("lifted", 8),
    ("ordinary", 20),
]
CAUSES = [("illness", 30), ("disability", 15), ("schooling", 15), ("no_labour", 14), ("no_skills", 12), ("no_funds", 8), ("no_land", 4), ("disaster", 2)]  # fmt: skip


def drafts(random: Random, numbers: Numbers, village_code: str, count: int) -> list[Draft]:
    """``count`` made-up households of one village, with the file numbers 1 to ``count`` there."""
    return [_draft(random, numbers, village_code, n + 1) for n in range(count)]


def of_first_year(draft: Draft) -> Draft:
    """The household as the first register has it."""
    return replace(draft, years=draft.years[:1])


def with_news(random: Random, draft: Draft) -> Draft:
    """The household as this year's register has it: mostly as before, here and there another income or type."""
    before, now = draft.years
    changed = random.random()
    if changed < 0.02:
        now = replace(before, year=now.year, per_head_income=now.per_head_income)
    elif changed < 0.03:
        now = replace(before, year=now.year, household_type="monitored", monitoring_kind="sudden_hardship")
    else:
        now = replace(before, year=now.year)
    return replace(draft, years=[before, now])


def _pick(random: Random, weighted: list[tuple[str, int]]) -> str:
    return random.choices([name for name, _w in weighted], [w for _name, w in weighted])[0]


def _new_name(random: Random, sex: str, family: str, born: int, taken: set[str]) -> str:
    """A name that nobody else in the family has."""
    while (name := person_name(random, sex, family, born=born)) in taken:
        pass
    return name


def _draft(random: Random, numbers: Numbers, village_code: str, number: int) -> Draft:
    shape = random.choices([s for _w, s in SHAPES], [w for w, _s in SHAPES])[0]
    today = clock.today()
    family = surname(random, village_code)
    members: list[MemberEntry] = []
    ages: list[int] = []
    head_age = 0
    for relation, given_sex, low, high in shape:
        sex = given_sex or random.choice(["male", "male", "female"])
        age = (
            random.randint(low, high) if relation == "head" else max(3, head_age + random.randint(low, high))
        )
        head_age = head_age or age
        birth = today - timedelta(days=age * 365 + random.randint(0, 364))
        born_in = relation in {"head", "son", "daughter", "grandson", "granddaughter", "father"}
        member = MemberEntry(
            name=_new_name(random, sex, family if born_in else "", birth.year, {m.name for m in members}),
            relation=relation,
            sex=sex,
            birth_date=birth,
            ethnic_group="han" if random.random() < 0.94 else random.choice(["hui", "yugur", "tibetan"]),
            certificate="identity_card",
            id_number=numbers.next(birth, sex),
            years=(_person_year(random, age, today),),
        )
        members.append(member)
        ages.append(age)
    subjects = _subjects(members, ages)
    for topic in random.sample(["housing", "mood"], k=random.choice([0, 0, 1])):
        subjects[topic] = [members[0].name]
    kind = "tekun" if len(members) == 1 and random.random() < 0.5 else _pick(random, TYPES)
    away = random.choice(["province", "outside", "xinjiang"])
    gone = "away" in subjects and max(ages) < 62 and len(members) < 5 and random.random() < 0.3
    phone = "" if random.random() < 0.05 else f"199{random.randrange(10**8):08d}"
    return Draft(
        village_code=village_code,
        file_number=f"{village_code}{number:04d}",
        members=members,
        years=_years(random, kind, today),
        group_name=random.choice(words.GROUPS),
        phone=phone,
        listed=kind != "ordinary" or random.random() < 0.1,
        subjects=subjects,
        away=away if gone else "",
    )


def spoiled(random: Random, member: MemberEntry) -> MemberEntry:
    """Files typed by hand are incomplete in the ways that real ones are: no number, a birthday that disagrees."""
    chance = random.random()
    if chance < 0.15:
        return replace(member, id_number="", certificate="")
    if chance < 0.3 and member.birth_date:
        return replace(member, birth_date=member.birth_date - timedelta(days=365))
    return member


def _subjects(members: list[MemberEntry], ages: list[int]) -> dict[str, list[str]]:
    """What a family of these members talks of at the table, by topic, with the names that it fits."""
    found: dict[str, list[str]] = {}
    for member, age in zip(members, ages, strict=True):
        own = member.years[0]
        here = own.work_place not in words.BACK
        grade = own.schooling.partition("_")[0]
        topics = {
            "farming": 18 <= age < 73 and here and not own.schooling,
            "illness": age > 30 and own.health[0] != "healthy" and here,
            grade: grade in words.SAID,
            "away": not here,
            "near": own.work_place == "county",
        }
        for topic in (topic for topic, fits in topics.items() if fits):
            found.setdefault(topic, []).append(member.name)
    if ages[0] > 60 and len(members) < 3:
        found["couple" if len(members) == 2 else "alone"] = [members[0].name]
    return found or {"mood": [members[0].name]}


def _person_year(random: Random, age: int, today: date) -> PersonYearEntry:
    health: tuple[str, ...] = ("healthy",)
    if random.random() < (0.05 if age < 45 else 0.3 if age < 65 else 0.5):
        health = (random.choice(["chronic", "chronic", "chronic", "serious", "disabled"]),)
    schooling = education = ""
    if age < 3:
        schooling = "preschool_age"
    elif age < 6:
        schooling = "kindergarten"
    elif age < 12:
        schooling = "primary"
    elif age < 15:
        schooling = f"junior_{7 + age - 12}"
    elif age < 18:
        schooling = f"senior_{age - 14}"
    elif age < 21 and random.random() < 0.5:
        schooling = f"college_{age - 17}"
    else:
        education = random.choice(["primary", "primary", "junior", "junior", "senior", "college"] if age < 60 else ["illiterate", "primary", "primary", "junior"])  # fmt: skip
    works = (
        18 <= age < 62 and not schooling and health[0] in ("healthy", "chronic") and random.random() < 0.45
    )
    labour = "none" if age < 18 or age > 74 else "weak" if age > 60 or health[0] != "healthy" else "ordinary"
    return PersonYearEntry(
        year=today.year,
        education=education,
        schooling=schooling,
        health=health,
        labour=labour,
        work_place=random.choice(["county", "county", "province", "outside"]) if works else "",
        work_months=random.randint(3, 11) if works else None,
        illness_insurance=random.random() > 0.03,
        fact_source="register",
        known_on=today - timedelta(days=random.randint(20, 300)),
    )


def _years(random: Random, kind: str, today: date) -> list[YearEntry]:
    cause = "" if kind == "ordinary" else _pick(random, CAUSES)
    income = Decimal(random.randint(82, 210)) * 100 + random.randint(0, 99)
    entries = []
    for year in (today.year - 1, today.year):
        if year == today.year and random.random() < 0.06:
            continue  # nothing for this year yet
        entries.append(
            YearEntry(
                year=year,
                household_type=kind,
                household_status="" if kind == "ordinary" else "lifted_supported",
                monitoring_kind="near_poor" if kind == "monitored" else "",
                exit_year=None if kind in ("ordinary", "monitored", "tekun") else random.randint(2016, 2020),
                main_cause=cause,
                housing_grade=random.choice(["A", "A", "B"]),
                dangerous_housing=False,
                water_safe=True,
                water_hard=False,
                per_head_income=income if year == today.year - 1 else (income * Decimal("1.07")).quantize(Decimal("0.01")),
                fact_source=random.choice(["register", "household", "paper", "estimate"]),
                known_on=min(today, date(year, 10, 15)),
            )
        )  # fmt: skip
    return entries
