"""What the frame of every page needs to know; no query beyond the grants that the access check loads."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pairing import clock, nav
from pairing.access import open_grants


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame of one page: who reads, on which surface, with which navigation, until when."""
    user = getattr(request, "user", None)
    reader = user if user is not None and user.is_authenticated else None
    roles = {grant.role for grant in open_grants(reader)}
    surface = nav.surface(roles) if reader else "guest"
    match = getattr(request, "resolver_match", None)
    return {
        "reader": reader,
        "surface": surface,
        "roles": frozenset(roles),
        "page": match.view_name if match else "",
        "demo": settings.PAIRING_PROFILE == "demo",
        "idle_seconds": reader.idle_minutes * 60 if reader else 0,
        "today": clock.today(),
    }


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``frame``, worked out only when a template asks for it (fragments do not)."""
    return {"frame": SimpleLazyObject(lambda: frame(request))}
