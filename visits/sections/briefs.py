"""The two-minute brief on a household's page: what a helper reads before he knocks."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.models import Household
from pairing import clock, codelists
from pairing.access import carries
from pairing.roles import P
from pairing.together import read
from visits import rules
from visits.models import Problem
from visits.sections.promises import promise_line
from visits.sections.timelines import PROBLEM_TONES, SHOWN

TALKS = 3  # the last talks of the brief
COMING = timedelta(days=365)  # how far ahead the brief looks for birthdays that matter
# At which age something begins. Source: labour contracts, school, basic pension, old-age allowance.
AGES = (
    (7, gettext_lazy("school age")),
    (16, gettext_lazy("may work")),
    (18, gettext_lazy("of age")),
    (60, gettext_lazy("basic pension")),
    (80, gettext_lazy("old-age allowance")),
)


def brief(request: HttpRequest, household: Household) -> SafeString | None:
    """What a helper reads in two minutes before he knocks: promises, last talks, coming dates.

    A clerk who is a helper elsewhere only reads none: it tells birthdays.
    """
    if not carries(request.user, P.VISIT_LOG) or rules.sees_fewer_fields(request.user, household):
        return None
    today = clock.today()
    visits = household.visits.valid().filter(confirmed_at__isnull=False).select_related("visited_by")
    talks = visits.exclude(said="", no_change=False).only(*SHOWN)[:TALKS]
    promises, problems = household.promises.outstanding(), household.problems.open()
    members = household.memberships.present().values_list("person__name", "person__birth_date")
    notes = handover_notes(request.user, household)
    read(promises, talks, members, notes, *([problems] if household.open_problems else []))
    context = {
        "household": household,
        "promises": [promise_line(p, today) for p in promises],
        "problems": open_problems(problems) if household.open_problems else [],
        "talks": list(talks),
        "coming": coming_dates(members, today),
        "handover_note": next(iter(notes), ""),
    }
    return render_to_string("visits/sections/brief.html", context, request)


def open_problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems for which the household is still owed something; those with an answer to tell come first."""
    rows = [(problem.state not in Problem.OUTCOMES, problem) for problem in problems]
    return [
        {
            "url": reverse("visits:problem_detail", args=[problem.public_id]),
            "kind": codelists.label("problem_kind", problem.kind),
            "words": problem.words,
            "state": problem.get_state_display(),
            "tone": PROBLEM_TONES[Problem.State(problem.state)],
            "answer": problem.outcome or problem.reason,
            "to_tell": not waits,
        }
        for waits, problem in sorted(rows, key=lambda row: row[0])
    ]


def handover_notes(user: Any, household: Household) -> QuerySet[Any]:
    """What the former helper left for ``user``, where he took this household over."""
    pairings = household.pairings.open().filter(cadre=user).exclude(handover_note="")
    return pairings.order_by("pk").values_list("handover_note", flat=True)[:1]


def coming_dates(members: Iterable[tuple[str, date | None]], today: date) -> list[tuple[date, str]]:
    """Birthdays of members (name and day of birth) within a year at which something begins, with what it is."""
    found = []
    for name, born in members:
        if born is None:
            continue
        for age, what in AGES:
            day = _birthday(born, age)
            if today <= day <= today + COMING:
                words = _("%(name)s turns %(age)d: %(what)s")
                found.append((day, words % {"name": name, "age": age, "what": what}))
    return sorted(found)


def _birthday(born: date, age: int) -> date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # born on 29 February
        return date(born.year + age, 3, 1)
