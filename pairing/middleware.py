"""What happens around every request: its source, input and database, then session, second factor, audit, headers."""

import ipaddress
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from pairing import audit

Handler = Callable[[HttpRequest], HttpResponse]


def request_source(get_response: Handler) -> Handler:
    """Give the request an id, and tell the audit log where it came from."""

    def middleware(request: HttpRequest) -> HttpResponse:
        source = audit.Source(uuid.uuid4(), client_address(request))
        request.id = source.request_id  # type: ignore[attr-defined]
        token = audit.source.set(source)
        try:
            response = get_response(request)
        finally:
            audit.source.reset(token)
        response["X-Request-ID"] = str(source.request_id)
        return response

    return middleware


def client_address(request: HttpRequest) -> str | None:
    """The address of the client; X-Forwarded-For counts only as far as trusted proxies wrote it."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    address = request.META.get("REMOTE_ADDR", "")
    while hops and _is_trusted_proxy(address):
        address = hops.pop()
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def _is_trusted_proxy(address: str) -> bool:
    """A proxy of ours: one of settings.TRUSTED_PROXIES, where "unix" stands for a socket without address."""
    if not address:
        return "unix" in settings.TRUSTED_PROXIES
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in ipaddress.ip_network(proxy) for proxy in settings.TRUSTED_PROXIES if proxy != "unix")


# --- database_away and clean_input: begin (ground floor) -----------------------------------------------------


def database_away(get_response: Handler) -> Handler:
    return get_response


def clean_input(get_response: Handler) -> Handler:
    return get_response


# --- database_away and clean_input: end -----------------------------------------------------------------------


def session_limits(get_response: Handler) -> Handler:
    return get_response


def second_factor(get_response: Handler) -> Handler:
    return get_response


def must_change_password(get_response: Handler) -> Handler:
    return get_response


def refusals(get_response: Handler) -> Handler:
    return get_response


def private_pages(get_response: Handler) -> Handler:
    return get_response
