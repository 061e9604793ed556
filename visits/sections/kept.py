"""A second text under an id already used, as its author reads it: what stood in which field of the form."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from households.rules import words as said
from pairing import codelists
from pairing.wording import day, listed, yuan
from visits.models import ConflictDraft, Promise, Visit

Line = tuple[str, str]


def kept_lines(draft: ConflictDraft) -> list[Line]:
    """Each field that was filled, with its label, in the order of the form; numbers masked, as everywhere."""
    body = json.loads(draft.body.open())
    return [(label, text) for label, text in _lines(body) if text]


def _lines(body: Mapping[str, Any]) -> Iterator[Line]:
    yield _("Visit date"), _day(body["visited_on"])
    yield _("How"), str(Visit.Method(body["method"]).label)
    yield _("Who else"), body.get("met_others", "")
    for answer in body.get("answers", ()):
        spoken = [_word(answer["word"]), answer["done_what"], answer["household_word"]]
        yield _("Promises spoken of"), listed(spoken)
    for fact in body.get("facts", ()):
        yield _("Facts spoken of"), fact["words"]
    yield from _changes(body.get("changes", {}))
    yield _("What was said"), body.get("said", "")
    for problem in body.get("problems", ()):
        kind = codelists.label("problem_kind", problem["kind"])
        yield _("Problem"), listed([kind, problem["words"], problem["reason"]])
    for promise in body.get("promises", ()):
        yield _("Promise"), listed([promise["what"], _("due %(date)s") % {"date": _day(promise["due_on"])}])
    for given in body.get("help", ()):
        kind = codelists.label("help_kind", given["kind"])
        amount = Decimal(given["amount"]) if given["amount"] else None
        yield _("Help"), listed([kind, given["what"], given["quantity"], yuan(amount)])
    yield _("What was done"), listed(codelists.label("visit_task", task) for task in body.get("tasks", ()))
    yield _("Restricted"), body.get("restricted", "")


def _day(text: str) -> str:
    return day(date.fromisoformat(text))


def _word(word: str) -> str:
    return str(Promise.State(word).label) if word in Promise.State.values else ""


def _changes(told: Mapping[str, Any]) -> Iterator[Line]:
    """What was typed of facts that changed."""
    for row in (*([told["away"]] if told.get("away") else []), *told.get("back", ())):
        yield _("Away"), row["expected_back"]
    for row in told.get("asked", ()):
        yield _("Change of the file"), said.say(row["field"], row["new"])
    yield _("Paper seen"), told.get("proof", "")
