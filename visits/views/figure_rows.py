"""The rows behind the figures as tables: one lister for each kind of row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.forms.changes import what_changes
from households.models import ChangeRequest, FileQuestion, Household, Membership
from households.rules import words
from households.rules.questions import sentence
from pairing.models import User
from pairing.models.areas import village_names
from pairing.tables import Column, Table
from visits.models import Problem, Promise, Visit
from visits.reports.figures import Rows, Scope
from visits.views.problems import problem_table


@dataclass(frozen=True)
class Lister:
    """How rows of one model are ordered, fetched and shown."""

    caption: Lazy
    order: tuple[str, ...]
    prepared: Callable[[Rows], Rows]
    table: Callable[[Sequence[Any], Scope], Table]


def _households(rows: Sequence[Any], scope: Scope) -> Table:
    villages = _villages(rows)
    leads = {u.pk: u.name for u in User.objects.filter(pk__in={row.lead_id for row in rows})}

    def days(row: Household) -> int | None:
        since = row.gap_since()
        return (scope.day - since).days if since else None

    columns = [
        Column("head_name", _("Household"), link=lambda row: _file(row)),
        Column("village", _("Village"), value=lambda row: villages[row.village_code]),
        Column("group_name", _("Group")),
        Column("file_number", _("File number")),
        Column("lead", _("Lead helper"), value=lambda row: leads.get(row.lead_id)),
        Column("last_visit_on", _("Last home visit"), "date"),
        Column("days", _("Days since"), "number", value=days),
    ]
    return Table(columns, rows, empty=_("There are no such households."))


def _to_mend(rows: Sequence[Any], scope: Scope) -> Table:
    """Households with what the rules ask about each, so that like can be mended with like."""
    villages, asked = _villages(rows), _questions(rows, scope)
    columns = [
        Column("head_name", _("Household"), link=lambda row: _file(row)),
        Column("village", _("Village"), value=lambda row: villages[row.village_code]),
        Column("group_name", _("Group")),
        Column("questions", _("Questions"), value=lambda row: " ".join(asked.get(row.pk, ()))),
    ]
    return Table(columns, rows, empty=_("There are no such households."))


def _questions(rows: Sequence[Any], scope: Scope) -> dict[int, list[str]]:
    """The open questions of each household as sentences. Two queries."""
    ids = [row.pk for row in rows]
    members = Membership.objects.visible_to(scope.user, scope.permission).present()
    people = members.filter(household__in=ids).values_list("person__public_id", "person__name")
    names = {str(key): name for key, name in people}
    questions = FileQuestion.objects.visible_to(scope.user, scope.permission).unanswered()
    found: dict[int, list[str]] = {}
    for question in questions.filter(household__in=ids).order_by("pk"):
        text, _clears = sentence(question.rule, names.get(question.subject, ""), question.facts)
        found.setdefault(question.household_id, []).append(text)
    return found


def _promises(rows: Sequence[Any], scope: Scope) -> Table:
    villages = _villages(rows)
    columns = [
        Column("household", _("Household"), value=_head, link=lambda row: _file(row.household)),
        Column("village", _("Village"), value=lambda row: villages[row.village_code]),
        Column("what", _("Promise")),
        Column("holder", _("Who keeps it"), value=lambda row: row.holder.name),
        Column("due_on", _("By when"), "date"),
        Column("late", _("Days overdue"), "number", value=lambda row: (scope.day - row.due_on).days),
        Column("times_moved", _("Date changed"), "number", value=lambda row: row.times_moved or None),
    ]
    return Table(columns, rows, empty=_("Nothing outstanding."))


def _problems(rows: Sequence[Any], _scope: Scope) -> Table:
    return problem_table(list(rows), empty=_("There are no such problems."))


def _visits(rows: Sequence[Any], _scope: Scope) -> Table:
    villages = _villages(rows)
    columns = [
        Column("household", _("Household"), value=_head,
               link=lambda row: reverse("visits:visit_read", args=[row.public_id])),
        Column("village", _("Village"), value=lambda row: villages[row.village_code]),
        Column("visited_on", _("Visit date"), "date"),
        Column("visited_by", _("Helper"), value=lambda row: row.visited_by.name),
        Column("since", _("Waiting since"), "moment"),
    ]  # fmt: skip
    return Table(columns, rows, empty=_("Nothing to read."))


def _changes(rows: Sequence[Any], _scope: Scope) -> Table:
    villages = _villages(rows)
    columns = [
        Column("household", _("Household"), value=_head,
               link=lambda row: reverse("households:change_detail", args=[row.public_id])),
        Column("village", _("Village"), value=lambda row: villages[row.village_code]),
        Column("changes", _("What changes"), value=what_changes),
        Column("reason", _("Reason for the change"), value=lambda row: words.reason_of(row.reason)),
        Column("proposed_by", _("Proposed by"), value=lambda row: row.proposed_by.name),
        Column("proposed_at", _("Waiting since"), "moment"),
    ]  # fmt: skip
    return Table(columns, rows, empty=_("No changes waiting."))


def _head(row: Any) -> str:
    return str(row.household.head_name)


def _file(household: Household) -> str:
    return reverse("households:household_detail", args=[household.public_id])


def _villages(rows: Sequence[Any]) -> dict[str, str]:
    return village_names(row.village_code for row in rows)


_HOUSEHOLDS = Lister(
    gettext_lazy("Households"),
    ("village_code", "head_key", "pk"),
    lambda rows: rows.defer("phone", "bank_account"),
    _households,
)
#: Figures whose rows are told in another way than others of their model.
OF_FIGURE = {"to_mend": replace(_HOUSEHOLDS, table=_to_mend)}
TABLES: dict[type[Model], Lister] = {
    Household: _HOUSEHOLDS,
    Promise: Lister(
        gettext_lazy("Promises"),
        ("due_on", "pk"),
        lambda rows: rows.select_related("household", "holder"),
        _promises,
    ),
    Problem: Lister(
        gettext_lazy("Problems"),
        ("raised_on", "pk"),
        lambda rows: rows.select_related("household"),
        _problems,
    ),
    Visit: Lister(
        gettext_lazy("Visits"),
        ("pk",),
        lambda rows: rows.select_related("household", "visited_by").defer("restricted", "facts", "said"),
        _visits,
    ),
    ChangeRequest: Lister(
        gettext_lazy("Changes"),
        ("pk",),
        lambda rows: rows.select_related("household", "proposed_by").prefetch_related("changes__person"),
        _changes,
    ),
}
