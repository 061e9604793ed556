"""Handover 工作交接: a helper leaves, and no household is left without a holder."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from households.actions import handovers as actions
from households.actions.handovers import Succession
from households.actions.pairings import Outcome
from households.forms.pairings import HandoverForm, duties_here, helpers_of, is_uuid
from households.models import Pairing
from households.views.pairings import CONFIRM, helper_or_404, helpers_with_loads, loads_after, name_villages
from pairing import audit, wording
from pairing.access import permission_required
from pairing.errors import Refused, add_refusal
from pairing.models import User
from pairing.roles import P


@require_GET
@permission_required(P.PAIRING_MANAGE)
def handover_list(request: HttpRequest) -> HttpResponse:
    """Who cannot go on looking after his households, and whose households one may hand over."""
    pairings = Pairing.objects.visible_to(request.user, P.PAIRING_MANAGE).open()
    helpers = helpers_of(request.user).order_by().values("pk")
    stranded = User.objects.filter(pk__in=pairings.exclude(cadre__in=helpers).values("cadre"))
    held = dict[int, int]()
    for cadre in pairings.exclude(cadre__in=helpers).order_by().values_list("cadre", flat=True):
        held[cadre] = held.get(cadre, 0) + 1
    context = {
        "stranded": [(person, held[person.pk]) for person in stranded.select_related("unit")],
        "helpers": [(person, load) for person, load in helpers_with_loads(request.user) if load],
    }
    return render(request, "households/handover_list.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(P.PAIRING_MANAGE)
def handover_create(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand a helper's households over: what to know of each, a successor for each, the dry run, the deed."""
    leaver = helper_or_404(request, public_id)
    pairings = _open_pairings(request, leaver)
    form = HandoverForm(request.POST or None, pairings=pairings, leaver=leaver, by=request.user)
    outcomes: list[Outcome] = []
    if request.method == "POST" and form.is_valid():
        chosen, data = form.successors(), form.cleaned_data
        successions = [Succession(p, cadre, note) for p, (cadre, note) in chosen.items()]
        day = data["handed_on"]
        outcomes = actions.preview_handover(successions, handed_on=day, by=request.user)  # type: ignore[arg-type]
        if CONFIRM in request.POST:
            try:
                actions.hand_over(
                    cadre=leaver,
                    successions=successions,
                    handed_on=day,
                    reason=data["reason"],
                    end_duty=data["end_duty"],
                    by=request.user,  # type: ignore[arg-type]
                )
            except Refused as refusal:
                add_refusal(form, refusal)
                outcomes = []
            else:
                words = ngettext(
                    "%(number)d household handed over. Propose a joint visit to the successor.",
                    "%(number)d households handed over. Propose a joint visit to the successors.",
                    len(chosen),
                )
                messages.success(request, words % {"number": len(chosen)})
                if data["end_duty"] and (
                    stays := wording.listed(
                        g.area.label
                        for g in duties_here(request.user).filter(user=leaver).select_related("area")
                    )
                ):
                    said = _("%(name)s remains a cadre where others decide on that: %(places)s.")
                    messages.info(request, said % {"name": leaver.name, "places": stays})
                return redirect("households:handover_list")
    audit.read("pairing.handover", by=request.user, objects=[p.household for p in pairings],
               permission=P.PAIRING_MANAGE, object_type="households.household")  # fmt: skip
    context = {
        "leaver": leaver,
        "form": form,
        "rows": _rows(request, form),
        "outcomes": outcomes,
        "loads": loads_after(request.user, outcomes),
        "refused": sum(outcome.kind == "refused" for outcome in outcomes),
        "stays": len(pairings) - len(outcomes),
    }
    return render(request, "households/handover_create.html", context)


def _open_pairings(request: HttpRequest, leaver: User) -> list[Pairing]:
    """Those that the leaver has here; with ``?household=`` just that one."""
    pairings = Pairing.objects.visible_to(request.user, P.PAIRING_MANAGE).open().filter(cadre=leaver)
    if is_uuid(only := request.GET.get("household", "")):
        pairings = pairings.filter(household__public_id=only)
    rows = pairings.select_related("household").defer("household__phone", "household__bank_account")
    found = list(rows.order_by("village_code", "household__head_key", "pk"))
    name_villages([p.household for p in found])
    return found


def _rows(request: HttpRequest, form: HandoverForm) -> list[dict[str, Any]]:
    """Each household with its two fields and with what the floors above know of it."""
    ids = [pairing.household_id for pairing in form.pairings]
    known = [import_string(name)(request.user, ids) for name in settings.HANDOVER_SECTIONS]
    return [
        {
            "pairing": pairing,
            "household": pairing.household,
            "successor": successor,
            "note": note,
            "lines": [line for section in known for line in section.get(pairing.household_id, [])],
        }
        for pairing, successor, note in form.rows()
    ]
