"""One promise as a line, wherever promises are listed."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from pairing.wording import overdue_days, short_day
from visits.models import Promise


def promise_tone(promise: Promise, today: date) -> str:
    """The colour of a promise: due when it waits, done when it is settled."""
    if promise.state == Promise.State.KEPT:
        return "done"
    if promise.is_overdue(today) or promise.is_short:
        return "due"
    return "info" if promise.state in (Promise.State.OPEN, Promise.State.DONE) else "neutral"


def promise_line(promise: Promise, today: date) -> dict[str, Any]:
    """One promise as a line: what, by when in words, and how it stands."""
    return {"promise": promise, "when": _when(promise), "tone": promise_tone(promise, today)}


def _when(promise: Promise) -> str:
    if promise.state == Promise.State.DONE:
        return _("done %(date)s; ask the household") % {"date": short_day(promise.done_on)}
    if promise.is_short:
        return _("%(date)s, the household says: %(word)s") % {
            "date": short_day(promise.asked_on),
            "word": promise.get_state_display(),
        }
    return f"{short_day(promise.due_on)} · {overdue_days(promise.due_on)}"
