"""One promise as a line, wherever promises are listed."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from pairing.wording import overdue_days, short_day
from visits.models import Promise


def promise_tone(promise: Promise, today: date) -> str:
    """The colour of a promise: due when it waits, done when it is settled."""
    if promise.state in (Promise.State.KEPT, Promise.State.PARTLY):
        return "done"
    if promise.is_overdue(today):
        return "due"
    return "neutral" if promise.state == Promise.State.DROPPED else "info"


def promise_line(promise: Promise, today: date) -> dict[str, Any]:
    """One promise as a line: what, by when in words, and how it stands."""
    done = promise.state == Promise.State.DONE
    return {
        "promise": promise,
        "when": _("done %(date)s; ask the household") % {"date": short_day(promise.done_on)}
        if done
        else f"{short_day(promise.due_on)} · {overdue_days(promise.due_on)}",
        "tone": promise_tone(promise, today),
    }
