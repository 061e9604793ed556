"""Numbers that pages mask: a phone on request, certificate and bank numbers one at a time, with a reason."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from households.forms.fields import TextField
from households.models import Household
from households.views.reach import household_or_404, present_members, record_shown
from pairing import audit
from pairing.access import permission_required
from pairing.roles import P

SHOWN_SECONDS = 60
MANY_A_DAY = 30


class RevealForm(forms.Form):
    """Why somebody needs to see a full number."""

    reason = TextField(label=gettext_lazy("Why do you need it?"), max_length=200)


@require_POST
@permission_required(P.PHONE_SHOW)
def phone_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one phone number of a household, to call it. Audited; no password again."""
    household = household_or_404(request, public_id, P.PHONE_SHOW)
    key, name, number = request.POST.get("of", ""), "", ""
    if key == str(household.public_id) and household.phone:
        name, number = household.head_name, household.phone.open()
    for membership in present_members(household):
        if key == str(membership.person.public_id):
            name, number = membership.person.name, membership.person.phone.open()
    if not number:
        raise Http404
    _warn_of_many("phone.show", "phone.show_many", request.user, P.PHONE_SHOW)
    audit.read(
        "phone.show", by=request.user, objects=[household], permission=P.PHONE_SHOW, detail={"field": "phone"}
    )
    context = {"household": household, "name": name, "number": number}
    return _hiding(render(request, "households/phone_show.html", context), household)


@require_http_methods(["GET", "POST"])
@permission_required(P.NUMBER_REVEAL)
def number_reveal(request: HttpRequest, public_id: UUID, what: str, key: UUID) -> HttpResponse:
    """Show one full number for a minute: password not older than five minutes, a reason, an audit row."""
    household = household_or_404(request, public_id, P.NUMBER_REVEAL)
    if what not in KINDS:
        raise Http404
    label, whose, value = KINDS[what](household, key)
    if not did_recently_reauthenticate(request):
        raise ReauthenticationRequired
    form = RevealForm(request.POST or None)
    context: dict[str, Any] = {"household": household, "label": label, "whose": whose, "form": form}
    if request.method == "POST" and form.is_valid():
        _record(request.user, household, key, what, form.cleaned_data["reason"])
        context |= {"number": value.open(), "seconds": SHOWN_SECONDS}
        return _hiding(render(request, "households/number_reveal.html", context), household)
    record_shown(request, household, P.NUMBER_REVEAL)
    return render(request, "households/number_reveal.html", context)


def _record(user: Any, household: Household, key: UUID, what: str, reason: str) -> None:
    """One audit row; past ``MANY_A_DAY`` within a day a second one warns the auditor."""
    with transaction.atomic():
        _warn_of_many("number.reveal", "number.reveal_many", user, P.NUMBER_REVEAL)
        audit.write(
            "number.reveal",
            by=user,
            permission=P.NUMBER_REVEAL,
            object_type="households.household",
            object_ids=[household.public_id, key],
            object_area=household.village_code,
            fields=[what],
            reason=reason,
        )


def _warn_of_many(name: str, many: str, user: Any, permission: P) -> None:
    """A row for the auditor, past ``MANY_A_DAY`` of that kind within a day."""
    if audit.within_a_day(name, user).count() >= MANY_A_DAY:
        audit.write(many, by=user, permission=permission, detail={"limit": MANY_A_DAY})


def _hiding(response: HttpResponse, household: Household) -> HttpResponse:
    """The page goes back to the file after a minute, with or without script."""
    back = reverse("households:household_detail", args=[household.public_id])
    response["Refresh"] = f"{SHOWN_SECONDS}; url={back}"
    return response


def _identity(household: Household, key: UUID) -> tuple[str, str, Any]:
    for membership in present_members(household):
        if membership.person.public_id == key and membership.person.id_number:
            return _("Certificate number"), membership.person.name, membership.person.id_number
    raise Http404


def _bank(household: Household, key: UUID) -> tuple[str, str, Any]:
    if key != household.public_id or not household.bank_account:
        raise Http404
    return _("Account number"), household.head_name, household.bank_account


def _asked(household: Household, key: UUID) -> tuple[str, str, Any]:
    change = _change_of(household, key)
    return _("New number in the request"), _whose(change), change.new


def _stood(household: Household, key: UUID) -> tuple[str, str, Any]:
    change = _change_of(household, key)
    return _("Old number in the request"), _whose(change), change.old


def _whose(change: Any) -> str:
    """Whose number it is; of somebody who has left, what he is called now is the business of another file."""
    gone = change.person is None or change.person.village_code != change.village_code
    return "" if gone else str(change.person.name)


def _change_of(household: Household, key: UUID) -> Any:
    for change_request in household.change_requests.prefetch_related("changes__person"):
        for change in change_request.changes.all():
            if change.public_id == key and change.field in {"id_number", "bank_account"}:
                return change
    raise Http404


KINDS: dict[str, Callable[[Household, UUID], tuple[str, str, Any]]] = {
    "identity": _identity,
    "bank": _bank,
    "asked": _asked,
    "stood": _stood,
}
