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

#: Of whose age a sentence speaks, by topic.
AGES = {"school": (14, 22), "work": (18, 62), "old": (60, 120), "illness": (40, 120), "farming": (18, 75)}
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

    def said(self, home: Home) -> str:
        if self.random.random() < 0.05:
            return words.ESSAY
        topic = self.random.choice(home.topics)
        text = self.random.choice(words.SAID[topic])
        youngest, oldest = AGES.get(topic, (18, 90))
        names = [n for n, age in home.people if youngest <= age <= oldest] or [
            n for n, _age in home.people[:1]
        ]
        return text.format(name=self.random.choice(names), n=self.random.randint(3, 18), place=self.random.choice(["兰州", "区里", "张掖", "酒泉"]))  # fmt: skip

    def problem(self) -> ProblemInput:
        kind, said, triage = self.random.choice(words.PROBLEMS)
        return ProblemInput(
            kind=kind,
            words=said,
            triage=triage,
            office=OFFICES.get(kind, "township_affairs") if triage == "referred" else "",
            reason=self.random.choice(words.EXPLAINED) if triage == "explained" else self.random.choice(words.NOT_NOW) if triage == "not_now" else "",
            look_again_on=clock.today() + timedelta(days=120) if triage == "not_now" else None,
        )  # fmt: skip

    def promise(self, day: date) -> PromiseInput:
        due = day + timedelta(days=self.random.choice([7, 7, 14, 20, 30, 60]))
        return PromiseInput(what=self.random.choice(words.PROMISES), due_on=due)

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
                said = {"kept": words.WORDS_KEPT, "partly": words.WORDS_PARTLY, "not_kept": words.WORDS_NOT}[
                    word
                ]
                answers.append(PromiseAnswer(promise.public_id, word, self.random.choice(said)))
            elif promise.due_on < day and self.random.random() < 0.3:
                answers.append(
                    PromiseAnswer(promise.public_id, "not_kept", self.random.choice(words.WORDS_NOT))
                )
        return answers
