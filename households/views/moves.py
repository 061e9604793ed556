"""A file moves to another village: the effect in words first, then the deed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from households import rules
from households.actions import moves
from households.forms.moves import MoveForm
from households.models import Household
from households.rules import pairings as pairing_rules
from households.rules.history import place_in_words
from households.views.households import closing_effects
from households.views.reach import household_or_404, record_shown
from pairing import wording
from pairing.access import covers, permission_required
from pairing.errors import Refused, add_refusal
from pairing.models import VillageLink
from pairing.roles import P


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def household_move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Move a file to another village. What would happen is said before it does."""
    household = household_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_open(household)
    form = MoveForm(request.POST or None, household=household, by=request.user)
    effects: list[str] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if form.is_confirmed:
            try:
                moved = moves.move_household(
                    household=household,
                    village_code=data["village"].pk,
                    on=data["on"],
                    reason=data["reason"],
                    group_name=data["group_name"],
                    address=data["address"],
                    by=request.user,
                )
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("The file has moved. The history shows from where."))
                return redirect("households:household_detail", moved.public_id)
        else:
            effects = effects_of(request, household, form)
    record_shown(request, household, P.HOUSEHOLD_EDIT)
    context = {
        "form": form,
        "household": household,
        "effects": effects,
        "place": place_in_words(household.village_code),
    }
    return render(request, "households/household_move.html", context)


def effects_of(request: HttpRequest, household: Household, form: MoveForm) -> list[str]:
    """What a move does to the file, its helpers and its readers: one sentence each."""
    village, day = form.cleaned_data["village"].pk, wording.day(form.cleaned_data["on"])
    elsewhere = village[:6] != household.county_code
    helpers = list(household.pairings.open().select_related("cadre"))
    gone = helpers if elsewhere else pairing_rules.out_of_reach(household, village)
    said = _elsewhere(household, day) if elsewhere else _inside(household, village)
    ending = {row.pk for row in gone}
    for row in helpers:
        words = {"name": row.cadre.name, "role": row.get_role_display(), "day": day}
        if elsewhere:
            said.append(_("%(name)s (%(role)s): the pairing ends on %(day)s.") % words)
        elif row.pk in ending:
            said.append(_("%(name)s (%(role)s) is no cadre there: the pairing ends on %(day)s.") % words)
        else:
            said.append(_("%(name)s (%(role)s) goes on helping the household.") % words)
    if ending and not covers(request.user, P.PAIRING_MANAGE, household.village_code):
        said.append(_("Only an administrator can do that, since pairings end."))
    if units := [link.unit.name for link in VillageLink.objects.today_in(village)]:
        linked = ngettext(
            "Linked unit of the new village: %(units)s.",
            "Linked units of the new village: %(units)s.",
            len(units),
        )
        said.append(linked % {"units": wording.listed(units)})
    return said


def _inside(household: Household, village: str) -> list[str]:
    """What a move inside the county does: everything goes along."""
    places = {"old": place_in_words(household.village_code), "new": place_in_words(village)}
    said = [
        _(
            "The file moves from %(old)s to %(new)s with its members, visits, promises and problems. Its number stays."
        )
        % places,
        _(
            "From then on the offices and the clerk of the new place see the file, those of the old one no longer."
        ),
        _("A mistake is put right by moving it back; the history shows both."),
    ]
    if household.listed_on:
        said.insert(1, _("The household stays on the pairing list; its days without a home visit run on."))
    return said


def _elsewhere(household: Household, day: str) -> list[str]:
    """What a move into another county does: this file closes, and one that goes on from it opens there."""
    said = [
        _(
            "The village lies in another county: this file closes, with its visits, and a linked one opens there"
            " with the members, all years, who is away, phone and bank."
        ),
        *closing_effects(household),
    ]
    if household.listed_on:
        said.append(_("The new file stands on the pairing list from %(day)s on.") % {"day": day})
    return said
