"""Help (帮扶): what a household was given or had done for it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.models import Household
from households.models.scoped import codes_of
from pairing import codelists
from pairing.errors import Refused
from visits import checks
from visits.models import Help, Visit


@dataclass(frozen=True)
class HelpInput:
    """One piece of help. ``amount`` in yuan; ``quantity`` with its unit, such as ``2袋``."""

    kind: str
    what: str = ""
    quantity: str = ""
    amount: Decimal | None = None
    source: str = ""


def add_help(
    household: Household, help: HelpInput, given_on: date, given_by: Any, visit: Visit | None = None
) -> Help:
    """The row of one piece of help, for an action that is under way."""
    if not codelists.holds("help_kind", help.kind, given_on):
        raise Refused(_("Choose what kind of help it was."), "kind")
    return Help.everything.create(
        **codes_of(household),
        household=household,
        visit=visit,
        given_by=given_by,
        given_on=given_on,
        kind=help.kind,
        what=checks.one_line(help.what),
        quantity=checks.one_line(help.quantity),
        amount=help.amount,
        source=help.source,
    )
