"""Read visit 走访阅看: the visit left, the file right, remarks at fields. It is read, never rejected."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from households.models import Household
from pairing import audit, clock, codelists
from pairing.access import permission_required
from pairing.error_pages import answer
from pairing.errors import Conflict, Refused
from pairing.models import Area
from pairing.roles import P
from visits import rules
from visits.actions.reading import ask, mark_read
from visits.forms.reading import ReadingForm
from visits.models import Visit
from visits.views.visits import detail


@require_http_methods(["GET", "POST"])
@permission_required(P.VISIT_READ)
def visit_read(request: HttpRequest, public_id: str) -> HttpResponse:
    """已阅，下一条, or 请补充 with a question at a field; a stale page gets both texts back."""
    visits = Visit.objects.visible_to(request.user, P.VISIT_READ)
    visit: Visit = get_object_or_404(
        visits.select_related("household__lead", "visited_by", "author", "read_by"), public_id=public_id
    )
    form = ReadingForm(request.POST or None, initial={"version": visit.version})
    if request.method == "POST" and form.is_valid():
        try:
            return _deal(request, visit, form)
        except Conflict as conflict:
            return _stale(request, conflict)
        except Refused as refusal:
            form.refuse(refusal)
    restricted = rules.can_read_restricted(request.user, visit)
    audit.write(
        "visit.show",
        by=request.user,
        permission=P.VISIT_READ,
        object_type="visits.visit",
        object_ids=[visit.public_id, visit.household.public_id],
        object_area=visit.village_code,
        fields=["restricted"] if restricted else [],
    )
    context = detail(request, visit, restricted) | {
        "form": form,
        "ask": form.at(),
        "may_read": (may_read := rules.can_read(visit, request.user)),
        "may_ask": may_read and visit.household.is_open and visit.state != Visit.State.ASKED,
        "file": _file(visit.household, visit),
        "reasons": [Visit.Reason(r).label for r in visit.reading_reasons if r in Visit.Reason],
    }
    return render(request, "visits/visit_read.html", context, status=422 if form.errors else 200)


def _deal(request: HttpRequest, visit: Visit, form: ReadingForm) -> HttpResponse:
    """Read it, or ask; then on to the next one. Enter in the line of a question presses neither button: it asks."""
    version, questions = form.cleaned_data["version"], form.questions()
    if "read" not in request.POST:
        ask(visit=visit, questions=questions, version=version, by=request.user)
        said = _("Asked. The helper sees the question beside his own words.")
    elif questions:
        raise Refused(_("You have written a question. Send it with “Please add”, or take it out first."))
    else:
        said = _read(request, visit, version)
    others = _others_to_read(request.user, visit)
    later = Q(recorded_at__gt=visit.recorded_at) | Q(recorded_at=visit.recorded_at, pk__gt=visit.pk)
    following = others.filter(later).first() or others.first()
    if following is None:
        messages.success(request, said)
        return redirect("visits:queue_list")
    left = others.count()
    more = ngettext("%(n)d more to read.", "%(n)d more to read.", left) % {"n": left}
    messages.success(request, f"{said} {more}")
    return redirect("visits:visit_read", public_id=following)


def _read(request: HttpRequest, visit: Visit, version: int) -> str:
    """Mark it read, or find that a colleague at the same queue has; what to say of it."""
    try:
        mark_read(visit=visit, version=version, by=request.user)
    except Conflict:
        visit.refresh_from_db(fields=["state", "read_by"])
        if visit.state != Visit.State.READ:
            raise
        if visit.read_by_id != request.user.pk:
            return _("Somebody else has read it meanwhile.")
    return _("Read.")


def _others_to_read(user: Any, visit: Visit) -> Any:
    """The public ids of the other visits that wait for this reader, the oldest first."""
    waiting = Visit.objects.visible_to(user, P.VISIT_READ).to_read().exclude(pk=visit.pk)
    others = waiting.exclude(visited_by=user).exclude(author=user)
    return others.order_by("recorded_at", "pk").values_list("public_id", flat=True)


def _stale(request: HttpRequest, conflict: Conflict) -> HttpResponse:
    return answer(
        request,
        409,
        str(conflict),
        stored={label: str(text) for label, text in conflict.stored.items()},
        sent={label: str(text) for label, text in conflict.sent.items()},
        again_url=request.path,
    )


def _file(household: Household, visit: Visit) -> dict[str, Any]:
    """What of the file helps to understand a conversation; no number, no income."""
    village = Area.objects.filter(code=household.village_code).first()
    members = household.memberships.present().select_related("person")
    before = household.visits.valid().exclude(pk=visit.pk).filter(visited_on__lte=visit.visited_on)
    return {
        "village": village.label if village else household.village_code,
        "members": [
            (m.person.name, codelists.label("relation", m.relation), _age(m.person.birth_date))
            for m in members
        ],
        "absences": household.absences.on(clock.today()).select_related("person"),
        "promises": household.promises.outstanding(),
        "problems": [(p, codelists.label("problem_kind", p.kind)) for p in household.problems.open()],
        "before": before.select_related("visited_by").defer("restricted", "facts")[:3],
        "url": reverse("households:household_detail", args=[household.public_id]),
    }


def _age(born: Any) -> int | None:
    if born is None:
        return None
    today = clock.today()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
