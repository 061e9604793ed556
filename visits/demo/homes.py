"""One township's files before the story begins: registers come in, some are typed, most are listed and paired."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate, pairwise
from random import Random

from households.actions.households import put_all_on_list, register_household
from households.actions.members import record_absence
from households.actions.pairing_changes import Assignment
from households.actions.pairings import pair_roster
from households.models import Absence, Household, Membership, Person
from pairing import clock
from pairing.models import Area, User
from visits.demo import files, words
from visits.demo.people import administrator_of, cadres_of, staff_of, villages
from visits.demo.register import bring_in
from visits.models import Problem, Promise

SIZES = (5, 8, 4, 7, 6)  # of villages beside each other
PAIRED_BEFORE = 760  # days ago that most pairings began


@dataclass
class Home:
    """A registered household, with what the story needs to know of it."""

    household: Household
    subjects: dict[str, list[str]]  # what there is to talk of, and of whom
    met: list[uuid.UUID]
    people: list[tuple[str, int]]  # name and age
    helper: User | None = None
    absence: Absence | None = None  # of who is away
    told: set[str] = field(default_factory=set)  # kinds of news
    said: set[str] = field(default_factory=set)  # sentences of its visits
    greeted: bool = True  # the helper of today has been here
    partners: list[uuid.UUID] = field(default_factory=list)  # the grown-ups who are at home
    promises: list[Promise] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def shares(total: int, sizes: Sequence[int]) -> list[int]:
    """``total`` parted in the proportion of ``sizes``, without remainder."""
    ends = [total * part // sum(sizes) for part in accumulate(sizes)]
    return [end - begin for begin, end in pairwise([0, *ends])]


class Settling:
    """How a township's households come in; ``index`` of ``total`` keeps names and numbers of the parts apart."""

    def __init__(self, place: Area, random: Random, *, index: int, total: int) -> None:
        self.place, self.random, self.index, self.total = place, random, index, total
        self.numbers = files.Numbers(index, total)
        self.staff, self.administrator = staff_of(place), administrator_of(place)

    def homes(self, households: int, villages_each: int) -> list[Home]:
        """Let two registers come in, type some files by hand, put most on the list and give those a helper."""
        places = villages(self.place, villages_each)
        now = clock.now()
        drafts: list[files.Draft] = []
        sizes = [SIZES[(self.index + n) % len(SIZES)] for n in range(len(places))]
        for village, share in zip(places, shares(households, sizes), strict=True):
            drafts += files.drafts(self.random, self.numbers, village.code, share)
        by_hand = drafts[:: max(8, len(drafts) // 8)]
        imported = [draft for draft in drafts if draft not in by_hand]
        with clock.pretending(now - timedelta(days=PAIRED_BEFORE + 20)):
            year = clock.today().year
            bring_in(
                [files.of_first_year(d) for d in imported], place=self.place, year=year, by=self.administrator
            )
        with clock.pretending(now - timedelta(days=32)):
            known = [d for d in imported if len(d.years) > 1]
            later = [files.with_news(self.random, d) for d in known]
            bring_in(later, place=self.place, year=clock.today().year, by=self.administrator)
        with clock.pretending(now - timedelta(days=PAIRED_BEFORE + 5)):
            for draft in by_hand:
                self._type(draft)
        homes = self._gather(drafts)
        self._list_and_pair(homes, drafts)
        return homes

    def _type(self, draft: files.Draft) -> None:
        """Register one household by hand, as the township's staff do."""
        register_household(
            village_code=draft.village_code,
            file_number=draft.file_number,
            members=[files.spoiled(self.random, member) for member in draft.members],
            years=draft.years[:1],
            group_name=draft.group_name,
            phone=draft.phone,
            by=self.staff,
        )

    def _gather(self, drafts: list[files.Draft]) -> list[Home]:
        """Read the files back as homes of the story, and note who is away."""
        numbers = [draft.file_number for draft in drafts]
        rows = {
            h.file_number: h
            for h in Household.everything.filter(county_code=self.place.code[:6], file_number__in=numbers)
        }
        people: dict[int, list[Person]] = {}
        for member in (
            Membership.everything.filter(household__in=rows.values()).select_related("person").order_by("pk")
        ):
            people.setdefault(member.household_id, []).append(member.person)
        homes = []
        for draft in drafts:
            household = rows[draft.file_number]
            members = people[household.pk]
            ages = [clock.today().year - p.birth_date.year if p.birth_date else 40 for p in members]
            family = [(p.name, age) for p, age in zip(members, ages, strict=True)]
            home = Home(household, draft.subjects, [p.public_id for p in members], family)
            homes.append(home)
            gone = {
                m.name: m.years[0].work_place for m in draft.members if m.years[0].work_place in words.BACK
            }
            home.partners = [
                p.public_id for p, age in zip(members, ages, strict=True) if age > 17 and p.name not in gone
            ] or home.met[:1]
            who = next((p for p in members if p.name in gone), None)
            if draft.away or who:
                where = draft.away or gone[who.name if who else ""]
                back = self.random.choice(words.BACK[where])
                with clock.pretending(clock.now() - timedelta(days=self.random.randint(30, 200))):
                    home.absence = record_absence(
                        household=household,
                        person=None if draft.away else who,
                        away_from=clock.today(),
                        expected_back=back,
                        where=where,
                        by=self.staff,
                    )
        return homes

    def _list_and_pair(self, homes: list[Home], drafts: list[files.Draft]) -> None:
        """Most households come on the pairing list, and nearly all of those get a helper, by roster."""
        cadres = cadres_of(self.index, self.total)
        listed = [home for home, draft in zip(homes, drafts, strict=True) if draft.listed]
        with clock.pretending(clock.now() - timedelta(days=PAIRED_BEFORE)):
            put_all_on_list(households=[home.household for home in listed], by=self.administrator)
        without = set(self.random.sample(range(len(listed)), k=max(1, len(listed) // 30)))
        assignments = []
        for number, home in enumerate(listed):
            if number not in without:
                # neighbours share a helper, and loads differ as they do in life
                home.helper = cadres[min(int((number / len(listed)) ** 1.1 * len(cadres)), len(cadres) - 1)]
                assignments.append(Assignment(household=home.household, cadre=home.helper))
        with clock.pretending(clock.now() - timedelta(days=PAIRED_BEFORE)):
            pair_roster(assignments=assignments, started_on=clock.today(), by=self.administrator)
