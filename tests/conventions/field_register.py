"""Every field that is kept: of which class, for which purpose, who may see it on a page, and who writes it (S05).

``public``: says nothing of a private person. ``personal``: tells of one. ``sensitive``: harms him in the wrong
hands (income, health, belief of neighbours). ``sealed``: lies encrypted and is opened on purpose.
Readers are the roles whose pages may show the value; everybody else's never do. A field that no page shows
(a hash, a key to sort by) has none. Writers are the roles whose deeds may change it, be it by what follows from
them (a counter, a state). What only commands or the database itself write has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

HELPER = frozenset({"cadre"})
OFFICE = frozenset({"staff", "township_admin", "county_admin"})
CLERK = frozenset({"clerk"})
VILLAGE = OFFICE | HELPER | CLERK  # who opens files
CASE = OFFICE | HELPER  # who knows the household's affairs; a clerk sees fewer fields
ADMINS = frozenset({"township_admin", "county_admin"})
MANAGERS = ADMINS | {"system"}
AUDITORS = frozenset({"auditor", "system"})
EVERYBODY = VILLAGE | MANAGERS | AUDITORS | {"reader", "leader"}
ANYBODY = EVERYBODY | {"anonymous"}  # before the door, too: signing in, an invitation
TYPISTS = frozenset({"clerk", "staff"})  # who enter a slip for a helper
LOGGERS = HELPER | TYPISTS
NOBODY = frozenset[str]()

CLASSES = ("public", "personal", "sensitive", "sealed")


@dataclass(frozen=True)
class Entry:
    """One field of the register."""

    kind: str
    purpose: str
    readers: frozenset[str]
    writers: frozenset[str]


@dataclass(frozen=True)
class Fields:
    """Fields of one model that are alike."""

    kind: str
    purpose: str
    readers: frozenset[str]
    names: str


def public(purpose: str, names: str, readers: frozenset[str] = EVERYBODY) -> Fields:
    return Fields("public", purpose, readers, names)


def personal(purpose: str, names: str, readers: frozenset[str]) -> Fields:
    return Fields("personal", purpose, readers, names)


def sensitive(purpose: str, names: str, readers: frozenset[str]) -> Fields:
    return Fields("sensitive", purpose, readers, names)


def sealed(purpose: str, names: str, readers: frozenset[str]) -> Fields:
    return Fields("sealed", purpose, readers, names)


PLACE = public("which row, and where", "id public_id county_code township_code village_code")
ROW = public("which row, where, in which version", PLACE.names + " version")
KEY = public("which row", "id public_id")
YEAR = public("of which household and year, and how that is known", "household year fact_source known_on")

_REGISTER: Mapping[str, list[Fields]] = {
    # --- ground floor
    "pairing.Area": [public("the places of the state", "code level name display_name pinyin active")],
    "pairing.FormerCode": [public("codes that places had", "code area name until")],
    "pairing.Code": [public("code lists", "id list_name code label_zh label_en aliases valid_from valid_to order")],
    "pairing.AuditEvent": [
        public("who did or saw what", "id at actor_id actor_role actor_area action object_type object_ids"),
        public("where, which fields, with what result", "object_area fields result detail request_id"),
        personal("why somebody looked", "reason", AUDITORS),
        personal("from which address", "address", EVERYBODY),  # of one's own sign-ins; else auditors only
    ],
    "pairing.Unit": [
        public("units that send helpers", "id public_id area county_code name kind level active version"),
        personal("whom to ask at a unit", "contact", MANAGERS),
        sealed("how to ask a unit", "contact_phone", MANAGERS),
    ],
    "pairing.VillageLink": [
        public("which unit is linked to which village", KEY.names + " unit village started_on ended_on end_reason"),
    ],
    "pairing.User": [
        public("which account, in which language, of which unit", "id public_id area unit language version created_at"),
        personal("who works here: named beside what he did", "name username duty", EVERYBODY),
        personal("how a name is found", "name_key", NOBODY),
        sealed("how to reach a colleague, and sign-in", "phone", MANAGERS),
        personal("sign-in by phone without storing it openly", "phone_hmac", NOBODY),
        sensitive("getting in", "password", NOBODY),
        personal("state of the account", "last_login is_active must_change_password session_epoch", MANAGERS),
        personal("state of the account", "second_factor_on password_changed_at", MANAGERS),
    ],
    "pairing.Grant": [
        personal(
            "who may do what, where and when",
            "id public_id user role area started_on ended_on granted_by ended_by",
            EVERYBODY,
        )
    ],
    "pairing.Invitation": [
        personal("a first way in", "id public_id user kind created_by created_at expires_at used_at", MANAGERS),
        sensitive("the code on the sheet, as a hash", "token_hash", NOBODY),
    ],
    "pairing.KnownDevice": [
        personal("a browser known to an account", "id user created_at last_used_at", NOBODY),
        sensitive("its cookie, as a hash", "token_hash", NOBODY),
    ],
    # --- files
    "households.Household": [
        ROW,
        personal("which family, and where it lives", "group_name file_number head_name address", VILLAGE),
        personal("when one is welcome", "best_time", VILLAGE),
        personal("how a name is found", "head_key head_initials search_terms", NOBODY),
        public("the state of the file", "status closed_on closed_reason moved_from listed_on created_at"),
        sensitive("what kind of support the law gives", "household_type", VILLAGE),
        sealed("how to call the family: masked, in full by a deed of its own", "phone", CASE),
        personal("to find a file by a number", "phone_hmac", NOBODY),
        personal("where support is paid to", "bank_name", OFFICE),
        sealed("where support is paid to: masked, in full by a deed of its own", "bank_account", OFFICE),
        public("counters", "lead member_count pairing_count last_visit_on open_problems open_promises"),
        public("at which months' ends a visit is recent", "visit_months", NOBODY),
    ],
    "households.VillageMonth": [
        public("how many households a village's months have", "id county_code township_code village_code month"),
        public("how many households a village's months have", "opened listed covered"),
    ],
    "households.HouseholdYear": [
        ROW, YEAR,
        sensitive("what kind of support the law gives", "household_type", VILLAGE),
        sensitive("the register of the year", "household_status monitoring_kind exit_year", CASE),
        sensitive("why a family needs help", "main_cause other_causes", CASE),
        personal("how it lives", "housing_grade dangerous_housing water_safe water_hard", CASE),
        sensitive("what it lives on", "per_head_income", OFFICE),
    ],
    "households.Person": [
        ROW,
        personal("who belongs to the family", "name sex birth_date", VILLAGE),
        personal("the register", "ethnic_group certificate person_number died_on", OFFICE),
        personal("how a name is found", "name_key", NOBODY),
        sealed("who he is: the area's digits, in full by a deed of its own", "id_number", OFFICE),
        sealed("how to call him: masked, in full by a deed of its own", "phone", CASE),
        personal("to find a person by a number, once in a county", "identity_hmac phone_hmac", NOBODY),
    ],
    "households.Membership": [
        ROW,
        personal("who belongs to the family, since when", "household person relation", VILLAGE),
        personal("why he came or left", "joined_on joined_reason left_on left_reason", OFFICE),
    ],
    "households.PersonYear": [
        ROW, YEAR, public("whose year", "person"),
        sensitive("health", "health", CASE),
        personal("schooling and work", "education schooling labour work_place work_months", CASE),
        personal("insurance", "illness_insurance", OFFICE),
    ],
    "households.Absence": [
        ROW, personal("who is away", "household person away_from until expected_back where", VILLAGE),
    ],
    "households.ChangeRequest": [
        ROW,
        public(
            "the way of a request",
            "household state batch base_version round proposed_at decided_at withdrawn_at",
        ),
        personal("who asks, who decides", "proposed_by decided_by", VILLAGE),
        personal("why, and what was seen", "reason proof remark", VILLAGE),  # one's own, or to review
    ],
    "households.ChangeField": [
        PLACE,
        public("which field", "request household model person year field decision"),
        sealed("old and new value: whoever asks or decides", "old new", VILLAGE),
        personal("what the reviewer says", "remark", VILLAGE),
    ],
    "households.Pairing": [
        ROW,
        public("who helps whom", "household cadre role started_on ended_on end_reason previous recorded_at voided"),
        personal("why a helper left", "end_note", OFFICE),
        personal("what the next helper should know", "handover_note", CASE),
    ],
    "households.FileQuestion": [
        PLACE,
        public("what does not fit in a file", "household rule subject facts raised_on answered_at cleared_on"),
        personal("why the file is right", "answer answered_by", OFFICE),
    ],
    "households.ImportBatch": [
        KEY,
        public("which register came in", "county_code area year sha256 size layout state counts columns notes"),
        public("who brought it", "uploaded_by uploaded_at applied_by applied_at version"),
        personal("the name of a file may hold a name", "file_name", ADMINS),
    ],
    "households.ImportFile": [KEY, public("of which import", "batch county_code"), sealed("as it came", "sealed", NOBODY)],
    "households.ImportRow": [
        KEY, public("which row", "batch county_code number outcome messages choice household"),
        personal("rows of one family", "household_key", NOBODY),
        sealed("the dry run", "payload", ADMINS),
    ],
    "households.ImportEffect": [
        KEY,
        public("what an import did", "county_code township_code village_code batch household model row_id created"),
        public("what an import did", "version_after"),
        sealed("to take it back", "before", NOBODY),
    ],
    "households.ColumnAlias": [KEY, public("titles of columns", "area county_code title field")],
    # --- visits
    "visits.Visit": [
        ROW,
        public("which visit", "household author client_id visited_by confirmed_by confirmed_at visited_on recorded_at"),
        public("how far it is", "device_at method state reading_reasons read_by read_at withdrawn_at after_pairing"),
        public("one visit, sent twice", "body_hmac", NOBODY),
        personal("whom one met, what one did", "met met_others no_change tasks", VILLAGE),
        personal("what was said", "said", VILLAGE),
        personal("why it was taken back", "withdrawn_reason", VILLAGE),
        sealed("what was said for few ears: author, successor, the named reader", "restricted", HELPER | {"reader"}),
        public("that there is such a part", "has_restricted"),
        sealed("which facts still hold", "facts", CASE),
    ],
    "visits.VisitCorrection": [
        PLACE, public("of which visit", "visit household corrected_by corrected_at"),
        personal("what should have been written", "text reason", VILLAGE),
    ],
    "visits.VisitQuestion": [
        PLACE, public("at which field", "visit household field asked_by asked_at answered_by answered_at"),
        personal("what the township asks", "question answer", VILLAGE),
    ],
    "visits.ConflictDraft": [
        KEY, public("whose second text", "county_code author client_id kept_at"),
        public("the same text only once", "body_hmac", NOBODY),
        sealed("what was typed twice: its author", "body", HELPER),
    ],
    "visits.VisitEffect": [
        PLACE, public("what followed from which visit", "visit household kind absence request version_after fact"),
        personal("as the file said before: only to take it back", "former_until former_back", NOBODY),
        public("taken back with the visit", "taken_back_at", CASE),
    ],
    "visits.Help": [
        ROW, public("by whom, when", "household visit given_by given_on source"),
        personal("what was given", "kind what quantity amount", VILLAGE),
    ],
    "visits.Problem": [
        ROW,
        public("its way", "household visit raised_by raised_on restricted state office level referred_on due_on"),
        public("its way", "look_again_on answered_by answered_at told_on closed_on"),
        personal("what the household needs", "kind words", VILLAGE),
        personal("what came of it", "reason outcome household_view", CASE),
    ],
    "visits.ProblemStep": [
        PLACE, public("one step", "problem household state office level by at"),
        personal("as the household could be told it", "note", CASE),
    ],
    "visits.Promise": [
        ROW,
        public("its way", "household visit problem made_by holder made_on due_on state times_moved done_on done_by"),
        public("its way", "asked_by asked_on asked_at_visit"),
        personal("what was promised", "what", VILLAGE),
        personal("what came of it", "done_what household_word dropped_reason", VILLAGE),
    ],
    "visits.PromiseDate": [
        PLACE, public("a former date", "promise household due_on moved_by moved_at"),
        personal("why it moved", "reason", VILLAGE),
    ],
    "visits.Slip": [PLACE, public("a printed slip", "household cadre number printed_by printed_at visit")],
}  # fmt: skip

#: Who writes a model's fields; where it differs, the fields by name.
_WRITERS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "pairing.Area": {"*": NOBODY},
    "pairing.FormerCode": {"*": NOBODY},
    "pairing.Code": {"*": NOBODY},
    "pairing.AuditEvent": {"*": ANYBODY},
    "pairing.Unit": {"*": MANAGERS},
    "pairing.VillageLink": {"*": ADMINS},
    "pairing.User": {
        "*": MANAGERS,
        "language": EVERYBODY,
        "password password_changed_at must_change_password last_login session_epoch second_factor_on": ANYBODY,
    },
    "pairing.Grant": {"*": MANAGERS},
    "pairing.Invitation": {"*": MANAGERS, "used_at": ANYBODY},
    "pairing.KnownDevice": {"*": ANYBODY},
    "households.Household": {
        "*": OFFICE,
        "listed_on lead pairing_count": ADMINS,
        "last_visit_on visit_months open_problems open_promises": VILLAGE,
    },
    "households.VillageMonth": {"*": NOBODY},
    "households.HouseholdYear": {"*": OFFICE},
    "households.Person": {"*": OFFICE},
    "households.Membership": {"*": OFFICE},
    "households.PersonYear": {"*": OFFICE},
    "households.Absence": {"*": VILLAGE},  # a visit tells of it, too
    "households.ChangeRequest": {"*": VILLAGE, "decided_by decided_at withdrawn_at remark": OFFICE},
    "households.ChangeField": {"*": VILLAGE, "remark": OFFICE},
    "households.Pairing": {"*": ADMINS},
    "households.FileQuestion": {"*": OFFICE},
    "households.ImportBatch": {"*": ADMINS},
    "households.ImportFile": {"*": ADMINS},
    "households.ImportRow": {"*": ADMINS},
    "households.ImportEffect": {"*": ADMINS},
    "households.ColumnAlias": {"*": ADMINS},
    "visits.Visit": {
        "*": LOGGERS,
        "state version reading_reasons": VILLAGE,
        "confirmed_by confirmed_at": HELPER,
        "read_by read_at": OFFICE,
    },
    "visits.VisitCorrection": {"*": LOGGERS},
    "visits.VisitQuestion": {"*": OFFICE, "answer answered_by answered_at": HELPER},
    "visits.ConflictDraft": {"*": LOGGERS},
    "visits.VisitEffect": {"*": VILLAGE},
    "visits.Help": {"*": LOGGERS},
    "visits.Problem": {"*": VILLAGE},
    "visits.ProblemStep": {"*": VILLAGE},
    "visits.Promise": {
        "*": LOGGERS,
        "holder state version dropped_reason": LOGGERS | ADMINS,  # handed over, or dropped with its pairing
    },
    "visits.PromiseDate": {"*": HELPER},
    "visits.Slip": {"*": HELPER, "visit": LOGGERS},
}


def _writers(model: str) -> dict[str, frozenset[str]]:
    """Who writes which field of a model, by its name; ``*`` for all others."""
    return {name: roles for names, roles in _WRITERS[model].items() for name in names.split()}


REGISTER: Mapping[str, Mapping[str, Entry]] = {
    model: {
        name: Entry(fields.kind, fields.purpose, fields.readers, writers.get(name, writers["*"]))
        for fields in groups
        for name in fields.names.split()
    }
    for model, groups in _REGISTER.items()
    for writers in [_writers(model)]
}
