"""What follows on this floor when a household's helper changes."""

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Subquery

from households.models import Household, Pairing
from pairing.models import User
from visits.models import Promise


def pass_promises_on(household_ids: Sequence[int], *, by: User) -> None:
    """Outstanding promises of somebody who no longer helps a household become its lead helper's to keep.

    Who made the promise stays as it was. Without a lead helper they wait with their former holder, and pass
    on when there is one. Runs inside the pairing's transaction (``settings.LEAD_STEPS``).
    """
    helps = Pairing.everything.open().filter(household=OuterRef("household"), cadre=OuterRef("holder"))
    lead = Household.everything.filter(pk=OuterRef("household")).values("lead")[:1]
    left = Promise.everything.outstanding().filter(household__in=household_ids, household__lead__isnull=False)
    left.exclude(Exists(helps)).exclude(holder=F("household__lead")).update(holder=Subquery(lead))
