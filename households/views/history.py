"""Who changed what in a file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from households.rules.history import file_history
from households.views.reach import household_or_404
from pairing import audit
from pairing.access import permission_required
from pairing.roles import P


@require_GET
@permission_required(P.HOUSEHOLD_EDIT)
def household_history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The file's history, step by step and field by field; numbers are never shown."""
    household = household_or_404(request, public_id, P.HOUSEHOLD_EDIT)
    audit.read("household.history", by=request.user, objects=[household], permission=P.HOUSEHOLD_EDIT)
    context = {"household": household, "steps": file_history(household)}
    return render(request, "households/household_history.html", context)
