"""The cadre's home: whom to see and why (今天), and all his households (联系户)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from households.models.months import GAP_DAYS, gap_begins, is_overdue
from households.rules.words import reason_of
from pairing import audit, clock
from pairing.access import by_pairing, permission_required
from pairing.roles import P
from pairing.wording import overdue_days, short_day
from visits.models import ConflictDraft
from visits.models.promises import DUE_SOON
from visits.models.today import read_rows, rows_of
from visits.views.visits import DONE, saved_id

NEAR = timedelta(days=30)  # a visit is a reason to go from a month before the gap closes


@dataclass(frozen=True)
class Reason:
    """Why to see a household, in words: neither type, illness nor income, for neighbours look."""

    words: str
    icon: str
    tone: str


@dataclass(frozen=True)
class Card:
    """One household on the cadre's phone."""

    row: dict[str, Any]
    rank: tuple[int, date]
    reasons: list[Reason] = field(default_factory=list)
    gap: str = ""

    @property
    def is_due(self) -> bool:
        return self.rank[0] < 9


@require_GET
@permission_required(P.TODAY)
def today(request: HttpRequest) -> HttpResponse:
    """My households in order of need: promises due, answers to bring, questions, then the longest gap."""
    rows, former = read_rows(request.user) if by_pairing(request.user, P.TODAY) else ([], [])
    cards = sorted((_card(row, clock.today()) for row in rows), key=lambda card: card.rank)
    _audit(request, [*(card.row for card in cards), *former])
    if saved := saved_id(request):
        messages.success(request, DONE)  # of the visit that he comes from
    due = [card for card in cards if card.is_due]
    rest = [card for card in cards if not card.is_due]
    context = {
        "due": due,
        "rest": rest,
        "owed": [(c.row, problem) for c in cards for problem in c.row["owed"]],
        "questions": [(c.row, v) for c in cards for v in c.row["asked"]],
        "returned": [(c.row, change) for c in cards for change in c.row["returned"]],
        "unconfirmed": [(row, v) for row in [*(c.row for c in cards), *former] for v in row["unconfirmed"]],
        "withdrawn": [(row, reason_of(remark)) for row in former for remark in row["closed"]],
        "saved": saved,
        "kept": _has_kept(request.user, rows + former),
        "next": rest[0] if rest else None,
        "next_on": _next_on(rest[0]) if rest else None,
    }
    return render(request, "visits/today.html", context)


def _has_kept(user: Any, rows: list[dict[str, Any]]) -> bool:
    """Are there texts kept for ``user``? The rows say so; who has none is asked for."""
    return any(row["kept"] for row in rows) if rows else ConflictDraft.kept_for(user).exists()


@require_GET
@permission_required(P.TODAY)
def household_brief_list(request: HttpRequest) -> HttpResponse:
    """All my households by name, with the time since the last home visit in words."""
    cards = sorted(cards_of(request.user, clock.today()), key=lambda card: card.row["head_key"])
    _audit(request, [card.row for card in cards])
    return render(request, "visits/household_brief_list.html", {"cards": cards})


def cards_of(user: Any, on: date) -> list[Card]:
    """The cadre's households with the reasons to see each; one query, whatever their number."""
    rows = rows_of(user) if by_pairing(user, P.TODAY) else []
    return [_card(row, on) for row in rows]


def _card(row: dict[str, Any], on: date) -> Card:
    reasons = []
    since = gap_begins(row["listed_on"], row["last_visit_on"])
    rank = (9, since or date.min)
    gap = _gap(row["last_visit_on"], on)
    if since and on - since > timedelta(days=GAP_DAYS) - NEAR:
        rank = (4, since)
        reasons.append(Reason(gap, "home", "due" if is_overdue(since, on) else "neutral"))
    elif row["last_visit_on"] is None:
        rank = (4, since or date.min)
        reasons.append(Reason(gap, "home", "neutral"))
    if row["asked"]:
        rank = (3, rank[1])
        reasons.insert(0, Reason(_("The township asks you to add something"), "chat-bubble-left", "info"))
    if row["owed"]:
        rank = (3, rank[1])
        reasons.insert(0, Reason(_("An answer to bring to the household"), "megaphone", "info"))
    if row["promise_short"]:
        rank = (3, rank[1])
        words = _("A promise was not fully kept: agree on a new day")
        reasons.insert(0, Reason(words, "hand-raised", "due"))
    due_on = row["promise_due"]
    if due_on and due_on <= on + DUE_SOON:
        rank = (1 if due_on < on else 2, due_on)
        words = _("A promise is due: %(when)s") % {"when": overdue_days(due_on)}
        reasons.insert(0, Reason(words, "hand-raised", "due"))
    return Card(row, rank, reasons, gap)


def _gap(last: date | None, on: date) -> str:
    if last is None:
        return _("No home visit yet")
    days = (on - last).days
    if days == 0:
        return _("Visited today")
    words = ngettext(
        "Last home visit %(date)s, %(days)d day ago", "Last home visit %(date)s, %(days)d days ago", days
    )
    return words % {"date": short_day(last), "days": days}


def _next_on(card: Card) -> date:
    """When the next household comes due by itself: a month before its gap closes."""
    since = gap_begins(card.row["listed_on"], card.row["last_visit_on"]) or clock.today()
    days: timedelta = timedelta(days=GAP_DAYS) - NEAR
    return since + days


def _audit(request: HttpRequest, rows: list[dict[str, Any]]) -> None:
    audit.read(
        "household.list",
        by=request.user,
        permission=P.TODAY,
        object_type="households.household",
        object_ids=[row["public_id"] for row in rows],
    )
