"""Printed visit slips (走访单) for days on paper, and the way back from a slip's number to the household."""

import secrets
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4, uuid5

from households.models import Household
from households.models.scoped import codes_of
from pairing import clock
from pairing.audit import action
from pairing.roles import P
from visits import checks, rules
from visits.actions import counters
from visits.models import Slip


def print_slips(
    *, households: Iterable[Household], cadre: Any, print_id: UUID | None = None, by: Any
) -> list[Slip]:
    """A fresh slip for each household, in the order given and the name of its helper. Numbers are random and say
    nothing. The same ``print_id`` again, as by a second tap, gives the same slips. Raises Refused for a closed
    file and for one that ``by`` looks after no longer."""
    print_id = print_id or uuid4()
    with action("slip.print", by=by) as entry:
        slips = []
        for household in counters.lock_all_for(by, P.VISIT_LOG, [household.pk for household in households]):
            rules.check_open_file(household)
            public_id = uuid5(print_id, f"{by.pk} {household.public_id}")
            slip = Slip.everything.filter(public_id=public_id).first()
            slips.append(
                slip
                or Slip.everything.create(
                    **codes_of(household),
                    public_id=public_id,
                    household=household,
                    cadre=cadre,
                    number=_free_number(household.county_code),
                    printed_by=by,
                    printed_at=clock.now(),
                )
            )
            entry.about(household)
        entry.object_type = "households.household"
    return slips


def _free_number(county_code: str) -> str:
    """A number that the county has not used; ten million exist, so the second try is rare."""
    while True:
        number = checks.slip_number(secrets.randbelow(10_000_000))
        if not Slip.everything.filter(county_code=county_code, number=number).exists():
            return number
