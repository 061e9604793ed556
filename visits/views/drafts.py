"""Unsent drafts: the key under which this person's browser keeps them, and second texts kept here."""

import base64
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pairing import audit
from pairing.access import permission_required
from pairing.crypto import draft_key as key_of
from pairing.roles import P
from visits.actions.drafts import discard_draft
from visits.models import ConflictDraft, Visit
from visits.sections.kept import kept_lines

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
    visits = Visit.objects.visible_to(user, P.HOUSEHOLD_VIEW).select_related("household")
    visits = visits.filter(author=user, client_id__in=[draft.client_id for draft in drafts])
    saved = {visit.client_id: visit for visit in visits}
    audit.read("draft.list", by=user, objects=[*drafts, *saved.values()])
    kept = [(draft, kept_lines(draft), saved.get(draft.client_id)) for draft in drafts]
    return render(request, "visits/draft_list.html", {"kept": kept})


@require_POST
@permission_required(P.VISIT_LOG, P.VISIT_ENTER)
def draft_discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """The author is done with a kept text."""
    draft = get_object_or_404(ConflictDraft.kept_for(request.user), public_id=public_id)
    discard_draft(draft=draft, by=request.user)
    messages.success(request, _("The kept text is gone."))
    return redirect("visits:draft_list")
