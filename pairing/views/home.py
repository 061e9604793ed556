"""Where people land, and what keeps a session alive."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from pairing import clock
from pairing.access import carries
from pairing.models import User
from pairing.roles import P

# In this order: the first surface that a grant opens, if its page exists.
_SURFACES = (
    (P.TODAY, "visits:today"),
    (P.VISIT_READ, "visits:queue_list"),
    (P.VISIT_ENTER, "visits:slip_enter"),
    (P.HOUSEHOLD_VIEW, "households:household_list"),
    (P.OVERVIEW_ROWS, "visits:overview_show"),
    (P.AUDIT_VIEW, "pairing:audit_object"),
    (P.OVERVIEW_VIEW, "visits:overview_show"),
    (P.PEOPLE_MANAGE, "pairing:person_list"),
)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the surface of the reader's role; to the profile when nothing else opens."""
    office = request.user.roles - {"cadre"}  # type: ignore[union-attr]
    for permission, name in _SURFACES:
        if permission == P.TODAY and office:
            continue
        if carries(request.user, permission):
            try:
                return redirect(reverse(name))
            except NoReverseMatch:
                continue
    return redirect("pairing:profile_show")


@require_GET
def session_show(request: HttpRequest) -> HttpResponse:
    """For the page's script: who is signed in, for how long, and a fresh token. Asking counts as activity."""
    reader = cast(User, request.user)
    left = request.session["started_at"] + settings.SESSION_COOKIE_AGE - clock.now().timestamp()
    return JsonResponse(
        {
            "account": str(reader.public_id),
            "seconds_left": int(min(left, 60 * reader.idle_minutes)),
            "csrf_token": get_token(request),
        }
    )
