"""Handing over (工作交接): households of one helper go to others on one day, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from households.actions.pairing_changes import Assignment, Change, changing
from households.actions.pairings import Outcome, outcome_of
from households.models import Pairing
from households.rules import pairings as rules
from pairing import clock
from pairing.actions import people
from pairing.audit import action
from pairing.errors import Refused
from pairing.models import Grant, User
from pairing.roles import P, Role
from pairing.rules import can, check_can_end_grant


@dataclass(frozen=True)
class Succession:
    """An open pairing and who takes it over."""

    pairing: Pairing
    cadre: User
    note: str = ""


def hand_over(
    *,
    cadre: User,
    successions: Sequence[Succession],
    handed_on: date,
    reason: str = rules.HANDOVER,
    note: str = "",
    end_duty: bool = False,
    by: User,
) -> list[Pairing]:
    """Pass households of ``cadre`` on: each pairing ends and the successor's begins on that day. All or none.

    With ``end_duty`` his grants as a cadre end too, those that ``by`` may end, when no household is left with
    him. Raises ``Refused`` as ``pair`` and ``end_pairing`` do, naming the household's file.
    """
    with action("pairing.hand_over", by=by, reason=reason, permission=P.PAIRING_MANAGE) as entry:
        started = _hand_over(cadre, successions, handed_on, reason, note, by)
        entry.about(cadre)
        if end_duty:
            for grant in duties(cadre):
                if can(check_can_end_grant, grant, by=by):
                    people.end_grant(grant=grant, reason=reason, by=by)
    return started


def duties(cadre: User) -> QuerySet[Grant]:
    """His grants as a cadre that hold today, wherever."""
    return Grant.objects.open(clock.today()).filter(user=cadre, role=Role.CADRE).select_related("area")


def _hand_over(
    cadre: User, successions: Sequence[Succession], handed_on: date, reason: str, note: str, by: User
) -> list[Pairing]:
    ids = [s.pairing.household_id for s in successions]
    with changing(
        "pairing.hand_over", ids, [s.cadre.pk for s in successions], by=by, reason=reason
    ) as change:
        started = []
        for succession in sorted(successions, key=lambda s: (s.pairing.household_id, s.pairing.pk)):
            row = change.pairing(succession.pairing)
            if row.cadre_id != cadre.pk:
                raise Refused(
                    _("This household is no longer looked after by %(name)s.") % {"name": cadre.name}
                )
            started.append(
                change.succeed(
                    row, succession.cadre.pk, day=handed_on, reason=reason, note=note, hint=succession.note
                )
            )
    return started


def preview_handover(successions: Sequence[Succession], *, handed_on: date, by: User) -> list[Outcome]:
    """What ``hand_over`` would do now, household by household; nothing is written."""
    ids = [s.pairing.household_id for s in successions]
    change = Change(ids, [s.cadre.pk for s in successions], by=by, lock=False)

    def succeed(item: Succession) -> Pairing:
        former = change.pairing(item.pairing)
        return change.succeed(former, item.cadre.pk, day=handed_on, reason=rules.HANDOVER)

    return [
        outcome_of(change, Assignment(s.pairing.household, s.cadre, s.note), partial(succeed, s))
        for s in successions
    ]
