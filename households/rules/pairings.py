"""Who may become a household's helper, from and until when. Each check raises ``Refused``."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from households.models import Household, Pairing
from households.rules.files import MOVED
from pairing import clock, wording
from pairing.access import covers, in_areas
from pairing.errors import Conflict, Refused
from pairing.models import Grant, User
from pairing.roles import P, Role

#: The reason under which a pairing ends when another helper takes over on the same day.
HANDOVER = "handover"
#: No unit sent helpers to households before; an earlier day is a slip of the finger.
FIRST_YEAR = 1990


def check_day(day: date, field: str) -> None:
    """Pairings have no future dates: "open" would no longer mean "without an end"."""
    if day > clock.today():
        raise Refused(_("This day lies in the future."), field)
    if day.year < FIRST_YEAR:
        raise Refused(_("This day lies too far back."), field)


def check_household(household: Household) -> None:
    """Only an open file is paired."""
    if not household.is_open:
        raise Refused(
            _("File %(number)s is closed. Reopen it before you pair it.") % {"number": household.file_number},
            "household",
        )


def check_cadre(cadre: User, household: Household) -> None:
    """A helper holds a cadre's grant that covers the household's village today, and may sign in."""
    covered = any(
        grant.role == Role.CADRE and household.village_code.startswith(grant.area_id)
        for grant in cadre.open_grants
    )
    if not covered:
        raise Refused(
            _("%(name)s does not work as a cadre where this household lives. Grant that first.")
            % {"name": cadre.name},
            "cadre",
        )


def check_load(cadre: User, load: int) -> None:
    """One person can look after so many households and no more (``settings.HOUSEHOLDS_PER_CADRE``)."""
    if load > settings.HOUSEHOLDS_PER_CADRE:
        raise Refused(
            _("%(name)s would have %(load)d households; the most allowed is %(most)d.")
            % {"name": cadre.name, "load": load, "most": settings.HOUSEHOLDS_PER_CADRE},
            "cadre",
        )


def check_start(day: date, former: Pairing | None) -> None:
    """The next helper begins on the day on which the one before ended, or later."""
    check_day(day, "started_on")
    if former is not None and former.ended_on is not None and day < former.ended_on:
        raise Refused(
            _("The helper before ended on %(day)s. The next one begins on that day or later.")
            % {"day": wording.day(former.ended_on)},
            "started_on",
        )


def check_end(pairing: Pairing, day: date, field: str = "ended_on") -> None:
    """An open pairing ends on a day from its start to today; floors above may know why not on that day.

    Those are ``settings.PAIRING_END_CHECKS``, such as a visit that the helper made later.
    """
    if pairing.state != Pairing.State.OPEN:
        raise Refused(_("This pairing has already ended."))
    check_day(day, field)
    if day < pairing.started_on:
        raise Refused(
            _("This pairing began on %(day)s and cannot end before.")
            % {"day": wording.day(pairing.started_on)},
            field,
        )
    for check in settings.PAIRING_END_CHECKS:
        import_string(check)(pairing, day, field)


def check_void(pairing: Pairing) -> None:
    """A mistake is taken back on the day on which it was entered; later one ends the pairing instead."""
    if pairing.state != Pairing.State.OPEN:
        raise Refused(_("This pairing has already ended."))
    if clock.day_of(pairing.recorded_at) != clock.today():
        raise Refused(_("This pairing was not entered today. End it with the reason “entered by mistake”."))


def check_within_area(by: Any, household: Household) -> None:
    """The household lives where ``by`` pairs, now that it is locked: it may have moved since a page let him in."""
    if not covers(by, P.PAIRING_MANAGE, household.village_code):
        raise Refused(MOVED)


def check_may_end(by: Any, household: Household) -> None:
    """Only who pairs where the household lives ends its pairings. Source: ADR 20."""
    if not covers(by, P.PAIRING_MANAGE, household.village_code):
        raise Refused(
            _("This household has a helper. Ask an administrator to do this: the pairing ends along with it.")
        )


def out_of_reach(household: Household, village_code: str) -> list[Pairing]:
    """The open pairings of a household whose helpers hold no cadre's grant for that village today."""
    rows = list(Pairing.everything.open().filter(household=household).select_related("cadre").order_by("pk"))
    grants = Grant.objects.open(clock.today()).filter(role=Role.CADRE, user__in=[r.cadre_id for r in rows])
    reached = {grant.user_id for grant in grants if village_code.startswith(grant.area_id)}
    return [row for row in rows if row.cadre_id not in reached]


def check_version(row: Any, version: int | None) -> None:
    """Nobody else has changed ``row`` since the reader was shown ``version``."""
    if version is not None and row.version != version:
        raise Conflict(_("Somebody else has changed this pairing meanwhile. Look at it again."))


def check_grant_free(grant: Grant) -> None:
    """A cadre's work ends only when no household would be left without a holder.

    Households that another open cadre's grant of the same person covers are not left. One of
    ``settings.GRANT_END_CHECKS``.
    """
    if grant.role != Role.CADRE:
        return
    open_pairings = Pairing.everything.open().filter(cadre=grant.user_id)
    others = (
        Grant.objects.open(clock.today()).filter(user=grant.user_id, role=Role.CADRE).exclude(pk=grant.pk)
    )
    left = open_pairings.filter(in_areas([grant.area_id])).exclude(
        in_areas(list(others.values_list("area_id", flat=True)))
    )
    if number := left.count():
        raise Refused(
            ngettext(
                "%(number)d household would be left without a helper. Hand it over first.",
                "%(number)d households would be left without a helper. Hand them over first.",
                number,
            )
            % {"number": number}
        )


def why_not(check: Callable[..., None], *args: Any) -> str:
    """The reason with which ``check`` refuses, for the hint on a button; empty when it passes."""
    try:
        check(*args)
    except Refused as refusal:
        return str(refusal)
    return ""
