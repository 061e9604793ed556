"""Who may do what to whom among people with accounts, given their grants. ``check_`` raises, ``can`` asks."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from pairing import clock, wording
from pairing.access import covers, open_grants
from pairing.errors import Refused
from pairing.models import Area, Grant, Invitation, Unit, User, VillageLink
from pairing.roles import LEVELS, P, Role, grantable_by


def givable(by: User) -> set[tuple[str, str, str]]:
    """The triples (role, level of area, code of the giver's area) that ``by`` may give."""
    return {
        (role, level, own.area_id)
        for own in open_grants(by)
        for role, level in grantable_by(own.role, own.area.level)
    }


def check_can_place(area: Area, *, by: User) -> None:
    """A person or unit can be placed only in an area where the giver manages people."""
    if not covers(by, P.PEOPLE_MANAGE, area.pk):
        raise Refused(_("This place is outside your area."), "area")


def check_can_grant(grant: Grant, *, by: User | None) -> None:
    """A role can be given below one's own level and inside one's own area only, and never to oneself.

    Source: ADR 20, "users and grants". ``by`` None is a command that sets a site up.
    """
    if grant.area.level not in LEVELS[Role(grant.role)]:
        raise Refused(_("This role does not exist at this level."), "role_area")
    if grant.started_on > clock.today():
        raise Refused(_("A role cannot begin in the future."), "started_on")
    _check_apart(grant)
    if by is None:
        return
    if grant.user_id == by.pk:
        raise Refused(_("Nobody can change his own rights."))
    if not grant.may_be_given_by(by):
        raise Refused(_("You cannot give this role there."), "role")


def _check_apart(grant: Grant) -> None:
    """Restricted parts are read by nobody in the village: a clerk's role and a reader's do not go together."""
    other = {Role.CLERK: Role.READER, Role.READER: Role.CLERK}.get(Role(grant.role))
    if other and Grant.objects.open(clock.today()).filter(user=grant.user_id, role=other).exists():
        raise Refused(_("Nobody in a village reads restricted parts: a clerk cannot be the reader."), "role")


def check_can_end_grant(grant: Grant, *, by: User) -> None:
    """Who may give a role may end it."""
    if grant.user_id == by.pk:
        raise Refused(_("Nobody can change his own rights."))
    if grant.ended_on is not None and grant.ended_on <= clock.today():
        raise Refused(_("This role has ended already."))
    if not grant.may_be_given_by(by):
        raise Refused(_("You cannot end this role."))


def check_can_manage(person: User, *, by: User) -> None:
    """An account can be edited, shut, opened and invited by who gives its roles, all of them.

    A system administrator may also do it for somebody who has, beside a role that he gives, others that a
    county administrator gives; without this nobody could. Without an open role: who manages his area.
    """
    if person.pk == by.pk:
        raise Refused(_("This is your own account."))
    grants = list(Grant.objects.open(clock.today()).filter(user=person).select_related("area"))
    if not grants:
        if not covers(by, P.PEOPLE_MANAGE, person.area_id):
            raise Refused(_("This person is outside your area."))
        return
    given = [grant.may_be_given_by(by) for grant in grants]
    if all(given) or (any(given) and all(_is_below_system(grant, by) for grant in grants)):
        return
    raise Refused(_("This person has a role that is not yours to give."))


def check_invitation(invitation: Invitation) -> None:
    """A code opens an open account once, within its days, and while its maker may still invite that person.

    Who has lost his right since, or whose guest has got a role that is not his to give, holds no key. Without a
    maker it comes from a command. Raises Refused, for every cause with the same words.
    """
    maker = invitation.created_by
    holds = invitation.is_open(clock.now()) and invitation.user.is_active
    if not holds or (maker is not None and not can(check_can_manage, invitation.user, by=maker)):
        raise Refused(_("This code is no longer valid. Ask for a new one."))


def _is_below_system(grant: Grant, by: User) -> bool:
    reach = grantable_by(Role.ADMINISTRATOR, "county") | grantable_by(Role.SYSTEM, "county")
    return (grant.role, grant.area.level) in reach and any(
        own.role == Role.SYSTEM and grant.area_id.startswith(own.area_id) for own in open_grants(by)
    )


def check_can_link(unit: Unit, village: Area, day: date, *, by: User) -> None:
    """An active unit is linked to a village of one's own area, from a day that has come, once at a time.

    Source: the counties' rule for linking villages (联村): a unit begins again only where it had ended.
    """
    if village.level != Area.Level.VILLAGE or not covers(by, P.PAIRING_MANAGE, village.pk):
        raise Refused(_("This village is not in your area."), "village")
    if not unit.active:
        raise Refused(_("This unit no longer sends helpers."), "unit")
    _check_day(day, "started_on")
    last = VillageLink.objects.filter(unit=unit, village=village).order_by("-started_on").first()
    if last is not None and last.ended_on is None:
        raise Refused(_("This unit is linked to the village already."), "village")
    if last is not None and last.ended_on is not None and day < last.ended_on:
        raise Refused(
            _("The link before ended on %(day)s. The next one begins on that day or later.")
            % {"day": wording.day(last.ended_on)},
            "started_on",
        )


def check_can_end_link(link: VillageLink, day: date, *, by: User) -> None:
    """An open link of a village in one's own area ends on a day from its start to today."""
    if not covers(by, P.PAIRING_MANAGE, link.village_id):
        raise Refused(_("This village is not in your area."))
    if link.ended_on is not None:
        raise Refused(_("This link has already ended."))
    _check_day(day, "ended_on")
    if day < link.started_on:
        raise Refused(
            _("This link began on %(day)s and cannot end before.") % {"day": wording.day(link.started_on)},
            "ended_on",
        )


def _check_day(day: date, field: str) -> None:
    if day > clock.today():
        raise Refused(_("This day lies in the future."), field)
    if day.year < 1990:
        raise Refused(_("This day lies too far back."), field)


def can(check: Callable[..., None], *args: Any, **kwargs: Any) -> bool:
    """Would ``check`` pass?"""
    try:
        check(*args, **kwargs)
    except Refused:
        return False
    return True


def why_not(check: Callable[..., None], *args: Any, **kwargs: Any) -> str:
    """The reason with which ``check`` refuses, for the hint on a button; empty when it passes."""
    try:
        check(*args, **kwargs)
    except Refused as refusal:
        return str(refusal)
    return ""
