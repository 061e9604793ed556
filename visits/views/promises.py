"""答应的事: all that my households were promised, by date, and what became of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from pairing import audit, clock
from pairing.access import permission_required
from pairing.errors import Refused, add_refusal
from pairing.roles import P
from visits import rules
from visits.actions.promises import drop_promise, move_promise, record_done, record_word
from visits.forms.fields import ChipForm
from visits.forms.words import DoneForm, MoveForm, ReasonForm, WordForm
from visits.models import Promise
from visits.sections.promises import promise_line
from visits.views.answers import refusal, sent
from visits.views.visits import DONE


@require_GET
@permission_required(P.VISIT_LOG)
def promise_list(request: HttpRequest) -> HttpResponse:
    """What is outstanding in all my households, by date."""
    today = clock.today()
    mine = Promise.objects.visible_to(request.user, P.VISIT_LOG).outstanding().select_related("household")
    lines = [promise_line(promise, today) for promise in mine.order_by("due_on", "pk")]
    audit.read(
        "promise.list",
        by=request.user,
        permission=P.VISIT_LOG,
        object_type="households.household",
        object_ids=dict.fromkeys(line["promise"].household.public_id for line in lines),
    )
    return render(request, "visits/promise_list.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_LOG)
def promise_done(request: HttpRequest, public_id: str) -> HttpResponse:
    """写办理情况: what was done; the household is asked at the next visit."""

    def act(promise: Promise, form: Any) -> None:
        record_done(
            promise=promise,
            what=form.cleaned_data["done_what"],
            on=form.chosen_day("done_on"),
            by=request.user,
        )

    return _settle(request, public_id, DoneForm, rules.check_promise_open, act, "visits/promise_done.html")


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_LOG)
def promise_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """改期: another day and why; the former day stays readable."""

    def act(promise: Promise, form: Any) -> None:
        move_promise(
            promise=promise, due_on=form.chosen_day("due_on"), reason=form.reason_words(), by=request.user
        )

    return _settle(request, public_id, MoveForm, rules.check_promise_movable, act, "visits/promise_move.html")


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_LOG)
def promise_drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """作罢, or left at that, with the reason that the household is given."""

    def act(promise: Promise, form: Any) -> None:
        drop_promise(promise=promise, reason=form.cleaned_data["reason"], by=request.user)

    return _settle(
        request, public_id, ReasonForm, rules.check_promise_movable, act, "visits/promise_drop.html"
    )


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_LOG)
def promise_word(request: HttpRequest, public_id: str) -> HttpResponse:
    """户里怎么说: the household's own word on what was done, outside a visit."""

    def act(promise: Promise, form: Any) -> None:
        record_word(promise=promise, **form.cleaned_data, by=request.user)

    return _settle(request, public_id, WordForm, rules.check_promise_done, act, "visits/promise_word.html")


def _settle(
    request: HttpRequest,
    public_id: str,
    form_class: type[ChipForm],
    check: Callable[[Promise], None],
    act: Callable[[Promise, Any], None],
    template: str,
) -> HttpResponse:
    """One promise, one form, one action; a settled promise answers with the rule's sentence."""
    visible = Promise.objects.visible_to(request.user, P.VISIT_LOG).select_related("household", "made_by")
    promise = get_object_or_404(visible, public_id=public_id)
    form = form_class(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            act(promise, form)  # first: what was sent twice is saved, and no fault
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, DONE)
            return redirect("visits:promise_list")
    try:
        check(promise)
    except Refused as refused:
        return refusal(request, refused)
    audit.read("promise.show", by=request.user, objects=[promise], permission=P.VISIT_LOG)
    former = list(promise.former_dates.select_related("moved_by"))
    context = {
        "promise": promise,
        "line": promise_line(promise, clock.today()),
        "form": form,
        "former": former,
    }
    return render(request, template, context, status=422 if form.errors else 200)
