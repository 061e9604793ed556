"""A changed fact told at a visit is taken into the file: what was told beside what the file says."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pairing import audit
from pairing.access import permission_required
from pairing.errors import Refused, add_refusal
from pairing.roles import P
from visits import rules
from visits.actions.recording import fact_at, record_fact, told_at
from visits.forms.recording import record_form, recorded_values
from visits.models import Visit
from visits.views.answers import refusal, sent


@require_http_methods(["GET", "POST"])
@permission_required(P.HOUSEHOLD_EDIT)
def fact_record(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """记入户档案: one fact, in the file's own fields; then back to the visit, which says that it is recorded."""
    visits = Visit.objects.visible_to(request.user, P.HOUSEHOLD_EDIT)
    visit: Visit = get_object_or_404(visits.select_related("household", "visited_by"), public_id=public_id)
    if fact_at(visit, key) is None:
        raise Http404
    try:
        rules.check_recordable(visit, visit.household, key)
        told = told_at(visit, key)
    except Refused as refused:
        return refusal(request, refused)
    form = record_form(sent(request), told)
    if request.method == "POST" and form.is_valid():
        try:
            record_fact(visit=visit, key=key, values=recorded_values(form), by=request.user)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Recorded in the file."))
            return redirect("visits:visit_read", public_id)
    audit.read("visit.show", by=request.user, objects=[visit, visit.household], permission=P.HOUSEHOLD_EDIT)
    context = {"visit": visit, "told": told, "form": form}
    return render(request, "visits/fact_record.html", context, status=422 if form.errors else 200)
