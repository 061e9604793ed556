"""Pairing 结对管理: who has no helper, who looks after how many, and how one gets a helper."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households.actions import pairings as actions
from households.actions.pairings import Outcome
from households.forms.pairings import (
    EndForm,
    HelperForm,
    PairForm,
    RosterForm,
    VillageFilter,
    helpers_of,
    loads_of,
    read_roster,
)
from households.models import Household, Pairing
from households.rules import pairings as rules
from pairing import audit, clock, codelists
from pairing.access import permission_required
from pairing.error_pages import answer
from pairing.errors import Conflict, Refused, add_refusal
from pairing.models import User, VillageLink
from pairing.models.areas import village_names
from pairing.roles import P
from pairing.tables import keyset_page

TAKES = frozenset({"pair", "hand_over"})  # outcomes by which a helper gets a household
CONFIRM = "confirm"  # the button that goes from the dry run to the deed


@require_GET
@permission_required(P.PAIRING_MANAGE)
def pairing_list(request: HttpRequest) -> HttpResponse:
    """Unpaired households to choose from on the left, helpers with their loads on the right."""
    unpaired = Household.objects.visible_to(request.user, P.PAIRING_MANAGE).unpaired()
    filters = VillageFilter(request.GET, unpaired=unpaired)
    village = filters.cleaned_data["village"] if filters.is_valid() else ""
    if village:
        unpaired = unpaired.filter(village_code=village)
    page = keyset_page(
        unpaired.defer("phone", "bank_account"),
        ("village_code", "head_key", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    name_villages(page.rows)
    audit.read(
        "pairing.list", by=request.user, objects=page.rows, permission=P.PAIRING_MANAGE,
        object_type="households.household",
    )  # fmt: skip
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    query.pop("all", None)
    chosen_all = request.GET.copy()
    chosen_all["all"] = "yes"
    context = {
        "all_chosen": "all" in request.GET,
        "all_query": chosen_all.urlencode(),
        "filters": filters,
        "page": page,
        "query": query.urlencode(),
        "village": village,
        "count": filters.count(village),
        "helpers": helpers_with_loads(request.user),
        "linked": VillageLink.objects.today_in(village),
        "form": PairForm(by=request.user, villages={village} - {""}),
    }
    return render(request, "households/pairing_list.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.PAIRING_MANAGE)
def pairing_create(request: HttpRequest) -> HttpResponse:
    """One helper for the chosen households: what would happen, then the deed."""
    initial = {"households": request.GET.getlist("household"), "cadre": request.GET.get("helper")}
    form = PairForm(request.POST or None, by=request.user, initial=initial)
    outcomes: list[Outcome] = []
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["started_on"]
        outcomes = actions.preview_roster(form.assignments(), started_on=day, by=request.user)  # type: ignore[arg-type]
        if CONFIRM in request.POST:
            try:
                started = actions.pair_roster(assignments=form.assignments(), started_on=day, by=request.user)  # type: ignore[arg-type]
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                return _paired(request, len(started))
    chosen = form.cleaned_data["households"] if outcomes else form.chosen()
    name_villages(chosen)
    audit.read("pairing.choose", by=request.user, objects=chosen, permission=P.PAIRING_MANAGE,
               object_type="households.household")  # fmt: skip
    context = {"form": form, "chosen": chosen, "back": _board(request), **_preview(request.user, outcomes)}
    return render(request, "households/pairing_create.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.PAIRING_MANAGE)
def pairing_roster(request: HttpRequest) -> HttpResponse:
    """A pasted roster: each line with what it would do, then all of them at once."""
    form = RosterForm(request.POST or None)
    lines: list[Any] = []
    outcomes: list[Outcome] = []
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["started_on"]
        lines = read_roster(form.cleaned_data["lines"], by=request.user)
        known = [line.assignment for line in lines if line.assignment]
        outcomes = actions.preview_roster(known, started_on=day, by=request.user)  # type: ignore[arg-type]
        wrong = not known or len(known) < len(lines) or any(o.kind == "refused" for o in outcomes)
        if not lines:
            form.add_error("lines", form.fields["lines"].error_messages["required"])
        if CONFIRM in request.POST and not wrong:
            try:
                started = actions.pair_roster(assignments=known, started_on=day, by=request.user)  # type: ignore[arg-type]
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                return _paired(request, len(started))
        name_villages([outcome.assignment.household for outcome in outcomes])
        audit.read("pairing.roster", by=request.user, objects=[o.assignment.household for o in outcomes],
                   permission=P.PAIRING_MANAGE, object_type="households.household")  # fmt: skip
    by_line = iter(outcomes)
    rows = [(line, next(by_line) if line.assignment else None) for line in lines]
    unread = sum(line.assignment is None for line in lines)
    context = {"form": form, "rows": rows, **_preview(request.user, outcomes, unread)}
    return render(request, "households/pairing_roster.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.PAIRING_MANAGE)
def pairing_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """End one pairing with a reason, or take back what was entered today by mistake."""
    pairing = _pairing(request, public_id)
    form = EndForm(request.POST or None, initial={"version": pairing.version, "ended_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.end_pairing(
                pairing=pairing,
                ended_on=data["ended_on"],
                reason=data["reason"],
                note=data["note"],
                version=data["version"],
                by=request.user,  # type: ignore[arg-type]
            )
        except Conflict as conflict:
            return answer(
                request, 409, str(conflict), sent={str(_("Note")): data["note"]}, again_url=request.path
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. The household has no helper now; find one soon."))
            return redirect("households:pairing_history", public_id=pairing.household.public_id)
    audit.read("pairing.show", by=request.user, objects=[pairing.household], permission=P.PAIRING_MANAGE)
    context = {"pairing": pairing, "form": form, "why_not_void": rules.why_not(rules.check_void, pairing)}
    return render(request, "households/pairing_end.html", context)


@require_POST
@permission_required(P.PAIRING_MANAGE)
def pairing_void(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back a pairing that was entered today by mistake."""
    pairing = _pairing(request, public_id)
    try:
        actions.void_pairing(pairing=pairing, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        return answer(request, 403, str(refusal))
    messages.success(request, _("Saved. The pairing is taken back and counts for nothing."))
    return redirect("households:pairing_history", public_id=pairing.household.public_id)


@require_GET
@permission_required(P.PAIRING_MANAGE)
def pairing_history(request: HttpRequest, public_id: str) -> HttpResponse:
    """All helpers that a household has and had, with dates and reasons."""
    household = get_object_or_404(
        Household.objects.visible_to(request.user, P.PAIRING_MANAGE), public_id=public_id
    )
    name_villages([household])
    audit.read("pairing.history", by=request.user, objects=[household], permission=P.PAIRING_MANAGE)
    pairings = Pairing.objects.visible_to(request.user, P.PAIRING_MANAGE).filter(household=household)
    pairings = list(pairings.select_related("cadre__unit"))
    context = {
        "household": household,
        "open": [p for p in pairings if p.state == Pairing.State.OPEN],
        "ended": [p for p in pairings if p.state != Pairing.State.OPEN],
        "reasons": codelists.labels("pairing_end_reason"),
    }
    return render(request, "households/pairing_history.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.PAIRING_MANAGE)
def helper_create(request: HttpRequest, public_id: str) -> HttpResponse:
    """One more helper for a household; never a second lead."""
    rows = Household.objects.visible_to(request.user, P.PAIRING_MANAGE).select_related("lead")
    household = get_object_or_404(rows, public_id=public_id)
    rules.check_household(household)
    open_rows = list(household.pairings.open().select_related("cadre__unit"))
    seconds = [p.cadre for p in open_rows if household.lead_id or p.role == Pairing.Role.LEAD]
    form = HelperForm(request.POST or None, household=household, helpers=seconds, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.pair(household=household, **form.cleaned_data, by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. The helper sees the household from now on."))
            return redirect("households:pairing_history", public_id=public_id)
    audit.read("pairing.show", by=request.user, objects=[household], permission=P.PAIRING_MANAGE)
    context = {
        "household": household,
        "form": form,
        "open": open_rows,
        "linked": VillageLink.objects.today_in(household.village_code),
    }
    return render(request, "households/helper_create.html", context)


@require_GET
@permission_required(P.PAIRING_MANAGE)
def helper_list(request: HttpRequest) -> HttpResponse:
    """All helpers by name, with unit and load. Never in the order of a count."""
    return render(request, "households/helper_list.html", {"helpers": helpers_with_loads(request.user)})


@require_GET
@permission_required(P.PAIRING_MANAGE)
def helper_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """The households that somebody looks after, and those that he looked after."""
    person = helper_or_404(request, public_id)
    pairings = Pairing.objects.visible_to(request.user, P.PAIRING_MANAGE).filter(cadre=person)
    pairings = list(
        pairings.select_related("household", "cadre").defer("household__phone", "household__bank_account")
    )
    name_villages([p.household for p in pairings])
    audit.read("pairing.helper", by=request.user, objects=[p.household for p in pairings],
               permission=P.PAIRING_MANAGE, object_type="households.household")  # fmt: skip
    context = {
        "person": person,
        "open": [p for p in pairings if p.state == Pairing.State.OPEN],
        "ended": [p for p in pairings if p.state != Pairing.State.OPEN],
        "reasons": codelists.labels("pairing_end_reason"),
    }
    return render(request, "households/helper_detail.html", context)


def helper_or_404(request: HttpRequest, public_id: str) -> User:
    """Somebody who is a helper here, or has households here that wait for another."""
    here = Pairing.objects.visible_to(request.user, P.PAIRING_MANAGE).values("cadre")
    people = User.objects.select_related("unit")
    return get_object_or_404(
        people.filter(pk__in=here) | people.filter(pk__in=helpers_of(request.user).order_by().values("pk")),
        public_id=public_id,
    )


def helpers_with_loads(user: Any) -> list[tuple[User, int]]:
    """The helpers of one's areas in the order of their names, each with the load."""
    people = list(helpers_of(user))
    loads = loads_of(user)
    return [(person, loads.get(person.pk, 0)) for person in people]


def loads_after(user: Any, outcomes: list[Outcome]) -> list[tuple[User, int, int]]:
    """Each helper who would get households, with the load before and after. One query."""
    people = {o.assignment.cadre.pk: o.assignment.cadre for o in outcomes if o.kind in TAKES}
    more = Counter(o.assignment.cadre.pk for o in outcomes if o.kind in TAKES)
    loads = loads_of(user, people.values()) if people else {}
    return [(person, loads.get(pk, 0), loads.get(pk, 0) + more[pk]) for pk, person in people.items()]


def name_villages(households: Any) -> None:
    """Give each household its village's name (``village_label``), in one query."""
    rows = list(households)
    names = village_names(row.village_code for row in rows)
    for row in rows:
        row.village_label = names[row.village_code]


def _pairing(request: HttpRequest, public_id: str) -> Pairing:
    pairing: Pairing = get_object_or_404(
        Pairing.objects.visible_to(request.user, P.PAIRING_MANAGE).select_related("household", "cadre__unit"),
        public_id=public_id,
    )
    name_villages([pairing.household])
    return pairing


def _preview(user: Any, outcomes: list[Outcome], unread: int = 0) -> dict[str, Any]:
    """What a dry run comes to, in numbers for the sentence above it."""
    kinds = [outcome.kind for outcome in outcomes]
    return {
        "outcomes": outcomes,
        "loads": loads_after(user, outcomes),
        "pairs": kinds.count("pair"),
        "handovers": kinds.count("hand_over"),
        "same": kinds.count("same"),
        "refused": kinds.count("refused") + unread,
        "ready": bool(outcomes) and not unread and "refused" not in kinds and set(kinds) != {"same"},
    }


def _paired(request: HttpRequest, number: int) -> HttpResponse:
    if not number:  # the same once more
        messages.info(request, _("These households have this helper already."))
        return redirect(_board(request))
    words = ngettext(
        "%(number)d household has its helper now.", "%(number)d households have their helper now.", number
    )
    messages.success(request, words % {"number": number})
    return redirect(_board(request))


def _board(request: HttpRequest) -> str:
    """The list of the unpaired, of the village from whose list one came."""
    village = request.GET.get("village", "")
    return f"{reverse('households:pairing_list')}{'?' + urlencode({'village': village}) if village else ''}"
