"""How staged rows are shown: names, places, problems and old → new in the reader's words; numbers masked."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from households.models import ImportRow
from households.register.layouts import FIELDS, Kind
from households.register.staging import changes_of, loads, messages_of, place_of
from pairing import codelists, numbers, wording

Outcome = ImportRow.Outcome
TABS = (
    (Outcome.ERROR, gettext_lazy("Errors")),
    (Outcome.DOUBTFUL, gettext_lazy("Doubtful")),
    (Outcome.NEW, pgettext_lazy("rows", "New")),
    (Outcome.CHANGED, pgettext_lazy("rows", "Changed")),
    (Outcome.SAME, gettext_lazy("Same")),
    (Outcome.ABSENT, gettext_lazy("Not in this file")),
)
_SKIPPED = {
    "titles": lambda n: ngettext("%(n)s row of titles", "%(n)s rows of titles", n) % {"n": n},
    "total": lambda n: ngettext("%(n)s row of totals", "%(n)s rows of totals", n) % {"n": n},
    "note": lambda n: ngettext("%(n)s note", "%(n)s notes", n) % {"n": n},
}  # fmt: skip


def skipped_words(notes: Iterable[Mapping[str, Any]]) -> str:
    """What was passed over in the file, in one line; empty when nothing was."""
    words = [_SKIPPED[note["kind"]](note["count"]) for note in notes if note["code"] == "skipped"]
    return wording.listed(words)


def shown_row(row: ImportRow) -> dict[str, Any]:
    """One staged row for the page."""
    payload = loads(row.payload.open() or "{}")  # of a whole household that is absent there is nothing to say
    if row.outcome == Outcome.ABSENT:
        household = row.household
        name = payload.get("name") or (household.head_name if household else "")
        return {
            "name": name,
            "household": household,
            "where": household.file_number if household else "",
            "is_member": "name" in payload,
        }
    values, of_household = payload["values"], payload.get("household", {})
    sheet, number = place_of(row.number)
    changes = [*changes_of(of_household.get("changes", [])), *changes_of(payload["changes"])]
    return {
        "key": row.public_id,
        "number": number,
        "sheet": sheet if sheet > 1 else 0,
        "name": values.get("name", ""),
        "identity": numbers.mask_identity(values.get("id_number", "")),
        "relation": words("relation", values.get("relation", "")),
        "where": of_household.get("number", ""),
        "place": of_household.get("place", {}).get("village", ""),
        "household": row.household,
        "said": [
            {
                "column": said.column,
                "sentence": said.problem.sentence,
                "weight": said.problem.weight,
            }
            for said in messages_of(payload)
        ],
        "changes": [
            {
                "label": label(change.field),
                "old": words(change.field, change.old),
                "new": words(change.field, change.new),
                "note": _("waits for review") if change.waits else "",
            }
            for change in changes
        ],
        "choice": row.choice,
    }


def label(field: str) -> str:
    """A field's name in the reader's language."""
    if field == "head":
        return _("head of household")
    known = FIELDS.get(field)
    return str(known.label) if known and known.label else field


def words(field: str, value: Any) -> str:
    """A value in the reader's words; numbers of people masked."""
    if value is None or value in ("", []):
        return ""
    if field == "head":
        return _("another member")
    known = FIELDS.get(field)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return wording.listed(words(field, one) for one in value)
    if isinstance(value, dt.date):
        return str(wording.day(value))
    if known is None:
        return str(value)
    if known.kind is Kind.MONEY:
        return wording.yuan(value)
    if known.kind is Kind.IDENTITY:
        return numbers.mask_identity(value)
    if known.kind is Kind.PHONE:
        return numbers.mask_phone(value)
    if known.kind is Kind.BANK:
        return numbers.mask_bank_number(value)
    return codelists.label(known.list_name, value) if known.list_name else str(value)
