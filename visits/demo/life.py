"""Two years in one township, lived hour by hour through the same actions as the pages.

Helpers have habits: steady, quarterly, rushing before inspections, forgetting. Promises are kept, late, moved and
broken; referrals are answered or lie; the township reads what the rules send it, and has not quite caught up.
"""

import heapq
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from households.actions.changes import decide_change
from households.actions.handovers import Succession, hand_over
from households.models import ChangeRequest, Pairing
from households.models.scoped import codes_of
from pairing import clock
from pairing.audit import action
from pairing.errors import Refused
from pairing.models import Area, User
from visits.actions import counters, reading, referrals
from visits.actions import problems as problem_actions
from visits.actions import promises as promise_actions
from visits.actions.recording import record_fact
from visits.actions.visits import VisitInput, save_visit
from visits.demo import words
from visits.demo.homes import Home, Settling
from visits.demo.news import News, Newsmonger
from visits.demo.people import administrator_of, cadres_of, staff_of
from visits.demo.talks import Talks
from visits.models import Problem, Promise, Visit, VisitEffect

SPAN = 730  # days of visits
LATELY = 110  # the days in which everything goes through the actions; before, visits are written in one go
INSPECTIONS = ((6, 20), (11, 28))  # month and day of the county's inspections
HABITS = [("steady", 45), ("quarterly", 25), ("rush", 18), ("forgets", 12)]


class Township:
    """One township's two years; ``index`` of ``total`` keeps names and numbers of the parts apart."""

    def __init__(self, place: Area, *, index: int, total: int) -> None:
        self.place, self.index, self.total = place, index, total
        self.random = Random(place.code)
        self.talks, self.news = Talks(self.random), Newsmonger(place.code)
        self.to_record: dict[int, dict[str, dict[str, Any]]] = {}  # facts told, by visit and key
        self.staff, self.administrator = staff_of(place), administrator_of(place)
        self.homes: list[Home] = []
        self.past: list[Visit] = []
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def register(self, households: int, villages_each: int) -> None:
        """Let the files come in, most of them with a helper."""
        settling = Settling(self.place, self.random, index=self.index, total=self.total)
        self.homes = settling.homes(households, villages_each)

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
            met=self.random.sample(home.partners, k=1),
            said=self.talks.said(home, day),
            tasks=self.talks.tasks(),
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
        if home.absence and home.absence.person_id is None:
            method = "call"  # nobody is at home
        late = random.random() < 0.08
        day = clock.today() - timedelta(days=random.randint(1, 4) if late else 0)
        met = (
            []
            if method == "not_met"
            else random.sample(home.partners, k=min(len(home.partners), random.choice([1, 1, 2])))
        )
        quiet = method != "not_met" and random.random() < 0.22
        problem = self.talks.problem(home) if method in ("home", "call") and random.random() < 0.11 else None
        promise = (
            self.talks.promise(day, problem.kind if problem and problem.triage == "mine" else "")
            if (problem and problem.triage == "mine") or random.random() < 0.09
            else None
        )
        gift = self.talks.help() if method == "home" and random.random() < 0.13 else None
        news = News() if method == "not_met" or late else self.news.told(home, day)
        quiet = quiet and not (problem or promise or news)
        visit = save_visit(
            household=household,
            visit=VisitInput(
                client_id=uuid.uuid4(),
                visited_on=day,
                method=method,
                met=met,
                said="" if quiet or method == "not_met" else self._said(home, day),
                no_change=quiet,
                answers=self.talks.answers(home, day) if method in ("home", "call") else [],
                problems=[problem] if problem else [],
                promises=[promise] if promise else [],
                help=[gift] if gift else [],
                tasks=self.talks.tasks() if method == "home" else [],
                facts=news.facts,
                changes=news.changes,
                restricted=random.choice(words.RESTRICTED)
                if method == "home" and random.random() < 0.01
                else "",
            ),
            by=helper,
        )
        for made in visit.promises.all():
            home.promises.append(made)
            self._follow_promise(made, helper)
        for short in visit.promises_asked.short():
            self._follow_short(home, short, helper)
        for raised in visit.problems.all():
            home.problems.append(raised)
            self._follow_problem(raised, helper)
        if news:
            self._follow_news(home, visit, news)
        if visit.state == Visit.State.TO_READ:
            self.later(1, 4, lambda: self.read(visit))

    def _said(self, home: Home, day: date) -> str:
        """Plain talk; a new helper first says who he is."""
        if home.greeted:
            return self.talks.said(home, day)
        home.greeted = True
        return words.FIRST_SAID

    def _follow_news(self, home: Home, visit: Visit, news: News) -> None:
        """Absences are remembered, changes reviewed by the township, other facts recorded when it reads the visit."""
        self.to_record[visit.pk] = news.recorded
        for effect in visit.effects.all():
            if effect.kind == VisitEffect.Kind.AWAY:
                home.absence = effect.absence
            elif effect.kind == VisitEffect.Kind.ASKED:
                self.later(1, 20, partial(self._review, effect.request))

    def _review(self, request: ChangeRequest) -> None:
        decisions = {change.public_id: (True, "") for change in request.changes.all()}
        decide_change(request=request, decisions=decisions, by=self.staff)

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

    def _follow_short(self, home: Home, promise: Promise, helper: User) -> None:
        chance = self.random.random()
        if chance < 0.6:
            home.promises.append(promise)
            self.later(1, 10, lambda: self._move(promise, helper))
        elif chance < 0.9:
            self.later(1, 10, lambda: self._drop(promise, helper))

    def _done(self, promise: Promise, helper: User) -> None:
        done = words.PROMISES.get(promise.what, words.DONE_ANYHOW)[0]
        promise_actions.record_done(promise=promise, what=done, by=helper)

    def _move(self, promise: Promise, helper: User) -> None:
        due = clock.today() + timedelta(days=self.random.choice([10, 20, 30]))
        promise_actions.move_promise(
            promise=promise, due_on=due, reason=self.random.choice(words.MOVED), by=helper
        )
        self.later(3, 28, lambda: self._done(promise, helper))

    def _drop(self, promise: Promise, helper: User) -> None:
        promise_actions.drop_promise(promise=promise, reason=self.random.choice(words.DROPPED), by=helper)

    def _follow_problem(self, problem: Problem, helper: User) -> None:
        if problem.state == Problem.State.REFERRED and self.random.random() < 0.82:
            self.later(2, 20, lambda: self._reply(problem, helper))
        elif problem.state == Problem.State.MINE and self.random.random() < 0.8:
            self.later(3, 40, lambda: self._solve(problem, helper))
        elif problem.state in (Problem.State.EXPLAINED, Problem.State.NOT_NOW) and self.random.random() < 0.8:
            self.later(1, 40, lambda: self._tell(problem, helper))

    def _reply(self, problem: Problem, helper: User) -> None:
        answerer = self.staff if problem.level == Problem.Level.TOWNSHIP else _county_administrator()
        referrals.answer(problem=problem, outcome=words.OUTCOMES[problem.words], by=answerer)
        if self.random.random() < 0.85:
            self.later(1, 25, lambda: self._tell(problem, helper))

    def _solve(self, problem: Problem, helper: User) -> None:
        problem_actions.solve(problem=problem, outcome=words.OUTCOMES[problem.words], by=helper)
        self.later(1, 20, lambda: self._tell(problem, helper))

    def _tell(self, problem: Problem, helper: User) -> None:
        problem.refresh_from_db()
        problem_actions.tell(problem=problem, household_view=self.random.choice(words.WORDS_TOLD), by=helper)
        if self.random.random() < 0.9:
            self.later(1, 10, lambda: self._close(problem, helper))

    def _close(self, problem: Problem, helper: User) -> None:
        problem.refresh_from_db()
        problem_actions.close(problem=problem, by=helper)

    def read(self, visit: Visit) -> None:
        """The township reads a visit, and sometimes asks."""
        visit.refresh_from_db()
        if self.random.random() < 0.06 and visit.said:
            name, question, answer = self.random.choice(words.QUESTIONS)
            reading.ask(visit=visit, questions=[reading.Question(name, question)], by=self.staff)
            if self.random.random() < 0.7:
                self.later(1, 5, lambda: self._answer(visit, answer))
        else:
            reading.mark_read(visit=visit, by=self.staff)
            for key, values in self.to_record.pop(visit.pk, {}).items():
                record_fact(visit=visit, key=key, values=values, by=self.staff)

    def _answer(self, visit: Visit, answer: str) -> None:
        visit.refresh_from_db()
        for question in visit.questions.filter(answered_at__isnull=True):
            reading.answer_question(question=question, answer=answer, by=visit.visited_by)
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
            if home.household.pk in new:
                home.helper, home.greeted = new[home.household.pk], False


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
