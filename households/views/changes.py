"""Change requests: proposed, listed, reviewed field by field, returned, sent again, withdrawn."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from households import rules
from households.actions import changes as change_actions
from households.actions.change_values import present_text
from households.forms.changes import ChangeForm, ResubmitForm, ReviewForm, change_label, what_changes
from households.models import ChangeField, ChangeRequest
from households.rules import changes as change_rules
from households.rules import words
from households.rules.depths import Depth, depth_of, sees
from households.views.files import place_of
from households.views.reach import household_or_404, present_members, record_shown
from pairing import audit, clock, codelists
from pairing.access import carries, permission_required
from pairing.errors import Refused, add_refusal
from pairing.fields import DOTS
from pairing.models.areas import village_names
from pairing.roles import P
from pairing.tables import Column, Table, capped_count, keyset_page

TONES = {
    ChangeRequest.State.WAITING: "due",
    ChangeRequest.State.DECIDED: "done",
    ChangeRequest.State.RETURNED: "info",
    ChangeRequest.State.WITHDRAWN: "neutral",
}
DECISION_TONES = {
    ChangeField.Decision.OPEN: "neutral",
    ChangeField.Decision.APPROVED: "done",
    ChangeField.Decision.REFUSED: "danger",
    ChangeField.Decision.BLOCKED: "due",
}


@require_http_methods(["GET", "POST"])
@permission_required(P.CHANGE_PROPOSE)
def change_create(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for a change of head, identity or bank."""
    household = household_or_404(request, public_id, P.CHANGE_PROPOSE)
    rules.check_open(household)
    fewer = depth_of(request.user, household.village_code) != "office"
    form = ChangeForm(request.POST or None, members=present_members(household), fewer=fewer)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = change_actions.propose_change(
                household=household,
                changes=form.changes(),
                reason=data["reason"],
                proof=data["proof"],
                by=request.user,
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, _("Handed in. The file keeps the old values until a second person approves.")
            )
            return redirect("households:change_detail", made.public_id)
    record_shown(request, household, P.CHANGE_PROPOSE)
    context = {"form": form, "household": household, "may_edit": not fewer, "today": clock.today()}
    return render(request, "households/change_create.html", context)


@require_GET
@permission_required(P.CHANGE_DECIDE, P.CHANGE_PROPOSE)
def change_list(request: HttpRequest) -> HttpResponse:
    """For reviewers: what waits in their area, oldest first. For others: their own requests."""
    mine = not carries(request.user, P.CHANGE_DECIDE) or request.GET.get("show") == "mine"
    rows = _mine(request) if mine else _to_review(request)
    page = keyset_page(
        rows.select_related("household", "proposed_by").prefetch_related("changes__person"),
        ("-id",) if mine else ("id",),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    audit.read("change.list", by=request.user, objects=page.rows, object_type="households.changerequest")
    return render(
        request,
        "households/change_list.html",
        {
            "mine": mine,
            "may_decide": carries(request.user, P.CHANGE_DECIDE),
            "table": _table(page.rows, mine),
            "pager": page,
            "count": capped_count(rows),
            "query": "show=mine" if mine else "",
        },
    )


@require_http_methods(["GET", "POST"])
@permission_required(P.CHANGE_DECIDE, P.CHANGE_PROPOSE)
def change_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One request, old beside new. A second person ticks each field, or returns it once with all remarks."""
    change = _request_or_404(request, public_id)
    fields = list(change.changes.select_related("person").order_by("pk"))
    in_reach = ChangeRequest.objects.visible_to(request.user, P.CHANGE_DECIDE).filter(pk=change.pk).exists()
    may_decide = in_reach and change_rules.can_decide(change, request.user)
    form = ReviewForm(request.POST or None, request=change, changes=fields) if in_reach else None
    if request.method == "POST":
        change_rules.check_reviewer(change, request.user, in_reach=in_reach)
        if form is not None and form.is_valid() and _review(request, change, form):
            return _after_review(request, change)
    record_shown(request, change, P.CHANGE_PROPOSE, "change.show")
    depth = depth_of(request.user, change.village_code)
    rows = [_row(c, change, depth) for c in fields]
    context = {
        "change": change,
        "place": place_of(change.household),
        "rows": rows,
        "form": form if may_decide else None,
        "form_rows": list(zip(form.rows(), rows, strict=True)) if form and may_decide else [],
        "own": change.proposed_by_id == request.user.pk,
        "tone": TONES[ChangeRequest.State(change.state)],
        "may_return": change.round == 1,
        "reason": words.reason_of(change.reason),
        "remark": words.reason_of(change.remark),
        "may_reveal": carries(request.user, P.NUMBER_REVEAL) and in_reach,
        "sections": [import_string(name)(request, change) for name in settings.CHANGE_SECTIONS],
    }
    return render(request, "households/change_detail.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.CHANGE_PROPOSE)
def change_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The proposer's answer to a returned request: new values beside the remarks."""
    change = _own_or_404(request, public_id)
    change_rules.check_state(change, ChangeRequest.State.WAITING)
    fields = list(change.changes.select_related("person").order_by("pk"))
    form = ResubmitForm(request.POST or None, request=change, changes=fields)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_actions.resubmit_change(
                request=change,
                values=form.values(),
                reason=data["reason"],
                proof=data["proof"],
                version=data["version"],
                by=request.user,
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Handed in again."))
            return redirect("households:change_detail", public_id)
    record_shown(request, change, P.CHANGE_PROPOSE, "change.show")
    return render(request, "households/change_edit.html", {"form": form, "change": change})


@require_http_methods(["GET", "POST"])
@permission_required(P.CHANGE_PROPOSE)
def change_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The proposer takes a request back."""
    change = _own_or_404(request, public_id)
    change_rules.check_state(change, ChangeRequest.State.WITHDRAWN)
    if request.method == "POST":
        change_actions.withdraw_change(request=change, by=request.user)
        messages.success(request, _("Withdrawn. The file stays as it is."))
        return redirect("households:change_list")
    record_shown(request, change, P.CHANGE_PROPOSE, "change.show")
    return render(request, "households/change_withdraw.html", {"change": change})


def _review(request: HttpRequest, change: ChangeRequest, form: ReviewForm) -> bool:
    """Hand in the review: returned with all remarks, or decided field by field. False: it was refused."""
    data = form.cleaned_data
    step: dict[str, Any] = {"remark": data["remark"], "version": data["version"], "by": request.user}
    try:
        if request.POST.get("step") == "return":
            change_actions.return_change(request=change, remarks=form.remarks(), **step)
            _say(request, change, _("Returned with your remarks. The proposer can send it once more."))
        else:
            form.check_list()
            if form.errors:
                return False
            decided = change_actions.decide_change(request=change, decisions=form.decisions(), **step)
            _say_decided(request, decided)
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    return True


def _after_review(request: HttpRequest, change: ChangeRequest) -> HttpResponse:
    """On to the next request; after a new head first to the relations of the others, which nobody knows yet."""
    household = change.household
    if (
        household.questions.unanswered().filter(rule="relations_missing").exists()
        and change.changes.filter(field="head", decision=ChangeField.Decision.APPROVED).exists()
    ):
        messages.info(
            request, _("The family has a new head. Say now how the others are related to the head.")
        )
        return redirect("households:relations_edit", household.public_id)
    others = _others_waiting(request, change)
    following = others.filter(pk__gt=change.pk).first() or others.first()
    if following is None:
        return redirect("households:change_list")
    return redirect("households:change_detail", following.public_id)


def _others_waiting(request: HttpRequest, change: ChangeRequest) -> QuerySet[Any]:
    """The other requests that wait for this reviewer, the oldest first."""
    return _to_review(request).exclude(pk=change.pk).order_by("pk")


def _to_review(request: HttpRequest) -> QuerySet[Any]:
    """What waits in the reader's area for a second person, who is not the proposer."""
    waiting: QuerySet[Any] = ChangeRequest.objects.visible_to(request.user, P.CHANGE_DECIDE).waiting()
    return waiting.exclude(proposed_by=request.user)


def _say(request: HttpRequest, change: ChangeRequest, done: str) -> None:
    """Tell what was done, and how many more wait: the next one is on the page by then."""
    if left := _others_waiting(request, change).count():
        more = ngettext("%(n)d more to review.", "%(n)d more to review.", left) % {"n": left}
        done = f"{done} {more}"
    messages.success(request, done)


def _say_decided(request: HttpRequest, change: ChangeRequest) -> None:
    blocked = change.changes.filter(decision=ChangeField.Decision.BLOCKED).count()
    _say(request, change, _("Reviewed. Approved fields stand in the file now."))
    if blocked:
        messages.warning(
            request, _("Where the file had changed meanwhile nothing was written; see the request.")
        )


def _request_or_404(request: HttpRequest, public_id: UUID) -> ChangeRequest:
    """A request in the reviewer's area, or one's own."""
    related = ("household", "proposed_by", "decided_by")
    for rows in (ChangeRequest.objects.visible_to(request.user, P.CHANGE_DECIDE), _mine(request)):
        found: ChangeRequest | None = rows.select_related(*related).filter(public_id=public_id).first()
        if found is not None:
            return found
    return _own_or_404(request, public_id)


def _own_or_404(request: HttpRequest, public_id: UUID) -> ChangeRequest:
    rows = _mine(request).select_related("household", "proposed_by", "decided_by")
    found: ChangeRequest = get_object_or_404(rows, public_id=public_id)
    return found


def _mine(request: HttpRequest) -> QuerySet[Any]:
    """One's own requests about files that one may still see."""
    rows: QuerySet[Any] = ChangeRequest.objects.visible_to(request.user, P.CHANGE_PROPOSE)
    return rows.filter(proposed_by=request.user)


def _row(field: ChangeField, change: ChangeRequest, depth: Depth) -> dict[str, Any]:
    """One field in words: old, new, and what the file says now where that is neither.

    Of a fact that the file keeps from him the reader is told only what he asks for himself.
    """
    old, new = field.old.open(), field.new.open()
    row: dict[str, Any] = {
        "change": field,
        "label": change_label(field),
        "old": _words(field, old, change),
        "new": _words(field, new, change),
        "is_number": field.field in {"id_number", "bank_account"},
        "tone": DECISION_TONES[ChangeField.Decision(field.decision)],
    }
    if change.state == ChangeRequest.State.WAITING or field.decision == ChangeField.Decision.BLOCKED:
        now = present_text(change.household, field.model, field.field, field.person, field.year)
        if now != old:
            row["now"] = _words(field, now, change) or _("nothing known")
    if not sees(depth, field.field):
        row |= dict.fromkeys(row.keys() & {"old", "now"}, DOTS)
    return row


def _words(field: ChangeField, text: str, change: ChangeRequest) -> str:
    if field.field != "head":
        return words.say(field.field, text)
    key, _colon, becomes = text.partition(":")
    people = (
        change.household.memberships.filter(person__public_id=key).values_list("person__name", flat=True)
        if key
        else []
    )
    name = next(iter(people), "")
    if not becomes:
        return name
    relation = codelists.label("relation", becomes)
    return _("%(name)s; the former head becomes: %(relation)s") % {"name": name, "relation": relation}


def _table(rows: list[Any], mine: bool) -> Table:
    places = village_names(row.village_code for row in rows)
    states = {state.value: (state.label, TONES[state]) for state in ChangeRequest.State}
    columns = [
        Column("head", gettext_lazy("Household"), value=_household, link=_link),
        Column("village_code", gettext_lazy("Village"), labels=places),
        Column("changes", gettext_lazy("What changes"), value=what_changes),
        Column("reason", gettext_lazy("Reason"), value=lambda r: words.reason_of(r.reason)),
        Column("proposed_by", gettext_lazy("Proposed by"), value=lambda r: r.proposed_by.name),
        Column("proposed_at", gettext_lazy("On"), "date"),
    ]
    if mine:
        columns.append(Column("state", gettext_lazy("State"), "state", states=states))
        return Table(columns, rows, empty=gettext_lazy("You have proposed no changes."))
    columns.append(Column("days", gettext_lazy("Days waiting"), "number", value=_days_waiting))
    return Table(columns, rows, empty=gettext_lazy("No changes waiting."))


def _household(row: ChangeRequest) -> str:
    return row.household.head_name or row.household.file_number


def _link(row: ChangeRequest) -> str:
    return reverse("households:change_detail", args=[row.public_id])


def _days_waiting(row: ChangeRequest) -> int:
    return (clock.now() - row.proposed_at).days
