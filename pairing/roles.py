"""Which role carries which permission: one table, pure data.

Whether a person may do something *now*, given the state of a row, is the business of each app's ``rules``.
Source: ADR 20.
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a grant makes of its holder, within the grant's area."""

    CADRE = "cadre", _("cadre")
    CLERK = "clerk", _("village clerk")
    STAFF = "staff", _("township staff")
    READER = "reader", _("reader of restricted parts")
    ADMINISTRATOR = "administrator", _("administrator")
    LEADER = "leader", _("leader")
    AUDITOR = "auditor", _("auditor")
    SYSTEM = "system", _("system administrator")


class P(StrEnum):
    """A permission: what a view or an action asks for."""

    TODAY = "today"  # the cadre's home page
    HOUSEHOLD_VIEW = "household.view"
    HOUSEHOLD_EDIT = "household.edit"  # register and edit files and members
    CHANGE_PROPOSE = "change.propose"
    CHANGE_DECIDE = "change.decide"
    VISIT_LOG = "visit.log"  # one's own visits, promises, problems, help
    VISIT_ENTER = "visit.enter"  # for a helper, who confirms
    VISIT_READ = "visit.read"  # read a visit and ask
    RESTRICTED_READ = "restricted.read"
    PROBLEM_ANSWER = "problem.answer"
    PAIRING_MANAGE = "pairing.manage"
    IMPORT = "import"
    OVERVIEW_VIEW = "overview.view"  # figures
    OVERVIEW_ROWS = "overview.rows"  # and the rows behind them
    PEOPLE_MANAGE = "people.manage"
    AUDIT_VIEW = "audit.view"
    SIGN_IN_VIEW = "sign_in.view"  # other people's sign-ins
    PHONE_SHOW = "phone.show"
    NUMBER_REVEAL = "number.reveal"  # a full identity or bank number, once, with a reason


_ROLES: dict[P, frozenset[Role]] = {
    permission: frozenset(roles)
    for permission, roles in {
        P.TODAY: [Role.CADRE],
        P.HOUSEHOLD_VIEW: [Role.CADRE, Role.CLERK, Role.STAFF, Role.ADMINISTRATOR],
        P.HOUSEHOLD_EDIT: [Role.STAFF, Role.ADMINISTRATOR],
        P.CHANGE_PROPOSE: [Role.CADRE, Role.CLERK, Role.STAFF, Role.ADMINISTRATOR],
        P.CHANGE_DECIDE: [Role.STAFF, Role.ADMINISTRATOR],
        P.VISIT_LOG: [Role.CADRE],
        P.VISIT_ENTER: [Role.CLERK, Role.STAFF],
        P.VISIT_READ: [Role.STAFF, Role.ADMINISTRATOR],
        P.RESTRICTED_READ: [Role.READER],
        P.PROBLEM_ANSWER: [Role.STAFF, Role.ADMINISTRATOR],
        P.PAIRING_MANAGE: [Role.ADMINISTRATOR],
        P.IMPORT: [Role.ADMINISTRATOR],
        P.OVERVIEW_VIEW: [Role.STAFF, Role.ADMINISTRATOR, Role.LEADER, Role.AUDITOR],
        P.OVERVIEW_ROWS: [Role.STAFF, Role.ADMINISTRATOR],
        P.PEOPLE_MANAGE: [Role.ADMINISTRATOR, Role.SYSTEM],
        P.AUDIT_VIEW: [Role.AUDITOR],
        P.SIGN_IN_VIEW: [Role.AUDITOR, Role.SYSTEM],
        P.PHONE_SHOW: [Role.CADRE, Role.STAFF, Role.ADMINISTRATOR],
        P.NUMBER_REVEAL: [Role.STAFF, Role.ADMINISTRATOR],
    }.items()
}
_PERMISSIONS = {role: frozenset(p for p, roles in _ROLES.items() if role in roles) for role in Role}

# A cadre's grant gives no rows by area: he sees the households of his open pairings only.
BY_PAIRING = frozenset({Role.CADRE})
# Roles that may work without a second factor (a setting can demand it of them too).
WITHOUT_SECOND_FACTOR = frozenset({Role.CADRE, Role.CLERK})
# Roles that see a household with fewer fields: no identity number, no restricted text.
FEWER_FIELDS = frozenset({Role.CLERK})

# At which levels of area a role may be granted.
LEVELS: dict[Role, frozenset[str]] = {
    Role.CADRE: frozenset({"county", "township"}),
    Role.CLERK: frozenset({"village"}),
    Role.STAFF: frozenset({"township"}),
    Role.READER: frozenset({"township"}),
    Role.ADMINISTRATOR: frozenset({"township", "county"}),
    Role.LEADER: frozenset({"township", "county", "prefecture", "province"}),
    Role.AUDITOR: frozenset({"township", "county", "prefecture", "province"}),
    Role.SYSTEM: frozenset({"county", "prefecture", "province"}),
}


def permissions_of(role: str) -> frozenset[P]:
    """The permissions that ``role`` carries; none for an unknown role."""
    return _PERMISSIONS.get(Role(role), frozenset()) if role in Role.values else frozenset()


def grantable_by(role: str, level: str) -> frozenset[tuple[Role, str]]:
    """Which (role, area level) pairs a holder of ``role`` at an area of ``level`` may grant to others.

    A township administrator grants cadres, clerks, staff and readers; a county administrator also township
    administrators; a system administrator grants county administrators, leaders and auditors.
    """
    townships = {
        (Role.CADRE, "township"),
        (Role.CLERK, "village"),
        (Role.STAFF, "township"),
        (Role.READER, "township"),
    }
    if role == Role.ADMINISTRATOR and level == "township":
        return frozenset(townships)
    if role == Role.ADMINISTRATOR and level == "county":
        return frozenset(townships | {(Role.CADRE, "county"), (Role.ADMINISTRATOR, "township")})
    if role == Role.SYSTEM:
        above = {(r, lv) for r in (Role.LEADER, Role.AUDITOR) for lv in LEVELS[r]}
        return frozenset({(Role.ADMINISTRATOR, "county")} | above)
    return frozenset()
