"""How all members are related to the head, on one page: asked for after a change of head."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households import rules
from households.actions.relations import edit_relations
from households.forms.members import RelationsForm
from households.models import Membership
from households.models.members import HEAD
from households.rules import relations as relation_rules
from households.rules import words
from households.views.files import age_on
from households.views.reach import household_or_404, present_members, record_shown
from pairing.access import permission_required
from pairing.errors import Refused, add_refusal
from pairing.roles import P


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def relations_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The relations of all members to the head at once."""
    household = household_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    rules.check_open(household)
    members = present_members(household)
    head = next((m for m in members if m.relation == HEAD), None)
    others = [m for m in members if m is not head]
    was = relation_rules.former({m.pk: m for m in members})
    guesses = suggestions(head, others, was) if head else {}
    form = RelationsForm(request.POST or None, household=household, members=others, guesses=guesses)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            edit_relations(
                household=household,
                relations=form.relations(),
                reason=data["reason"],
                version=data["version"],
                by=request.user,
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("households:household_detail", public_id)
    record_shown(request, household, P.HOUSEHOLD_EDIT)
    context = {
        "form": form,
        "household": household,
        "head": head,
        "rows": [
            (
                m,
                field,
                m.person.get_sex_display(),
                age_on(m.person.birth_date),
                words.say("relation", was.get(m.pk)),
            )
            for m, field in form.rows()
        ],
    }
    return render(request, "households/relations_edit.html", context)


def suggestions(head: Membership, others: list[Membership], was: dict[int, str]) -> dict[int, str]:
    """What follows for those whose relation to the present head nobody has said yet."""
    return {
        m.pk: relation_rules.suggested(
            was.get(m.pk, ""), sex=m.person.sex, head_was=was.get(head.pk, ""), head_sex=head.person.sex
        )
        for m in others
        if not m.relation
    }
