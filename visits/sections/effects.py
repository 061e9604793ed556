"""What a visit did to the file, on the visit's page and on that of the change request that came of it."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from households.forms.changes import change_label
from households.models import ChangeRequest
from households.rules import is_sensitive
from households.rules.depths import depth_of, sees
from pairing.access import carries, covers
from pairing.fields import DOTS
from pairing.roles import P
from pairing.wording import listed, said_of
from visits import rules
from visits.actions.recording import is_for_the_file, told_facts
from visits.models import Visit, VisitEffect


def effect_lines(visit: Visit, user: Any) -> list[dict[str, Any]]:
    """What a visit did to the file and asked for, each as a line with its state and, where ``user`` may, a way."""
    effects = (
        visit.effects.exclude(kind=VisitEffect.Kind.RECORDED)
        .select_related("absence__person", "request")
        .prefetch_related("request__changes__person")
    )
    return [_effect_line(effect, user) for effect in effects]


def fact_lines(visit: Visit, user: Any) -> list[dict[str, Any]]:
    """The facts that were spoken of; changed ones with whether they are recorded, or for the office the way to it.

    Of a fact that the file keeps from him a reader is told only what he wrote himself.
    """
    facts = told_facts(visit)
    depth = depth_of(user, visit.village_code)
    for fact in facts if user.pk not in (visit.visited_by_id, visit.author_id) else ():
        model, _dash, name = fact["key"].partition("-")
        if is_sensitive(model, name) and not sees(depth, name):
            fact["words"] = DOTS
    changed = [fact for fact in facts if is_for_the_file(fact)]
    recorded = set(visit.effects.recorded().values_list("fact", flat=True)) if changed else set()
    standing = visit.household.is_open and visit.state != Visit.State.WITHDRAWN
    may_record = standing and covers(user, P.HOUSEHOLD_EDIT, visit.village_code)
    for fact in changed:
        fact["recorded"] = fact["key"] in recorded
        if may_record and not fact["recorded"]:
            fact["url"] = reverse("visits:fact_record", args=[visit.public_id, fact["key"]])
    return facts


def _effect_line(effect: VisitEffect, user: Any) -> dict[str, Any]:
    line = {"effect": effect, "can_take_back": rules.can_take_back(effect), "url": ""}
    if request := effect.request:
        facts = listed(change_label(change) for change in request.changes.all())
        may_open = request.proposed_by_id == user.pk or carries(user, P.CHANGE_DECIDE)
        url = reverse("households:change_detail", args=[request.public_id]) if may_open else ""
        tone = "due" if request.state == ChangeRequest.State.WAITING else "info"
        return line | {"words": facts, "state": request.get_state_display(), "tone": tone, "url": url}
    taken = effect.taken_back_at is not None
    state = {
        "state": _("taken back") if taken else _("stands in the file"),
        "tone": "neutral" if taken else "done",
    }
    return line | state | {"words": _absence_words(effect)}


def _absence_words(effect: VisitEffect) -> str:
    absence = effect.absence
    assert absence is not None  # noqa: S101  a constraint of the table
    who = absence.person.name if absence.person else _("The whole family")
    return said_of(who, effect.get_kind_display())


def change_source(request: HttpRequest, change: ChangeRequest) -> SafeString | None:
    """From which visit a change request came, on its own page."""
    visits = Visit.objects.visible_to(request.user, P.HOUSEHOLD_VIEW).filter(effects__request=change)
    visit = visits.select_related("visited_by").defer("restricted", "facts").first()
    if visit is None:
        return None
    return render_to_string("visits/sections/change_source.html", {"visit": visit}, request)
