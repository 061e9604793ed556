"""Who may do what at which address. An address that is not in this table fails the build.

Stated here by hand from ADR 20, not read from the code: the code is what is tested.
Order of refusals: 302 sign in · 405 · 403 no grant carries it · 404 out of scope · 403 the state forbids it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ROLES = (
    "anonymous", "cadre", "clerk", "staff", "reader", "township_admin", "county_admin", "leader", "auditor",
    "system",
)  # fmt: skip
ANYBODY = frozenset(ROLES) - {"anonymous"}
EVERYBODY = frozenset(ROLES)
HELPER = frozenset({"cadre"})
OFFICE = frozenset({"staff", "township_admin", "county_admin"})
ADMINS = frozenset({"township_admin", "county_admin"})
TYPISTS = frozenset({"clerk", "staff"})
VIEWERS = OFFICE | HELPER | {"clerk"}
MANAGERS = ADMINS | {"system"}
FIGURES = OFFICE | {"leader", "auditor"}
NOBODY = frozenset[str]()

VILLAGE = frozenset({"own", "area", "ended", "closed"})
TOWNSHIP = VILLAGE | {"other_village"}
COUNTY = TOWNSHIP | {"other_township"}
#: In which positions the rows lie that somebody's grants reach.
REACH: Mapping[str, frozenset[str]] = {
    "cadre": frozenset({"own"}),
    "clerk": VILLAGE,
    "staff": TOWNSHIP,
    "township_admin": TOWNSHIP,
    "county_admin": COUNTY,
    "system": COUNTY | {"other_county"},  # people and units only: he has no household by his role
}
#: Requests, visits and promises that are only their author's business.
OWN_ONLY = {"cadre": NOBODY, "clerk": NOBODY, "township_admin": NOBODY, "county_admin": NOBODY}
CLOSED = frozenset({"closed"})
NOT_CLOSED = COUNTY - CLOSED

Sent = tuple[int, ...]


@dataclass(frozen=True)
class Page:
    """One address: its methods, who may, about what, and what is answered in scope.

    ``reads``: it shows personal data, so each look leaves exactly one audit row. ``state``: positions in
    which the state forbids it (403). ``but``: other statuses, by role and position (or method, or "*"). ``post``: what a
    well-formed body may meet in scope; ``body`` is sent where the page itself has no form, ``fill`` completes
    what the page's form offers.
    """

    methods: str
    who: frozenset[str]
    kind: str = ""
    reads: bool = False
    get: Sent = (200,)
    post: Sent = (302,)
    state: frozenset[str] = frozenset()
    reach: Mapping[str, frozenset[str]] = field(default_factory=dict)
    but: Mapping[tuple[str, str], Sent] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    fill: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def allows(self, method: str) -> bool:
        return method in self.methods.split() or (method == "HEAD" and "HEAD" in self.methods)

    def expected(self, who: str, position: str, method: str) -> Sent:
        """The statuses that are right for ``who`` here."""
        if who not in self.who and who == "anonymous":
            return (302,)
        if not self.allows(method):
            return (405,)
        if who not in self.who:
            return (403,)
        if self.kind and position not in self.reach.get(who, REACH.get(who, NOBODY)):
            return (404,)
        for key in ((who, method), (who, position), (who, "*")):
            if key in self.but:
                return self.but[key]
        if position in self.state:
            return (403,)
        return self.post if method == "POST" else self.get


def look(who: frozenset[str], kind: str = "", **more: Any) -> Page:
    """A page to look at, with personal data on it."""
    return Page("GET", who, kind, reads=True, **more)


def form(who: frozenset[str], kind: str = "", **more: Any) -> Page:
    """A form about a household or a person: shown, then sent."""
    return Page("GET POST", who, kind, **{"reads": bool(kind)} | more)


def deed(who: frozenset[str], kind: str = "", **more: Any) -> Page:
    """A button: only sent."""
    return Page("POST", who, kind, **{"body": {}} | more)


# allauth's own pages: open to everybody, each asks for itself who is signed in.
SIGN_IN = Page("GET POST", EVERYBODY, get=(200, 302), post=(200, 302), body={})
PAGES: Mapping[str, Page] = {
    # --- allauth
    "account_login": SIGN_IN,
    "account_logout": SIGN_IN,
    "account_reauthenticate": Page("GET POST", ANYBODY, get=(200, 302), post=(200, 302), body={}),
    "account_change_password": Page("GET POST", ANYBODY, get=(200, 302), post=(200, 302), body={}),
    "mfa_authenticate": SIGN_IN,
    "mfa_reauthenticate": Page("GET POST", ANYBODY, get=(200, 302), post=(200, 302), body={}),
    # --- everybody's
    "pairing:home": Page("GET", ANYBODY, get=(302,)),
    "pairing:gallery": Page("GET", ANYBODY),
    "pairing:health_show": Page("GET HEAD", EVERYBODY),
    "pairing:session_show": Page("GET", ANYBODY),
    "pairing:language_set": deed(EVERYBODY, body={"language": "en", "next": "/"}),
    "pairing:profile_show": Page("GET", ANYBODY),
    "pairing:session_end": deed(ANYBODY),
    "pairing:second_factor_enrol": Page("GET POST", ANYBODY, post=(200,)),
    "pairing:second_factor_drop": deed(ANYBODY),
    "pairing:recovery_codes_create": deed(ANYBODY, post=(200, 302)),
    "pairing:invitation_find": Page("GET POST", EVERYBODY, post=(200,)),
    "pairing:invitation_accept": Page(
        "GET POST", EVERYBODY, "invitation", fill=dict.fromkeys(("password1", "password2"), "a long new walk"),
        reach=dict.fromkeys(EVERYBODY, frozenset({"own"})),
    ),
    # --- people, roles, units
    "pairing:person_list": look(MANAGERS),
    "pairing:person_create": form(MANAGERS, post=(200, 302)),
    "pairing:person_detail": look(MANAGERS, "person"),
    "pairing:person_edit": form(MANAGERS, "person", post=(200, 302)),
    "pairing:invitation_create": deed(MANAGERS, "person", post=(200, 302)),
    "pairing:person_disable": form(MANAGERS, "person", post=(200, 302)),
    "pairing:person_enable": deed(MANAGERS, "person"),
    "pairing:person_sign_out": deed(MANAGERS, "person"),
    "pairing:second_factor_reset": form(MANAGERS, "person", post=(200, 302)),
    "pairing:grant_create": form(MANAGERS, "person", post=(200, 302)),
    "pairing:grant_end": form(MANAGERS, "grant", post=(200, 302)),
    "pairing:unit_list": Page("GET", MANAGERS),
    "pairing:unit_create": form(MANAGERS, post=(200, 302)),
    "pairing:unit_detail": Page("GET", MANAGERS, "unit"),
    "pairing:unit_edit": form(MANAGERS, "unit", reads=False, post=(200, 302)),
    "pairing:village_link_list": Page("GET", ADMINS),
    "pairing:village_link_create": form(ADMINS, post=(200, 302)),
    "pairing:village_link_end": form(ADMINS, "village_link", reads=False, post=(200, 302)),
    # --- the log
    "pairing:audit_object": form(frozenset({"auditor"}), reads=True, post=(200,)),
    "pairing:audit_account": form(frozenset({"auditor"}), reads=True, post=(200,)),
    "pairing:audit_exports": form(frozenset({"auditor"}), reads=True, post=(200,)),
    "pairing:audit_rights": form(frozenset({"auditor"}), reads=True, post=(200,)),
    "pairing:sign_in_list": form(frozenset({"auditor", "system"}), reads=True, post=(200,)),
    # --- files
    "households:household_list": look(VIEWERS),
    "households:household_find": deed(OFFICE, body={"number": "13900000000"}, post=(200, 302)),
    "households:household_create": form(OFFICE, post=(200, 302)),
    "households:household_detail": look(VIEWERS, "household"),
    "households:household_edit": form(OFFICE, "household", state=CLOSED, post=(200, 302)),
    "households:household_close": form(OFFICE, "household", state=CLOSED, post=(200, 302)),
    "households:household_reopen": form(OFFICE, "household", state=NOT_CLOSED, post=(200, 302)),
    "households:listing_create": Page(
        "GET POST", ADMINS, post=(200, 302), body={"on": "2026-01-05", "reason": "survey", "seen": "0"}
    ),
    "households:listing_remove": Page(
        "GET POST", ADMINS, post=(200, 302), body={"reason": "survey", "seen": "0"}
    ),
    "households:household_move": form(OFFICE, "household", state=CLOSED, post=(200, 302)),
    "households:relations_edit": form(OFFICE, "household", state=CLOSED, post=(200, 302)),
    "households:listing_edit": form(ADMINS, "household", state=CLOSED, post=(200, 302)),
    "households:household_history": look(OFFICE, "household"),
    "households:year_edit": form(OFFICE, "year", state=CLOSED, post=(200, 302)),
    "households:member_create": form(OFFICE, "household", state=CLOSED, post=(200, 302)),
    "households:absence_create": form(OFFICE, "household", state=CLOSED, post=(200, 302)),
    "households:change_create": form(
        VIEWERS, "household", state=CLOSED, post=(200, 302), fill={"bank_name": "", "head": ""}
    ),
    "households:phone_show": deed(OFFICE | HELPER, "household", reads=True, post=(200,)),
    "households:number_reveal": form(OFFICE, "number", post=(200,)),
    "households:member_edit": form(OFFICE, "member", state=CLOSED, post=(200, 302)),
    "households:member_remove": form(OFFICE, "member", state=CLOSED, post=(200, 302)),
    "households:person_year_edit": form(OFFICE, "member", state=CLOSED, post=(200, 302)),
    "households:absence_end": form(OFFICE, "absence", state=CLOSED, post=(200, 302)),
    "households:question_answer": form(OFFICE, "question", state=CLOSED, post=(200, 302)),
    # --- changes
    "households:change_list": look(VIEWERS),
    "households:change_detail": form(
        VIEWERS, "change", post=(200, 302), reach={"cadre": NOBODY, "clerk": NOBODY},
        but={("staff", "POST"): (403,)},  # his own request: a second person decides
    ),
    "households:change_edit": form(VIEWERS, "change_returned", reach=OWN_ONLY, post=(200, 302)),
    "households:change_withdraw": form(VIEWERS, "change_returned", reach=OWN_ONLY),
    # --- registers
    "households:import_list": Page("GET", ADMINS),
    "households:import_create": form(ADMINS, post=(200,)),
    "households:column_title_list": Page("GET POST", ADMINS),
    "households:import_detail": look(ADMINS, "batch"),
    "households:import_apply": deed(ADMINS, "batch", body={"version": "2", "leave_out": "on"}, post=(302, 422)),
    "households:import_choose": deed(ADMINS, "batch"),
    "households:import_read": deed(ADMINS, "batch"),
    "households:import_discard": deed(ADMINS, "batch"),
    "households:import_undo": form(ADMINS, "batch", reads=False),
    "households:import_failed": look(ADMINS, "batch"),
    "households:column_title_create": deed(ADMINS, "batch", body={"title": "strange", "field": "name"}),
    # --- pairing
    "households:pairing_list": look(ADMINS),
    "households:pairing_create": form(ADMINS, reads=True, post=(200, 302)),
    "households:pairing_roster": form(ADMINS, post=(200, 302)),
    "households:helper_create": form(ADMINS, "household", state=CLOSED, post=(200, 302)),
    "households:helper_list": Page("GET", ADMINS),
    "households:helper_detail": look(ADMINS, "person"),
    "households:pairing_end": form(ADMINS, "pairing", post=(200, 302)),
    "households:pairing_void": deed(ADMINS, "pairing", post=(302, 403)),
    "households:pairing_history": look(ADMINS, "household"),
    "households:handover_list": Page("GET", ADMINS),
    "households:handover_create": form(ADMINS, "person", post=(200, 302)),
    # --- the cadre's day
    "visits:today": look(HELPER),
    "visits:household_brief_list": look(HELPER),
    "visits:visit_create": form(HELPER, "household"),
    "visits:visit_detail": look(VIEWERS, "visit"),
    "visits:visit_correct": form(
        HELPER | TYPISTS, "visit", but={("clerk", "*"): (403,), ("staff", "*"): (403,)}
    ),
    "visits:visit_withdraw": form(
        HELPER | TYPISTS, "visit", but={("clerk", "*"): (403,), ("staff", "*"): (403,)}
    ),
    # What was typed for him he confirms also when the pairing has ended since, or the file is closed.
    "visits:visit_confirm": form(
        HELPER, "visit_entered", reach={"cadre": frozenset({"own", "ended", "closed"})}
    ),
    "visits:visit_answer": form(HELPER, "visit_asked"),
    "visits:promise_list": look(HELPER),
    "visits:promise_done": form(HELPER, "promise"),
    "visits:promise_move": form(HELPER, "promise", post=(302, 422)),
    "visits:promise_drop": form(HELPER, "promise"),
    "visits:promise_word": form(HELPER, "promise_done"),
    "visits:slip_print": form(HELPER, reads=True, post=(200,)),
    "visits:slip_enter": form(TYPISTS, post=(302, 422)),
    "visits:visit_enter": form(TYPISTS, "slip", state=CLOSED, post=(302, 422)),
    "visits:draft_list": look(HELPER | TYPISTS),
    "visits:draft_discard": deed(
        HELPER | TYPISTS, "draft", reach=dict.fromkeys(("clerk", "staff"), NOBODY)
    ),
    "visits:draft_key": Page("GET", HELPER | TYPISTS),
    # --- the township's day
    "visits:queue_list": look(OFFICE),
    "visits:visit_read": form(OFFICE, "visit", fill={"ask_visited_on": "", "ask_said": "", "ask_facts": "", "read": "yes"}),
    "visits:fact_record": form(OFFICE, "fact", state=CLOSED),
    "visits:referral_list": look(OFFICE),
    "visits:problem_detail": look(OFFICE | HELPER, "problem"),
    "visits:problem_move": form(
        OFFICE | HELPER, "problem_move",
        # A step that is the helper's: the township acts only where a household has none.
        but={("staff", "own"): (403,), ("township_admin", "own"): (403,), ("county_admin", "*"): (403,)},
    ),
    "visits:overview_show": Page("GET", FIGURES),
    "visits:overview_print": Page("GET", FIGURES),
    "visits:village_list": Page("GET", FIGURES),
    "visits:stuck_list": Page("GET", FIGURES),
    "visits:figure_list": look(OFFICE, more={"key": "referrals_late"}),
}  # fmt: skip
