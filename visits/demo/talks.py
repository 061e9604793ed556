"""What is said at the demo's visits: plain talk, problems, promises, help, and the household's word on them."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from pairing import clock
from visits.actions.help import HelpInput
from visits.actions.problems import ProblemInput
from visits.actions.visits import PromiseAnswer, PromiseInput
from visits.demo import words
from visits.demo.homes import Home
from visits.models import Promise

SEASONS = ("winter", "spring", "summer", "autumn")
#: What a family must have to talk of for a problem of this kind.
NEEDS = {
    "schooling": {"junior", "senior", "college"}, "work": {"near", "away", "college"}, "medical": {"illness"},
    "care": {"illness", "alone", "couple"}, "farming": {"farming"}, "market": {"farming"}, "land": {"farming"},
    "disaster": {"farming"},
}  # fmt: skip
OFFICES = {
    "insurance": "county_insurance", "water": "county_water", "road_power": "township_rural",
    "housing": "county_housing", "market": "township_rural", "allowance": "township_affairs",
    "pension": "county_disabled", "land": "township_judicial", "disaster": "township_rural",
    "care": "township_affairs",
}  # fmt: skip


class Talks:
    """What comes up at a table, drawn from one generator."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def said(self, home: Home, day: date) -> str:
        """What fits this family in this season; what was not said there before, as long as there is any."""
        if self.random.random() < 0.03:
            return words.ESSAY
        topic = self.random.choice(list(home.subjects))
        spoken = words.SAID[topic]
        texts = [*spoken[""], *spoken.get(SEASONS[day.month % 12 // 3], [])]
        text = self.random.choice([t for t in texts if t not in home.said] or texts)
        home.said.add(text)
        name = self.random.choice(home.subjects[topic])
        place = self.random.choice(["兰州", "酒泉", "嘉峪关", "乌鲁木齐", "西宁", "阿克苏"])
        return text.format(name=name, n=self.random.randint(3, 18), place=place)

    def problem(self, home: Home) -> ProblemInput:
        """One that this family can have."""
        possible = [p for p in words.PROBLEMS if not (need := NEEDS.get(p[0])) or need & home.subjects.keys()]
        kind, said, triage, outcome = self.random.choice(possible)
        return ProblemInput(
            kind=kind,
            words=said,
            triage=triage,
            office=OFFICES.get(kind, "township_affairs") if triage == "referred" else "",
            reason=outcome if triage in ("explained", "not_now") else "",
            look_again_on=clock.today() + timedelta(days=120) if triage == "not_now" else None,
        )  # fmt: skip

    def promise(self, day: date, kind: str = "") -> PromiseInput:
        """Something promised; what goes with a problem of this kind, where one was taken on."""
        due = day + timedelta(days=self.random.choice([7, 7, 14, 20, 30, 60]))
        return PromiseInput(
            what=words.TAKEN_ON.get(kind) or self.random.choice(list(words.PROMISES)), due_on=due
        )

    def help(self) -> HelpInput:
        kind, what, quantity, amount, source = self.random.choice(words.HELP)
        return HelpInput(
            kind=kind, what=what, quantity=quantity, amount=Decimal(amount) if amount else None, source=source
        )

    def tasks(self) -> list[str]:
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

    def answers(self, home: Home, day: date) -> list[PromiseAnswer]:
        """The household's word on promises that were done since, or that are due."""
        answers = []
        for promise in list(home.promises):
            promise.refresh_from_db()
            if promise.state not in (Promise.State.OPEN, Promise.State.DONE):
                home.promises.remove(promise)
            elif promise.state == Promise.State.DONE and self.random.random() < 0.8:
                word = self.random.choices(["kept", "partly", "not_kept"], [80, 14, 6])[0]
                kept = words.PROMISES.get(promise.what, words.DONE_ANYHOW)[1]
                said = {"kept": [kept], "partly": words.WORDS_PARTLY, "not_kept": words.WORDS_NOT}[word]
                answers.append(PromiseAnswer(promise.public_id, word, self.random.choice(said)))
            elif promise.due_on < day and self.random.random() < 0.3:
                answers.append(
                    PromiseAnswer(promise.public_id, "not_kept", self.random.choice(words.WORDS_NOT))
                )
        return answers
