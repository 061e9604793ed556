"""Two years in one township, lived hour by hour through the same actions as the pages.

Helpers have habits: steady, quarterly, rushing before inspections, forgetting. Promises are kept, late, moved and
broken; referrals are answered or lie; the township reads what the rules send it, and has not quite caught up.
"""

import heapq
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from random import Random
from typing import Any

from households.actions.households import put_all_on_list, register_household
from households.actions.members import record_absence
from households.actions.pairings import Assignment, Succession, hand_over, pair_roster
from households.models import Household, Membership, Pairing, Person
from households.models.scoped import codes_of
from pairing import clock
from pairing.audit import action
from pairing.errors import Refused
from pairing.models import Area, User
from visits.actions import counters, reading, referrals
from visits.actions import problems as problem_actions
from visits.actions import promises as promise_actions
from visits.actions.help import HelpInput
from visits.actions.problems import ProblemInput
from visits.actions.visits import PromiseAnswer, PromiseInput, VisitInput, save_visit
from visits.demo import files, words
from visits.demo.people import administrator_of, cadres_of, staff_of, villages
from visits.demo.register import bring_in
from visits.models import Problem, Promise, Visit

SPAN = 730  # days of visits
LATELY = 110  # the days in which everything goes through the actions; before, visits are written in one go
PAIRED_BEFORE = 760  # days ago that most pairings began
INSPECTIONS = ((6, 20), (11, 28))  # month and day of the county's inspections
HABITS = [("steady", 45), ("quarterly", 25), ("rush", 18), ("forgets", 12)]
#: Of whose age a sentence speaks, by topic.
AGES = {"school": (14, 22), "work": (18, 62), "old": (60, 120), "illness": (40, 120), "farming": (18, 75)}
OFFICES = {
    "insurance": "county_insurance", "water": "county_water", "road_power": "township_rural",
    "housing": "county_housing", "market": "township_rural", "allowance": "township_affairs",
    "pension": "county_disabled", "land": "township_judicial", "disaster": "township_rural",
    "care": "township_affairs",
}  # fmt: skip


@dataclass
class Home:
    """A registered household, with what the story needs to know of it."""

    household: Household
    topics: list[str]
    met: list[uuid.UUID]
    people: list[tuple[str, int]]  # name and age
    helper: User | None = None
    promises: list[Promise] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Township:
    """One township's two years; ``index`` of ``total`` keeps names and numbers of the parts apart."""

    def __init__(self, place: Area, *, index: int, total: int) -> None:
        self.place, self.index, self.total = place, index, total
        self.random = Random(place.code)
        self.numbers = files.Numbers(index, total)
        self.staff, self.administrator = staff_of(place), administrator_of(place)
        self.homes: list[Home] = []
        self.past: list[Visit] = []
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    # --- the files -------------------------------------------------------------------------------------

    def register(self, households: int, villages_each: int) -> None:
        """Let two registers come in, type some files by hand, put most on the list and give those a helper."""
        places = villages(self.place, villages_each)
        now = clock.now()
        drafts: list[files.Draft] = []
        for number, village in enumerate(places):
            share = households // len(places) + (number < households % len(places))
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
        self._gather(drafts)
        self._list_and_pair(drafts)

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

    def _gather(self, drafts: list[files.Draft]) -> None:
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
        for draft in drafts:
            household = rows[draft.file_number]
            members = people[household.pk]
            self.homes.append(
                Home(
                    household,
                    draft.topics,
                    [p.public_id for p in members],
                    [
                        (p.name, clock.today().year - p.birth_date.year if p.birth_date else 40)
                        for p in members
                    ],
                )
            )
            if draft.away or ("work" in draft.topics and len(members) > 2):
                where, back = self.random.choice(words.AWAY)
                with clock.pretending(clock.now() - timedelta(days=self.random.randint(30, 200))):
                    record_absence(
                        household=household,
                        person=None if draft.away else members[min(2, len(members) - 1)],
                        away_from=clock.today(),
                        expected_back=back,
                        where=where,
                        by=self.staff,
                    )

    def _list_and_pair(self, drafts: list[files.Draft]) -> None:
        """Most households come on the pairing list, and nearly all of those get a helper, by roster."""
        cadres = cadres_of(self.index, self.total)
        listed = [home for home, draft in zip(self.homes, drafts, strict=True) if draft.listed]
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

    # --- the two years ----------------------------------------------------------------------------------

    def live(self) -> None:
        """Let the two years pass, up to this moment: plain visits long ago, whole stories lately."""
        now = clock.now()
        self._plan(now)
        self._remember()
        while self._queue:
            moment, _n, event = heapq.heappop(self._queue)
            if moment > now:
                break
            with clock.pretending(moment), _tolerant():
                event()

    def at(self, moment: datetime, event: Callable[[], None]) -> None:
        """Let something happen at a moment; what lies in the future stays undone."""
        heapq.heappush(self._queue, (moment, next(self._order), event))

    def later(self, low: int, high: int, event: Callable[[], None]) -> None:
        """Let something happen in ``low`` to ``high`` days, in office hours."""
        day = clock.today() + timedelta(days=self.random.randint(low, high))
        self.at(_moment(day, self.random.randint(8, 17), self.random.randint(0, 59)), event)

    def _plan(self, now: datetime) -> None:
        today = now.astimezone(clock.business_timezone).date()
        helpers = {home.helper.pk: home.helper for home in self.homes if home.helper}
        habits = {
            pk: self.random.choices([h for h, _w in HABITS], [w for _h, w in HABITS])[0] for pk in helpers
        }
        for home in self.homes:
            if home.helper is None:
                continue
            habit = "steady" if home.helper.username == "cadre" else habits[home.helper.pk]
            forgotten = habit == "forgets" and self.random.random() < 0.4
            for day in self._days(habit, today - timedelta(days=SPAN), today):
                if day < today - timedelta(days=LATELY):
                    self.past.append(self._past_visit(home, home.helper, day))
                    continue
                if forgotten:
                    continue
                hour = self.random.randint(9, 19)
                self.at(_moment(day, hour, self.random.randint(0, 59)), partial(self.visit, home))
        leavers = self.random.sample(sorted(helpers), k=max(1, len(helpers) // 15))
        for pk in leavers:
            if helpers[pk].username != "cadre":
                day = today - timedelta(days=self.random.randint(40, LATELY - 20))
                self.at(_moment(day, 10, 0), partial(self.hand_over, helpers[pk]))

    def _past_visit(self, home: Home, helper: User, day: date) -> Visit:
        """A plain visit of long ago, read and filed."""
        moment = _moment(day, self.random.randint(9, 19), self.random.randint(0, 59))
        return Visit(
            **codes_of(home.household),
            household=home.household,
            author=helper,
            visited_by=helper,
            confirmed_by=helper,
            confirmed_at=moment,
            recorded_at=moment,
            visited_on=day,
            body_hmac=f"{self.random.getrandbits(256):064x}",
            method="home" if self.random.random() < 0.88 else "call",
            met=self.random.sample(home.met, k=1),
            said=self._said(home),
            tasks=self._tasks(),
            state=Visit.State.FILED,
        )

    def _remember(self) -> None:
        """Write the visits of long ago in one go: only the last months are worth every action's price."""
        with action("demo.past", by=None) as entry:
            Visit.everything.bulk_create(self.past, batch_size=500)
            counters.recount(home.household.pk for home in self.homes)
            entry.detail = {"visits": len(self.past)}

    def _days(self, habit: str, first: date, last: date) -> Iterator[date]:
        """The days of visits of a helper with this habit."""
        gaps = {"steady": (60, 100), "quarterly": (88, 130), "rush": (200, 330), "forgets": (120, 250)}
        low, high = gaps[habit]
        day = first + timedelta(days=self.random.randint(0, high))
        while day <= last:
            yield day
            day += timedelta(days=self.random.randint(low, high))
        if habit == "rush":
            for year in range(first.year, last.year + 1):
                for month, inspected in INSPECTIONS:
                    day = date(year, month, inspected) - timedelta(days=self.random.randint(1, 12))
                    if first <= day <= last:
                        yield day

    def visit(self, home: Home) -> None:
        """One visit with everything that comes of it."""
        random, household, helper = self.random, home.household, home.helper
        if helper is None:
            return
        method = random.choices(["home", "call", "not_met", "elsewhere"], [88, 7, 3, 2])[0]
        late = random.random() < 0.08
        day = clock.today() - timedelta(days=random.randint(1, 4) if late else 0)
        met = (
            []
            if method == "not_met"
            else random.sample(home.met, k=min(len(home.met), random.choice([1, 1, 2])))
        )
        quiet = method != "not_met" and random.random() < 0.22
        problem = self._problem() if method in ("home", "call") and random.random() < 0.11 else None
        promise = (
            self._promise(day) if (problem and problem.triage == "mine") or random.random() < 0.09 else None
        )
        gift = self._help() if method == "home" and random.random() < 0.13 else None
        quiet = quiet and not (problem or promise)
        visit = save_visit(
            household=household,
            visit=VisitInput(
                client_id=uuid.uuid4(),
                visited_on=day,
                method=method,
                met=met,
                said="" if quiet or method == "not_met" else self._said(home),
                no_change=quiet,
                answers=self._answers(home, day) if method in ("home", "call") else [],
                problems=[problem] if problem else [],
                promises=[promise] if promise else [],
                help=[gift] if gift else [],
                tasks=self._tasks() if method == "home" else [],
                restricted=random.choice(words.RESTRICTED)
                if method == "home" and random.random() < 0.01
                else "",
            ),
            by=helper,
        )
        for made in visit.promises.all():
            home.promises.append(made)
            self._follow_promise(made, helper)
        for raised in visit.problems.all():
            home.problems.append(raised)
            self._follow_problem(raised, helper)
        if visit.state == Visit.State.TO_READ:
            self.later(1, 4, lambda: self.read(visit))

    def _said(self, home: Home) -> str:
        if self.random.random() < 0.05:
            return words.ESSAY
        topic = self.random.choice(home.topics)
        text = self.random.choice(words.SAID[topic])
        youngest, oldest = AGES.get(topic, (18, 90))
        names = [n for n, age in home.people if youngest <= age <= oldest] or [
            n for n, _age in home.people[:1]
        ]
        return text.format(name=self.random.choice(names), n=self.random.randint(3, 18), place=self.random.choice(["兰州", "区里", "张掖", "酒泉"]))  # fmt: skip

    def _problem(self) -> ProblemInput:
        kind, said, triage = self.random.choice(words.PROBLEMS)
        return ProblemInput(
            kind=kind,
            words=said,
            triage=triage,
            office=OFFICES.get(kind, "township_affairs") if triage == "referred" else "",
            reason=self.random.choice(words.EXPLAINED) if triage == "explained" else self.random.choice(words.NOT_NOW) if triage == "not_now" else "",
            look_again_on=clock.today() + timedelta(days=120) if triage == "not_now" else None,
        )  # fmt: skip

    def _promise(self, day: date) -> PromiseInput:
        due = day + timedelta(days=self.random.choice([7, 7, 14, 20, 30, 60]))
        return PromiseInput(what=self.random.choice(words.PROMISES), due_on=due)

    def _help(self) -> HelpInput:
        kind, what, quantity, amount, source = self.random.choice(words.HELP)
        return HelpInput(
            kind=kind, what=what, quantity=quantity, amount=Decimal(amount) if amount else None, source=source
        )

    def _tasks(self) -> list[str]:
        names = [
            "policy",
            "opinion",
            "development",
            "feelings",
            "organisation",
            "example",
            "company",
            "errand",
        ]
        return self.random.sample(names, k=self.random.choice([0, 1, 1, 2]))

    def _answers(self, home: Home, day: date) -> list[PromiseAnswer]:
        """The household's word on promises that were done since, or that are due."""
        answers = []
        for promise in list(home.promises):
            promise.refresh_from_db()
            if promise.state not in (Promise.State.OPEN, Promise.State.DONE):
                home.promises.remove(promise)
            elif promise.state == Promise.State.DONE and self.random.random() < 0.8:
                word = self.random.choices(["kept", "partly", "not_kept"], [80, 14, 6])[0]
                said = {"kept": words.WORDS_KEPT, "partly": words.WORDS_PARTLY, "not_kept": words.WORDS_NOT}[
                    word
                ]
                answers.append(PromiseAnswer(promise.public_id, word, self.random.choice(said)))
            elif promise.due_on < day and self.random.random() < 0.3:
                answers.append(
                    PromiseAnswer(promise.public_id, "not_kept", self.random.choice(words.WORDS_NOT))
                )
        return answers

    def _follow_promise(self, promise: Promise, helper: User) -> None:
        days = max(1, (promise.due_on - clock.today()).days)
        chance = self.random.random()
        if chance < 0.62:
            self.later(1, days, lambda: self._done(promise, helper))
        elif chance < 0.78:
            self.later(days + 1, days + 30, lambda: self._done(promise, helper))
        elif chance < 0.9:
            self.later(max(1, days - 2), days, lambda: self._move(promise, helper))
        elif chance < 0.93:
            self.later(2, days + 2, lambda: self._drop(promise, helper))

    def _done(self, promise: Promise, helper: User) -> None:
        promise_actions.record_done(promise=promise, what=self.random.choice(words.DONE), by=helper)

    def _move(self, promise: Promise, helper: User) -> None:
        due = clock.today() + timedelta(days=self.random.choice([10, 20, 30]))
        promise_actions.move_promise(promise=promise, due_on=due, reason="等部门答复", by=helper)
        self.later(3, 28, lambda: self._done(promise, helper))

    def _drop(self, promise: Promise, helper: User) -> None:
        promise_actions.drop_promise(promise=promise, reason="家里自己办好了，不用再办", by=helper)

    def _follow_problem(self, problem: Problem, helper: User) -> None:
        if problem.state == Problem.State.REFERRED and self.random.random() < 0.82:
            self.later(2, 20, lambda: self._reply(problem, helper))
        elif problem.state == Problem.State.MINE and self.random.random() < 0.8:
            self.later(3, 40, lambda: self._solve(problem, helper))
        elif problem.state in (Problem.State.EXPLAINED, Problem.State.NOT_NOW) and self.random.random() < 0.8:
            self.later(1, 40, lambda: self._tell(problem, helper))

    def _reply(self, problem: Problem, helper: User) -> None:
        answerer = self.staff if problem.level == Problem.Level.TOWNSHIP else _county_administrator()
        referrals.answer(problem=problem, outcome=self.random.choice(words.ANSWERS), by=answerer)
        if self.random.random() < 0.85:
            self.later(1, 25, lambda: self._tell(problem, helper))

    def _solve(self, problem: Problem, helper: User) -> None:
        problem_actions.solve(problem=problem, outcome=self.random.choice(words.SOLVED), by=helper)
        self.later(1, 20, lambda: self._tell(problem, helper))

    def _tell(self, problem: Problem, helper: User) -> None:
        problem.refresh_from_db()
        problem_actions.tell(problem=problem, household_view=self.random.choice(words.WORDS_KEPT), by=helper)
        if self.random.random() < 0.9:
            self.later(1, 10, lambda: self._close(problem, helper))

    def _close(self, problem: Problem, helper: User) -> None:
        problem.refresh_from_db()
        problem_actions.close(problem=problem, by=helper)

    def read(self, visit: Visit) -> None:
        """The township reads a visit, and sometimes asks."""
        visit.refresh_from_db()
        if self.random.random() < 0.06 and visit.said:
            name, question = self.random.choice(words.QUESTIONS[:1] + words.QUESTIONS[2:])
            reading.ask(visit=visit, questions=[reading.Question(name, question)], by=self.staff)
            if self.random.random() < 0.7:
                self.later(1, 5, lambda: self._answer(visit))
        else:
            reading.mark_read(visit=visit, by=self.staff)

    def _answer(self, visit: Visit) -> None:
        visit.refresh_from_db()
        for question in visit.questions.filter(answered_at__isnull=True):
            reading.answer_question(
                question=question, answer="问过了，是侄子先垫的，报销下来就还。", by=visit.visited_by
            )
        self.later(1, 3, lambda: self.read(visit))

    def hand_over(self, leaver: User) -> None:
        """A helper leaves; his households go to colleagues with a note."""
        colleagues = [c for c in cadres_of(self.index, self.total) if c.pk != leaver.pk]
        pairings = list(Pairing.everything.open().filter(cadre=leaver).select_related("household"))
        if not pairings or not colleagues:
            return
        successions = [
            Succession(
                pairing=p, cadre=self.random.choice(colleagues[-4:]), note=self.random.choice(words.HANDOVER)
            )
            for p in pairings
        ]
        hand_over(
            cadre=leaver,
            successions=successions,
            handed_on=clock.today(),
            reason="transferred",
            by=self.administrator,
        )
        new = {s.pairing.household_id: s.cadre for s in successions}
        for home in self.homes:
            home.helper = new.get(home.household.pk, home.helper)


def _county_administrator() -> User:
    return User.objects.get(username="admin")


def _moment(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=clock.business_timezone)


@contextmanager
def _tolerant() -> Iterator[None]:
    """What the rules refuse in the story simply does not happen, as in life."""
    try:
        yield
    except Refused:
        REFUSALS.append(clock.today())


#: How often the rules refused what the story tried; the tests keep an eye on it.
REFUSALS: list[Any] = []
