"""What every save of a file does: lock it, compare and raise versions, look at the rules' questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from households import rules
from households.actions.counters import recount
from households.actions.questions import refresh_questions
from households.models import ChangeRequest, Household
from households.rules import words
from pairing.errors import Conflict, Refused

Row = TypeVar("Row")


@dataclass(frozen=True)
class Saved(Generic[Row]):
    """What a save wrote at once, and the request that waits for a second person, if any fact needs one."""

    row: Row
    request: ChangeRequest | None = None


def locked(household: Household) -> Household:
    """The file as it stands now, locked until the end of the transaction.

    Raises Refused when it stands in another village than it did for whoever was let in.
    """
    return locked_all([household])[0]


def locked_all(households: Iterable[Household]) -> list[Household]:
    """The same for many files, locked in key order."""
    villages = {household.pk: household.village_code for household in households}
    files = list(Household.everything.select_for_update().filter(pk__in=villages).order_by("pk"))
    if any(file.village_code != villages[file.pk] for file in files):
        raise Refused(rules.MOVED)
    return files


def locked_open(household: Household) -> Household:
    """The file, locked, if it is open. Raises Refused."""
    return all_locked_open([household])[0]


def all_locked_open(households: Iterable[Household]) -> list[Household]:
    """These files, locked in key order. Raises Refused when one of them is closed."""
    files = locked_all(households)
    for household in files:
        rules.check_open(household)
    return files


def check_version(
    row: Any,
    version: int | None,
    model: str = "",
    stored: Mapping[str, Any] | None = None,
    sent: Mapping[str, Any] | None = None,
) -> None:
    """Refuse a save that began from an older state. Raises Conflict, which carries both in words."""
    if version is None or row.version == version:
        return
    raise Conflict(
        _("Somebody else has changed this since you opened it. Both texts stand below; nothing is lost."),
        stored=words.said(model, stored or {}),
        sent=words.said(model, sent or {}),
    )


def touched(household: Household, *, people: bool = False) -> None:
    """Raise the version of a locked file after an edit; keep what it knows of people and questions."""
    household.version += 1
    household.save(update_fields=["version"])
    if people:
        recount([household.pk])
    refresh_questions(household)


def text_of(value: Any) -> str:
    """A stored value as the text that forms and change requests carry; empty for none."""
    if hasattr(value, "open"):
        return str(value.open())
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return "" if value is None else str(value)
