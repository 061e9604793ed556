"""Unsent drafts: the key under which this person's browser keeps them, and second texts kept here."""

import base64
import json
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from households.rules import words as said
from pairing import audit, codelists
from pairing.access import permission_required
from pairing.crypto import draft_key as key_of
from pairing.roles import P
from pairing.wording import day
from visits.models import ConflictDraft

EPOCH = 1  # raise it to make every browser start with a new key


@require_GET
@permission_required(P.VISIT_LOG, P.VISIT_ENTER)
def draft_key(request: HttpRequest) -> HttpResponse:
    """The signed-in person's key. The browser keeps it non-extractable and drops it at sign-out."""
    user: Any = request.user
    key = base64.b64encode(key_of(user.public_id, EPOCH)).decode()
    return JsonResponse({"account": str(user.public_id), "epoch": EPOCH, "key": key})


@require_GET
@permission_required(P.VISIT_LOG, P.VISIT_ENTER)
def draft_list(request: HttpRequest) -> HttpResponse:
    """Second texts under an id already used: kept sealed, shown to their author alone."""
    user: Any = request.user
    drafts = list(ConflictDraft.kept_for(user))
    audit.read("draft.list", by=user, objects=drafts)
    texts = [(draft.kept_at, _words(json.loads(draft.body.open()))) for draft in drafts]
    return render(request, "visits/draft_list.html", {"texts": texts})


def _words(body: dict[str, Any]) -> list[str]:
    """What was typed, in the order of the form."""
    words = [body.get("met_others", ""), body.get("said", "")]
    words += [answer[name] for answer in body.get("answers", ()) for name in ("done_what", "household_word")]
    words += [fact["words"] for fact in body.get("facts", ())]
    words += _changes(body.get("changes", {}))
    for problem in body.get("problems", ()):
        words += [codelists.label("problem_kind", problem["kind"]), problem["words"], problem["reason"]]
    for promise in body.get("promises", ()):
        until = day(date.fromisoformat(promise["due_on"]))
        words += [promise["what"], _("due %(date)s") % {"date": until}]
    for given in body.get("help", ()):
        amount = _("%(amount)s yuan") % {"amount": given["amount"]} if given["amount"] else ""
        words += [codelists.label("help_kind", given["kind"]), given["what"], given["quantity"], amount]
    words += [codelists.label("visit_task", task) for task in body.get("tasks", ())]
    words += [body.get("restricted", "")]
    return [text for text in words if text]


def _changes(told: dict[str, Any]) -> list[str]:
    """What was typed of facts that changed; numbers masked, as everywhere."""
    away = [told["away"]] if told.get("away") else []
    found = [row["expected_back"] for row in (*away, *told.get("back", ()))]
    found += [said.say(row["field"], row["new"]) for row in told.get("asked", ())]
    return [*found, told.get("proof", "")]
