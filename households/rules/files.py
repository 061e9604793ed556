"""Rules of files: what a closed file refuses, which days are possible, which facts need a second person."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from households.models import Household, Membership
from households.models.members import HEAD
from pairing import clock, wording
from pairing.access import covers
from pairing.errors import Refused
from pairing.roles import P

# Identity, head, income, status and bank change only when a second person has looked. Source: design, "Facts,
# corrections, history". Keys are what ``ChangeField.model`` says.
SENSITIVE: Final[Mapping[str, frozenset[str]]] = {
    "household": frozenset({"head", "bank_name", "bank_account"}),
    "household_year": frozenset(
        {"household_type", "household_status", "monitoring_kind", "exit_year", "per_head_income"}
    ),
    "person": frozenset({"name", "sex", "birth_date", "certificate", "id_number"}),
}
EARLIEST: Final = date(1900, 1, 1)
MOVED: Final = _("This file has been moved meanwhile. Please open it again.")
NO_LONGER: Final = _("You no longer look after this household.")


def is_sensitive(model: str, field: str) -> bool:
    """Does a change of this field wait for a second person?"""
    return field in SENSITIVE.get(model, ())


def check_open(household: Household) -> None:
    """A closed file takes no new facts. Raises Refused."""
    if not household.is_open:
        raise Refused(_("This file is closed. Reopen it before you change it."))


def check_reach(household: Household, by: Any, permission: P) -> None:
    """``by`` reaches the file still, now that it is locked: since a page let him in, a pairing may have ended or the
    file moved. Raises Refused."""
    if not Household.everything.visible_to(by, permission).filter(pk=household.pk).exists():
        raise Refused(NO_LONGER)


def check_closed(household: Household) -> None:
    """Only a closed file can be reopened. Raises Refused."""
    if household.is_open:
        raise Refused(_("This file is open already."))


def check_born(birth: date | None, joined: date) -> None:
    """Nobody joins a family before his birth. Raises Refused."""
    if birth is not None and joined < birth:
        raise Refused(
            _("This day lies before the birth, %(birth)s.") % {"birth": wording.day(birth)}, "joined_on"
        )


def check_day(day: date, field: str, *, since: date | None = None) -> None:
    """A day that has come, in this or the last century, and not before ``since``. Raises Refused."""
    if day > clock.today():
        raise Refused(_("This day has not come yet."), field)
    if day < EARLIEST:
        raise Refused(_("This day lies too far back."), field)
    if since is not None and day < since:
        raise Refused(
            _("This day lies before the beginning, %(since)s.") % {"since": wording.day(since)}, field
        )


def check_may_close(household: Household, on: date) -> None:
    """A file closes on a day since which nothing of it is known here: months that are reported stay. Raises Refused."""
    check_day(on, "on")
    opened = clock.day_of(household.created_at)
    known = max(filter(None, [opened, household.listed_on, household.last_visit_on]))
    if on < known:
        raise Refused(
            _("On %(day)s this file was opened, put on the pairing list or visited. It cannot close before.")
            % {"day": wording.day(known)},
            "on",
        )


def check_village(by: Any, permission: P, village_code: str) -> None:
    """The village lies where ``by`` holds the permission by area. Raises Refused."""
    if len(village_code) != 12 or not covers(by, permission, village_code):
        raise Refused(_("This village is not in your area."), "village")


def check_reason(reason: str, field: str = "reason") -> None:
    """Every edit of a file says why (变更原因). Raises Refused."""
    if not reason.strip():
        raise Refused(_("Please say why."), field)


def check_may_join(household: Household, relation: str) -> None:
    """A file has at most one head at a time. Raises Refused."""
    present = Membership.everything.present().filter(household=household)
    if relation == HEAD and present.filter(relation=HEAD).exists():
        raise Refused(_("This family has a head already. Ask for a change of head instead."), "relation")


def head_waits(household: Household) -> bool:
    """Does a head who joins this file wait for a second person? Only the first one that it ever has does not."""
    return Membership.everything.filter(household=household, relation=HEAD).exists()


def check_relation_stays_or_moves_freely(membership: Membership, relation: str) -> None:
    """Who is the head changes only with a second person. Raises Refused."""
    if relation != membership.relation and HEAD in {relation, membership.relation}:
        raise Refused(_("Who is the head changes only after a review. Ask for a change of head."), "relation")


def check_present(membership: Membership) -> None:
    """Who has left is edited where he lives now, by those who look after that file. Raises Refused."""
    if membership.left_on is not None:
        raise Refused(_("This member has left the family already."))


def check_may_leave(membership: Membership, left_on: date) -> None:
    """A membership ends once, on a day since it began. Raises Refused."""
    check_present(membership)
    check_day(left_on, "left_on", since=membership.joined_on)
