"""What has changed in the demo's families since the last visit: told at a few, recorded by the office or reviewed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from households.models import PersonYear
from pairing import codelists
from visits.actions.facts import UNCHANGED, Asked, Away, Back, Fact, FileChanges
from visits.demo import words
from visits.demo.homes import Home

TOLD = 0.06  # of the visits at which somebody was met


@dataclass
class News:
    """What one visit tells; ``recorded`` is what the office later writes into the file, by the fact's key."""

    facts: list[Fact] = field(default_factory=list)
    changes: FileChanges = UNCHANGED
    recorded: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.facts or self.changes)


class Newsmonger:
    """Draws what is new from a generator of its own, so that the rest of the story stays as it was."""

    def __init__(self, seed: str) -> None:
        self.random = Random(f"{seed} news")

    def told(self, home: Home, day: date) -> News:
        """Mostly nothing; else one change, of each kind once in a household's story."""
        if self.random.random() >= TOLD:
            return News()
        kinds = {"away": self._away, "back": self._back, "person": self._person, "bank": self._bank}
        for kind in self.random.sample(sorted(kinds), k=len(kinds)):
            if kind not in home.told and (news := kinds[kind](home, day)):
                home.told.add(kind)
                return news
        return News()

    def _away(self, home: Home, day: date) -> News:
        """Somebody of working age has left for work."""
        grown = [who for who, (_name, age) in zip(home.met, home.people, strict=True) if 18 <= age <= 60]
        if home.absence is not None or len(grown) < 2:
            return News()
        where = self.random.choice(list(words.BACK))
        back = self.random.choice(words.BACK[where])
        since = day - timedelta(days=self.random.randint(1, 20))
        return News(changes=FileChanges(Away([self.random.choice(grown[1:])], since, where, back)))

    def _back(self, home: Home, day: date) -> News:
        """Who was away is home again, or stays longer."""
        if home.absence is None or home.absence.away_from >= day:
            return News()
        absence, home.absence = home.absence, None
        stays = self.random.random() < 0.3
        said = "要过完年才回来" if stays else "已经回来了"
        who = absence.person.name if absence.person else "全家"
        fact = Fact(
            f"absence-{absence.public_id}",
            f"{who}：{codelists.label('place_away', absence.where)}",
            False,
            said,
        )
        back = Back(absence.public_id, None, "过完年") if stays else Back(absence.public_id, day)
        return News([fact], FileChanges(back=[back]))

    def _bank(self, home: Home, day: date) -> News:
        """A new bank, which waits for a second person."""
        bank = self.random.choice(words.BANKS)
        return News(changes=FileChanges(asked=[Asked("household", "bank_name", bank)], proof="新存折"))

    def _person(self, home: Home, day: date) -> News:
        """A child is a grade further, a grown-up has other work, somebody older is ill now."""
        rows = home.household.person_years.order_by("person_id", "-year").distinct("person_id")
        ages = dict(zip(home.met, (age for _name, age in home.people), strict=True))
        found = [
            (row, change)
            for row in rows.select_related("person")
            for change in _changes(row, ages.get(row.person.public_id, 0))
        ]
        if not found:
            return News()
        row, (kind, was, said, values) = self.random.choice(found)
        fact = Fact(f"{kind}-{row.public_id}", f"{row.person.name}：{was}", False, said)
        return News([fact], recorded={fact.key: values})


def _changes(row: PersonYear, age: int) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """What may be told of one person: kind, how the file has it, how it is now, and that in the file's codes."""
    if row.schooling in words.GRADES:
        grade, said = words.GRADES[row.schooling]
        was = codelists.label("schooling", row.schooling)
        yield "schooling", was, said, {"schooling": grade, "education": ""}
    if row.work_place in ("township", "county") and age < 55:
        was = f"在{codelists.label('work_place', row.work_place)}务工"
        yield (
            "work",
            was,
            "跟着工程队到酒泉干活了，一个月回来一趟",
            {"work_place": "province", "work_months": 10},
        )
    if row.health == ["chronic"] and age > 50:
        was = codelists.label("health", "chronic")
        yield "health", was, "在市医院做了手术，在家养着", {"health": ("serious",), "labour": "lost"}
