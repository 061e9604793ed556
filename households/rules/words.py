"""How a fact is said: its name and value in the reader's words. Numbers are masked, codes become labels."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairing import codelists, numbers, wording

#: Which code list a field's values come from.
LISTS: Final[Mapping[str, str]] = {
    "household_type": "household_type",
    "household_status": "household_status",
    "monitoring_kind": "monitoring_kind",
    "main_cause": "poverty_cause",
    "other_causes": "poverty_cause",
    "housing_grade": "housing_grade",
    "fact_source": "fact_source",
    "relation": "relation",
    "joined_reason": "member_joined_reason",
    "left_reason": "member_left_reason",
    "closed_reason": "member_left_reason",
    "sex": "sex",
    "certificate": "certificate",
    "ethnic_group": "ethnic_group",
    "education": "education",
    "schooling": "schooling",
    "health": "health",
    "labour": "labour",
    "work_place": "work_place",
    "where": "place_away",
    "end_reason": "pairing_end_reason",
}
MASKS: Final = {
    "id_number": numbers.mask_identity,
    "phone": numbers.mask_phone,
    "bank_account": numbers.mask_bank_number,
}
MONEY: Final = frozenset({"per_head_income"})
LABELS: Final[Mapping[str, Promise]] = {
    "relation": gettext_lazy("Relation to head"),
    "head": gettext_lazy("Head"),
    "listed_on": gettext_lazy("On the pairing list since"),
    "status": gettext_lazy("State of the file"),
    "closed_on": gettext_lazy("Closed on"),
    "closed_reason": gettext_lazy("Reason for closing"),
    "died_on": gettext_lazy("Died on"),
    "village_code": gettext_lazy("Village"),
    "lead": gettext_lazy("Lead helper"),
}
#: Which code list the reason of an action comes from; of all others it is ``change_reason``.
REASONS: Final[Mapping[str, str]] = {
    "household.close": "member_left_reason",
    "member.add": "member_joined_reason",
    "member.remove": "member_left_reason",
    "pairing.hand_over": "pairing_end_reason",
}
#: Begin the kept reason of a step that followed from another: the code of that one's reason, a file's name.
_CLOSED: Final = "file_closed:"
_IMPORTED: Final = "imported:"
MODELS: Final = {"household": "Household", "household_year": "HouseholdYear", "person": "Person"}


def label(model: str, field: str) -> str:
    """What a fact is called, by model name (``household_year`` or ``HouseholdYear``) and field."""
    if field in LABELS:
        return str(LABELS[field])
    verbose = apps.get_model("households", MODELS.get(model, model))._meta.get_field(field).verbose_name
    text = str(verbose)
    return text[:1].upper() + text[1:]


def say(field: str, value: Any) -> str:
    """A value in words: stored, or as the text of a change request. Empty for nothing known."""
    if value is None or value == "" or value == []:
        return ""
    if hasattr(value, "open"):
        value = value.open()
    if field in MASKS:
        return MASKS[field](str(value))
    if field in MONEY:
        return wording.yuan(Decimal(str(value)))
    if field in LISTS:
        codes = value if isinstance(value, list) else [value]
        return wording.listed(codelists.label(LISTS[field], str(code)) for code in codes)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return wording.day(value)
    if field in {"birth_date", "known_on"} and isinstance(value, str):
        return wording.day(date.fromisoformat(value))
    return str(value)


def because_closed(reason: str) -> str:
    """What is kept as the reason of a step that follows from closing a file; ``reason_of`` says it in words."""
    return f"{_CLOSED}{reason}"


def because_imported(file_name: str) -> str:
    """What is kept as the reason of a change that a register asks for; ``reason_of`` says it in words."""
    return f"{_IMPORTED}{file_name}"


def reason_of(text: str, action: str = "") -> str:
    """A reason in the reader's words: the label of its code, from what it follows, or as it was written."""
    if text.startswith(_IMPORTED):
        return _("Imported register %(name)s") % {"name": text.removeprefix(_IMPORTED)}
    if not text.startswith(_CLOSED):
        return codelists.label(REASONS.get(action, "change_reason"), text)
    code, _blank, more = text.removeprefix(_CLOSED).partition(" ")
    closed = _("The file was closed: %(reason)s.") % {"reason": codelists.label("member_left_reason", code)}
    return " ".join(filter(None, [closed, more]))


def said(model: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Names and values of several facts, for pages that show two states side by side."""
    return {label(model, field): say(field, value) for field, value in values.items()}
