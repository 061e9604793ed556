"""What follows on this floor when a household's file closes."""

from typing import Any

from households.models import Household
from pairing.audit import action
from visits.actions import counters
from visits.models import Promise


def let_promises_go(household: Household, *, why: str, by: Any) -> None:
    """Drop the open promises of a file that closes: no helper is left to keep them.

    Problems stay open: the township answers them. Runs inside the closing's transaction
    (``settings.CLOSE_STEPS``).
    """
    promises = list(household.promises.open().select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if not promises:
        return
    with action("promise.drop", by=by) as entry:
        for promise in promises:
            promise.state, promise.dropped_reason = Promise.State.DROPPED, why[:200]
            promise.version += 1
            promise.save(update_fields=["state", "dropped_reason", "version"])
        counters.recount([household.pk])
        entry.about(household, *promises)
