"""Prints of this floor: the visit slip (走访单), two on an A4, with the household's code."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pairing import clock, codelists
from pairing.models import Area
from pairing.pdf import compose, short_hash
from pairing.wording import colon, day
from visits.forms.visit import Subject
from visits.models import Promise, Slip, Visit

TEMPLATES = Path(__file__).parent / "print"
VERSION = "1"  # of the slip's form: raise it when the questions change


def visit_slips(slips: Sequence[Slip], subjects: Sequence[Subject]) -> bytes:
    """The PDF of these slips. Nothing restricted is ever asked on paper."""
    villages = Area.objects.in_bulk([slip.village_code for slip in slips])
    cells = [
        _slip(slip, subject, villages[slip.village_code].label if slip.village_code in villages else "")
        for slip, subject in zip(slips, subjects, strict=True)
    ]
    data: dict[str, Any] = {"slips": cells, "words": _words()}
    demo = settings.PAIRING_PROFILE == "demo"
    data["foot"] = _("as at %(date)s · form %(version)s · %(hash)s") % {
        "date": day(clock.today()),
        "version": VERSION,
        "hash": short_hash(data),
    }
    data["demo"] = _("Demo data") if demo else ""
    return compose(TEMPLATES / "visit_slip.typ", data)


def _slip(slip: Slip, subject: Subject, village: str) -> dict[str, Any]:
    household = slip.household
    return {
        "number": slip.printed_number,
        "head": household.head_name,
        "place": " · ".join(part for part in (village, household.group_name) if part),
        "helper": slip.cadre.name,
        "people": [name for _key, name in subject.people],
        "due": [f"{promise.what}（{day(promise.due_on)}）" for promise in subject.due],
    }


def _words() -> dict[str, Any]:
    """Every word on the form, in the reader's language."""
    today = clock.today()
    words: dict[str, Any] = {
        "title": _("Visit slip"),
        "household": _("paired household"),
        "helper": _("helper"),
        "date": _("visit date"),
        "day_blank": _("year ____  month ____  day ____"),
        "how": _("how"),
        "methods": [str(label) for label in Visit.Method.labels],
        "whom": _("with whom"),
        "others": _("others"),
        "due": _("Due promises"),
        "answers": [
            *(str(Promise.State(state).label) for state in ("kept", "partly", "not_kept")),
            _("not asked today"),
        ],
        "said": _("what was said"),
        "no_change": _("no change"),
        "problem": _("problem"),
        "triage": [_("I will do it"), _("refer"), _("explained"), _("not now")],
        "promise": _("promise"),
        "by_when": _("by when"),
        "help": _("help"),
        "tasks_title": _("what was done"),
        "tasks": [label for _code, label in codelists.choices("visit_task", today)],
        "signature": _("helper's signature"),
        "hint": _("Promise only what you are sure of. Hand the slip to the village clerk the same day."),
    }
    first = {name: capfirst(word) for name, word in words.items() if isinstance(word, str)}
    return words | first | {"colon": colon()}
