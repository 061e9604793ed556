"""The township's eight figures: each has one name, one sentence, and one queryset that is exactly its rows.

The overview counts these querysets, the rows page lists them and the print repeats them, so that two screens
cannot count differently. Source: screens, the township's eight figures.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Left
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.models import Absence, ChangeRequest, FileQuestion, Household, VillageMonth
from pairing import clock
from pairing.access import by_pairing, in_areas, prefixes
from pairing.roles import P
from pairing.tables import number_of
from pairing.together import Statement, statement_of
from visits.models import Problem, Promise, Visit, VisitQuestion

WAITING_DAYS = 5  # working days that a visit or a change may lie untouched in the township

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Scope:
    """Whose eyes, on which day, and where ``area`` narrows it, in which part of what he may see."""

    user: Any
    permission: P
    day: date
    area: str = ""

    def of(self, model: Any) -> Rows:
        """The rows of a scoped model that are counted."""
        rows: Rows = model.objects.visible_to(self.user, self.permission)
        return rows.filter(in_areas([self.area])) if self.area else rows

    def asked(self, name: str, build: Callable[[], Sequence[Rows]]) -> list[list[list[Any]]]:
        """The rows of the querysets that ``build`` gives for this scope, as JSON has them, in one query.

        What they ask is put together once for each area and day and kept under ``name``: that takes Django
        longer than PostgreSQL needs to answer.
        """
        helper = self.user.pk if by_pairing(self.user, self.permission) else None
        key = (name, self.permission, *prefixes(self.user, self.permission), self.area, self.day, helper)
        statement = _STATEMENTS.get(key)
        if statement is None:
            if len(_STATEMENTS) >= MOST_STATEMENTS:
                _STATEMENTS.clear()
            statement = _STATEMENTS[key] = statement_of(*build())
        return statement.rows()


_STATEMENTS: dict[tuple[Any, ...], Statement] = {}  # text with parameters, no rows
MOST_STATEMENTS = 500


@dataclass(frozen=True)
class Figure:
    """One figure. ``parts`` give its rows, one queryset for each kind of row.

    ``aside`` marks some of the rows as "of which", with ``aside_name`` as the words (``%(number)s``). ``kept``
    names the column of ``VillageMonth`` whose sum is the number of rows, where there is one.
    """

    key: str
    name: Lazy
    definition: Lazy
    parts: tuple[Callable[[Scope], Rows], ...]
    aside: Callable[[Scope], Q] | None = None
    aside_name: Lazy | str = ""
    kept: str = ""

    def rows(self, scope: Scope) -> list[Rows]:
        """Exactly the rows that this figure counts."""
        return [part(scope) for part in self.parts]

    def count(self, scope: Scope) -> "Counted":
        """The number, and how many of it stand aside; one query."""
        return count_all([self], scope)[0]

    def sums(self, scope: Scope) -> list[Rows]:
        """What is counted, as querysets of one row (number, and those aside), one for each kind of row."""
        if self.kept:
            whole = scope.of(VillageMonth).order_by().annotate(whole=Value(1)).values_list("whole")
            return [whole.annotate(number=Sum(self.kept)).values_list("number")]
        beside = {"beside": Count("pk", filter=self.aside(scope))} if self.aside else {}
        return [number_of(rows, **beside) for rows in self.rows(scope)]

    def by_area(self, scope: Scope, length: int = 12) -> Counter[str]:
        """The number in each area whose code has ``length`` digits; areas without rows are missing."""
        found: Counter[str] = Counter()
        if self.kept:
            sums = scope.of(VillageMonth).values_list(Left("village_code", length)).annotate(Sum(self.kept))
            return Counter({area: number for area, number in sums if number})
        for rows in self.rows(scope):
            grouped = rows.order_by().values_list(Left("village_code", length)).annotate(Count("pk"))
            found.update(dict(grouped))
        return found


@dataclass(frozen=True)
class Counted:
    """A figure with its number on the scope's day."""

    figure: Figure
    number: int
    aside: int | None = None


def count_all(figures: Sequence[Figure], scope: Scope) -> list[Counted]:
    """These figures counted, all in one query."""
    name = "count " + " ".join(figure.key for figure in figures)
    rows = iter(scope.asked(name, lambda: [sums for figure in figures for sums in figure.sums(scope)]))
    return [_counted(figure, [next(rows) for _part in figure.parts]) for figure in figures]


def _counted(figure: Figure, parts: list[list[list[Any]]]) -> Counted:
    found = [row for rows in parts for row in rows]
    beside = sum(row[1] for row in found) if figure.aside else None
    return Counted(figure, sum(row[0] or 0 for row in found), beside)


def _households(scope: Scope) -> Rows:
    return scope.of(Household).open()  # type: ignore[attr-defined]


def _unpaired(scope: Scope) -> Rows:
    return scope.of(Household).unpaired()  # type: ignore[attr-defined]


def _not_visited(scope: Scope) -> Rows:
    return scope.of(Household).overdue(scope.day)  # type: ignore[attr-defined]


def _away(scope: Scope) -> Q:
    """Households whose whole family is away."""
    families = scope.of(Absence).on(scope.day).filter(person__isnull=True)  # type: ignore[attr-defined]
    return Q(pk__in=families.values("household"))


def _promises_overdue(scope: Scope) -> Rows:
    return scope.of(Promise).overdue(scope.day)  # type: ignore[attr-defined]


def _moved(_scope: Scope) -> Q:
    """Promises whose day has moved before."""
    return Q(times_moved__gt=0)


def _answers_owed(scope: Scope) -> Rows:
    return scope.of(Problem).answer_owed()  # type: ignore[attr-defined]


def _referrals_late(scope: Scope) -> Rows:
    return scope.of(Problem).late(scope.day)  # type: ignore[attr-defined]


def _to_mend(scope: Scope) -> Rows:
    questions = scope.of(FileQuestion).unanswered()  # type: ignore[attr-defined]
    return scope.of(Household).open().filter(pk__in=questions.values("household"))  # type: ignore[attr-defined]


def _visits_waiting(scope: Scope) -> Rows:
    return visits_to_read(scope).filter(since__lt=waiting_limit(scope.day))


def _changes_waiting(scope: Scope) -> Rows:
    waiting = scope.of(ChangeRequest).waiting()  # type: ignore[attr-defined]
    return waiting.filter(proposed_at__lt=waiting_limit(scope.day))


FIGURES: Sequence[Figure] = (
    Figure(
        "households",
        pgettext_lazy("figure", "Households"),
        _("Files in this area that are open today."),
        (_households,),
        kept="opened",
    ),
    Figure(
        "unpaired",
        pgettext_lazy("figure", "Unpaired"),
        _("Households on the pairing list that have no lead helper today."),
        (_unpaired,),
    ),
    Figure(
        "not_visited",
        _("Not visited for over 120 days"),
        _(
            "Households on the pairing list with more than 120 days since the later of the last home visit"
            " (by anyone) and the day of listing; families wholly away stand aside."
        ),
        (_not_visited,),
        _away,
        _("of which whole family away: %(number)s"),
    ),
    Figure(
        "promises_overdue",
        _("Promises overdue"),
        _(
            "Promises whose day has passed and for which nothing done is written;"
            " those with a moved day stand aside."
        ),
        (_promises_overdue,),
        _moved,
        _("of which day moved: %(number)s"),
    ),
    Figure(
        "answers_owed",
        _("Answers owed"),
        _("Problems that have an outcome of which the household has not been told."),
        (_answers_owed,),
    ),
    Figure(
        "referrals_late",
        _("Referrals late"),
        _("Referred problems that the receiving office has not answered within its limit."),
        (_referrals_late,),
    ),
    Figure(
        "to_mend",
        _("Files to mend"),
        _("Households with an unanswered question of the file rules."),
        (_to_mend,),
    ),
    Figure(
        "waiting",
        _("Waiting on us"),
        _("Visits and changes that nobody in the township has dealt with for more than five working days."),
        (_visits_waiting, _changes_waiting),
    ),
)
BY_KEY = {figure.key: figure for figure in FIGURES}


def visits_to_read(scope: Scope) -> Rows:
    """Visits in the reading queue with ``since``: their last answer to a question, or their recording."""
    answers = scope.of(VisitQuestion).filter(visit=OuterRef("pk")).order_by("-answered_at")
    answered = answers.filter(answered_at__isnull=False).values("answered_at")[:1]
    return scope.of(Visit).to_read().annotate(since=Coalesce(Subquery(answered), F("recorded_at")))  # type: ignore[attr-defined]


def waiting_limit(day: date) -> datetime:
    """What arrived before this moment has waited more than ``WAITING_DAYS`` working days on ``day``.

    Working days are Monday to Friday; the day of arrival does not count.
    """
    days = 0
    while True:
        days += day.weekday() < 5
        if days > WAITING_DAYS:
            return datetime.combine(day, time.min, clock.business_timezone)
        day -= timedelta(days=1)
