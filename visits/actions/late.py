"""What a visit that came after the pairing ended tells, and no longer does.

The household has another helper by then, or none: answers, problems, promises and help stand in the visit in
words, for the office that reads it, and nothing else comes of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from households.models import Household
from pairing import codelists
from pairing.errors import Refused
from pairing.wording import day, said_of, yuan
from visits import checks
from visits.actions.facts import Fact
from visits.actions.help import HelpInput
from visits.actions.problems import ProblemInput
from visits.models import Problem, Promise

if TYPE_CHECKING:
    from visits.actions.visits import PromiseAnswer, VisitInput

KEY: Final = "told_late"  # under which these words stand among the visit's facts


def told_late(household: Household, visit: "VisitInput", answers: "Sequence[PromiseAnswer]") -> list[Fact]:
    """Each answer, problem, promise and piece of help in a line. Raises Refused for another file's promise."""
    lines = [*_answers(household, answers), *_problems(visit.problems)]
    lines += [(_("Promise"), (promise.what, _until(promise.due_on))) for promise in visit.promises]
    lines += [(_("Help"), _help(given)) for given in visit.help]
    return [Fact(KEY, label, None, " · ".join(filter(None, parts))) for label, parts in lines]


def is_late(fact: Mapping[str, Any]) -> bool:
    """Does this line of a visit's facts tell what came too late to be done?"""
    return bool(fact["key"] == KEY)


def _answers(household: Household, answers: "Sequence[PromiseAnswer]") -> Iterator[tuple[str, Iterable[str]]]:
    asked = {answer.promise: answer for answer in answers}
    promises = Promise.everything.filter(household=household, public_id__in=asked) if asked else []
    for promise in promises:
        answer = asked.pop(promise.public_id)
        word = str(Promise.State(answer.word).label) if answer.word in Promise.State.values else ""
        texts = (
            promise.what,
            word,
            checks.one_line(answer.done_what),
            checks.one_line(answer.household_word),
        )
        yield _("Promise"), texts
    if asked:
        raise Refused(_("One of the promises is not this household's. Please open the form again."))


def _problems(problems: Iterable[ProblemInput]) -> Iterator[tuple[str, Iterable[str]]]:
    for problem in problems:
        triage = Problem.State(problem.triage).label if problem.triage in Problem.State.values else ""
        office = codelists.label("office", problem.office) if problem.office else ""
        texts = (checks.tidy(problem.words), str(triage), office, checks.one_line(problem.reason))
        yield said_of(_("Problem"), codelists.label("problem_kind", problem.kind)), texts


def _until(due_on: date) -> str:
    return _("due %(date)s") % {"date": day(due_on)}


def _help(given: HelpInput) -> Iterable[str]:
    kind = codelists.label("help_kind", given.kind)
    return kind, checks.one_line(given.what), checks.one_line(given.quantity), yuan(given.amount)
