"""The site's navigation as data: who sees which entry, on which surface.

An entry appears when its URL name resolves and an open grant of the reader carries one of its permissions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pairing.roles import P, Role, permissions_of


@dataclass(frozen=True)
class Entry:
    """One place in the navigation. ``under`` holds further URL names at which the entry counts as current."""

    url_name: str
    label: str | Promise
    icon: str
    permissions: frozenset[P] = frozenset()
    under: tuple[str, ...] = ()
    group: str | Promise = ""


@dataclass(frozen=True)
class Place:
    """An entry resolved for one request."""

    url: str
    label: str | Promise
    icon: str
    current: bool
    group: str | Promise


def _entry(url_name: str, label: str | Promise, icon: str, *permissions: P, **more: Any) -> Entry:
    return Entry(url_name, label, icon, frozenset(permissions), **more)


CADRE: tuple[Entry, ...] = (
    _entry(
        "visits:today",
        _("Today"),
        "calendar-days",
        P.TODAY,
        under=("visits:visit_create", "visits:promise_list"),
    ),
    _entry("visits:household_brief_list", _("My households"), "home", P.TODAY),
    _entry("pairing:profile_show", _("Me"), "user-circle"),
)

_WORK, _FILES, _COUNTY, _WATCH = _("Work"), _("Files"), _("Pairing and people"), _("Audit")

OFFICE: tuple[Entry, ...] = (
    _entry(
        "visits:queue_list",
        _("Queue"),
        "inbox-stack",
        P.VISIT_READ,
        under=("visits:visit_read",),
        group=_WORK,
    ),
    _entry(
        "visits:referral_list",
        _("Referrals"),
        "arrow-right-circle",
        P.PROBLEM_ANSWER,
        under=("visits:problem_detail", "visits:problem_move"),
        group=_WORK,
    ),
    _entry("households:change_list", _("Changes"), "arrows-right-left", P.CHANGE_DECIDE, group=_WORK),
    _entry(
        "visits:slip_enter",
        _("Enter for a helper"),
        "pencil-square",
        P.VISIT_ENTER,
        under=("visits:visit_enter",),
        group=_WORK,
    ),
    _entry(
        "visits:overview_show",
        _("Overview"),
        "chart-bar",
        P.OVERVIEW_VIEW,
        under=("visits:figure_list",),
        group=_WORK,
    ),
    _entry("visits:village_list", _("By village"), "map", P.OVERVIEW_VIEW, group=_WORK),
    _entry("visits:stuck_list", _("Stuck"), "exclamation-circle", P.OVERVIEW_VIEW, group=_WORK),
    _entry(
        "households:household_list",
        _("Register"),
        "table-cells",
        P.HOUSEHOLD_VIEW,
        under=(
            "households:member_create",
            "households:member_edit",
            "households:member_remove",
            "households:relations_edit",
            "households:year_edit",
            "households:person_year_edit",
            "households:absence_create",
            "households:absence_end",
            "households:question_answer",
            "households:number_reveal",
            "households:phone_show",
            "households:listing_create",
            "households:listing_edit",
            "visits:visit_detail",
        ),
        group=_FILES,
    ),
    _entry(
        "households:import_list",
        _("Import"),
        "arrow-up-tray",
        P.IMPORT,
        under=("households:column_title_list",),
        group=_FILES,
    ),
    _entry(
        "households:pairing_list",
        _("Manage pairing"),
        "link",
        P.PAIRING_MANAGE,
        under=(
            "households:helper_list",
            "households:helper_detail",
            "households:helper_create",
            "households:pairing_roster",
        ),
        group=_COUNTY,
    ),
    _entry(
        "households:handover_list",
        _("Handover"),
        "arrow-path-rounded-square",
        P.PAIRING_MANAGE,
        group=_COUNTY,
    ),
    _entry(
        "pairing:person_list",
        _("People"),
        "users",
        P.PEOPLE_MANAGE,
        under=("pairing:grant_create", "pairing:grant_end", "pairing:invitation_create"),
        group=_COUNTY,
    ),
    _entry(
        "pairing:unit_list",
        _("Units"),
        "building-office-2",
        P.PEOPLE_MANAGE,
        under=("pairing:village_link_list", "pairing:village_link_create", "pairing:village_link_end"),
        group=_COUNTY,
    ),
    _entry("pairing:audit_object", _("Who opened this file"), "eye", P.AUDIT_VIEW, group=_WATCH),
    _entry("pairing:audit_account", _("What this account did"), "finger-print", P.AUDIT_VIEW, group=_WATCH),
    _entry("pairing:audit_exports", _("Exports and reveals"), "arrow-down-tray", P.AUDIT_VIEW, group=_WATCH),
    _entry("pairing:audit_rights", _("Rights"), "key", P.AUDIT_VIEW, group=_WATCH),
    _entry("pairing:sign_in_list", _("Sign-ins"), "clock", P.SIGN_IN_VIEW, group=_WATCH),
)


def surface(roles: Iterable[str]) -> str:
    """``cadre`` for people who work on a phone only, ``office`` for everybody with another role as well."""
    held = set(roles)
    return "cadre" if not held - {Role.CADRE} else "office"


@lru_cache(maxsize=128)
def _address(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def places(roles: Iterable[str], current: str = "") -> list[Place]:
    """The entries that holders of ``roles`` see, in order; ``current`` is the URL name of this page.

    Somebody who is a cadre beside an office role gets his cadre pages in the side bar too.
    """
    held = set(roles)
    carried = frozenset().union(*(permissions_of(role) for role in held))
    if surface(held) == "cadre":
        entries = CADRE
    else:
        entries = (*(e for e in CADRE if e.permissions), *OFFICE) if Role.CADRE in held else OFFICE
    shown = [
        (entry, url)
        for entry in entries
        if (not entry.permissions or entry.permissions & carried) and (url := _address(entry.url_name))
    ]
    here = _current([entry for entry, _url in shown], current)
    return [Place(url, entry.label, entry.icon, entry is here, entry.group) for entry, url in shown]


def _current(entries: list[Entry], url_name: str) -> Entry | None:
    """The entry of this page: by its own name, else by its noun, so that a form is "in" its list."""
    exact = (e for e in entries if url_name == e.url_name or url_name in e.under)
    kin = (e for e in entries if url_name.rpartition("_")[0] == e.url_name.rpartition("_")[0])
    return next(exact, next(kin, None))
