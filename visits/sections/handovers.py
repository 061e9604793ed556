"""What a successor must know of the households that he takes over (``settings.HANDOVER_SECTIONS``)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from pairing import clock, codelists
from pairing.roles import P
from pairing.wording import said_of
from visits.models import Problem, Promise, Visit
from visits.sections.promises import promise_tone


def handover_lines(user: Any, household_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """What a successor must know of each household: promises and problems that wait, the last two talks.

    Visits that were typed and wait for their helper's word are told, too: he can give it after he has left.
    Each line has ``label``, ``text``, ``date`` and ``tone``. Four queries, whatever the number of
    households; nothing restricted.
    """
    ids, today = list(household_ids), clock.today()
    lines: dict[int, list[dict[str, Any]]] = {}

    def add(household: int, label: str, text: str, date: date, tone: str) -> None:
        line = {"label": label, "text": text, "date": date, "tone": tone}
        lines.setdefault(household, []).append(line)

    promises = Promise.objects.visible_to(user, P.HOUSEHOLD_VIEW).outstanding().unrestricted()
    for promise in promises.filter(household__in=ids):
        add(promise.household_id, _("Promise"), promise.what, promise.due_on, promise_tone(promise, today))
    problems = (
        Problem.objects.visible_to(user, P.HOUSEHOLD_VIEW).open().filter(household__in=ids, restricted=False)
    )
    for problem in problems:
        words = said_of(codelists.label("problem_kind", problem.kind), problem.words)
        add(problem.household_id, _("Problem"), words, problem.raised_on, "due")
    newest = Window(RowNumber(), partition_by="household", order_by=["-visited_on", "-pk"])
    talks = Visit.objects.visible_to(user, P.HOUSEHOLD_VIEW).valid().filter(household__in=ids)
    for visit in talks.unconfirmed().select_related("visited_by").defer("restricted", "facts"):
        words = _("waits for the word of %(name)s") % {"name": visit.visited_by.name}
        add(visit.household_id, _("Entered for the helper"), words, visit.visited_on, "due")
    for visit in talks.exclude(method=Visit.Method.NOT_MET).annotate(nth=newest).filter(nth__lte=2):
        words = visit.said or (_("No change.") if visit.no_change else "")
        add(visit.household_id, _("Talk"), words[:160], visit.visited_on, "neutral")
    return lines
