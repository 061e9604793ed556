"""What happens around every request: its source, database and input, then session, second factor, headers."""

import ipaddress
import json
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import SuspiciousOperation
from django.db import DataError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import redirect

from pairing import audit, clock, patience
from pairing.error_pages import ERRORS, answer
from pairing.errors import Conflict, Refused
from pairing.models import AuditEvent

logger = logging.getLogger(__name__)

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


def database_away(get_response: Handler) -> Handler:
    """Without a database, a friendly page within three seconds instead of a worker that hangs."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not patience.database_answers():
            return _away(request)
        response = get_response(request)
        # It went away in the middle: inner layers have made a 500 of that.
        lost = connection.errors_occurred and not patience.connected()
        if response.status_code == 500 and (lost or hasattr(request, "database_failed")):
            return _away(request)
        return response

    def process_exception(request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, OperationalError):  # also a full disk, a statement that took too long
            request.database_failed = True  # type: ignore[attr-defined]

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _away(request: HttpRequest) -> HttpResponse:
    response = answer(request, 503, again=_sent(request), action=request.get_full_path())
    response["Retry-After"] = "30"
    return response


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form that could not be taken, to stand in the page; nothing of one with a password."""
    if request.content_type != "application/x-www-form-urlencoded":
        return []
    with suppress(SuspiciousOperation, UnreadablePostError):
        if not _SECRETS & set(request.POST):
            return [(name, value) for name, values in request.POST.lists() for value in values]
    return []


_SECRETS = {"login", "password", "oldpassword", "password1", "password2", "code"}


_LONGEST_ADDRESS = 4000  # characters; our own filters stay far below
_LONGEST_BODY = 200 * 1024 * 1024  # bytes; the upload form says its own limit in its own words


def clean_input(get_response: Handler) -> Handler:
    """Refuse what no keyboard makes before it reaches a query: NUL bytes, half characters, endless text.

    A NUL in a field of a form gets its sentence beside the field, from the form. What slips through to the
    database's door is a bad request and not our failure.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if len(request.get_full_path()) > _LONGEST_ADDRESS:
            return answer(request, 414)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length[:12]) > _LONGEST_BODY:
            return answer(request, 413)
        return get_response(request) if _is_clean(request) else answer(request, 400)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        strange = isinstance(exception, DataError | UnicodeEncodeError) or (
            isinstance(exception, ValueError) and "NUL (0x00)" in str(exception)
        )
        if not strange:
            return None
        # No values: what was typed has no business in a log.
        logger.warning("Bad input reached the view: %s", type(exception).__name__)
        return answer(request, 400)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _is_clean(request: HttpRequest) -> bool:
    texts = [request.path_info, *request.COOKIES.values(), *(v for _, vs in request.GET.lists() for v in vs)]
    texts += [*request.GET, *(str(v) for k, v in request.META.items() if k.startswith("HTTP_"))]
    if any(_strange(text) for text in texts):
        return False
    if request.content_type != "application/json" or request.method in ("GET", "HEAD"):
        return True
    try:
        return not any(_strange(text) for text in _texts_of(json.loads(request.body)))
    except (ValueError, RecursionError):
        return False


def _texts_of(value: Any) -> Iterator[str]:
    """Every text in a parsed JSON value, keys included."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting += [*item, *item.values()]
        elif isinstance(item, list):
            waiting += item


def _strange(text: str) -> bool:
    return _STRANGE.search(text) is not None


_STRANGE = re.compile("[\x00\ud800-\udfff]")


def session_limits(get_response: Handler) -> Handler:
    """End sessions that are too old or idle, and tell the page how long this one may still be idle.

    New passwords, disabling and "end all sessions" need nothing here: Django compares the session's hash.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            session, now = request.session, clock.now().timestamp()
            idle = 60 * request.user.idle_minutes
            seen = session.get("seen_at", now)
            started = session.get("started_at", now)
            if now - seen > idle or now - started > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif "started_at" not in session or now - seen > _SEEN_STEP:
                session["seen_at"], session["started_at"] = now, started
        return get_response(request)

    return middleware


_SEEN_STEP = 15  # seconds; not every request of a busy page needs to be written down


def _before_view(check: Callable[[HttpRequest], HttpResponse | None]) -> Callable[[Handler], Handler]:
    """A middleware from a check that may answer instead of the view."""

    def factory(get_response: Handler) -> Handler:
        def middleware(request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_view(request: HttpRequest, *view: object) -> HttpResponse | None:
            return check(request) if request.user.is_authenticated else None

        middleware.process_view = process_view  # type: ignore[attr-defined]
        return middleware

    return factory


# What somebody may reach who has yet to set a password or a second factor.
_ALWAYS = {"account_logout", "account_login", "pairing:language_set", "pairing:session_show"}


@_before_view
def must_change_password(request: HttpRequest) -> HttpResponse | None:
    """Who must choose a new password gets no other page."""
    if request.resolver_match.view_name in _ALWAYS | {"account_change_password"}:  # type: ignore[union-attr]
        return None
    return redirect("account_change_password") if password_is_due(request.user) else None


def password_is_due(user: Any) -> bool:
    """Must this person choose a new password: told so, or the one he has is older than the profile allows?"""
    days = settings.PASSWORD_MAX_AGE_DAYS
    if user.must_change_password:
        return True
    return bool(days) and (
        user.password_changed_at is None or clock.now() - user.password_changed_at > timedelta(days=days)
    )


@_before_view
def second_factor(request: HttpRequest) -> HttpResponse | None:
    """Who needs a second factor and has none gets the page that sets one up, and no other."""
    user = request.user
    if user.second_factor_on or not (user.needs_second_factor or settings.SECOND_FACTOR_FOR_ALL):  # type: ignore[union-attr]
        return None
    allowed = _ALWAYS | {"pairing:second_factor_enrol", "account_change_password"}
    if request.resolver_match.view_name in allowed:  # type: ignore[union-attr]
        return None
    return redirect("pairing:second_factor_enrol")


def refusals(get_response: Handler) -> Handler:
    """One audit row for each 403, 404 and 409 of a signed-in person where a right or object is asked for.

    A 409 shows what stands stored beside what was sent.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        if response.status_code in (403, 404, 409) and match and request.user.is_authenticated:
            permissions = getattr(match.func, "permissions", ())
            if permissions or match.kwargs:
                audit.write(
                    "refused",
                    by=request.user,
                    permission=permissions[0] if permissions else None,
                    object_ids=[value for value in match.kwargs.values() if isinstance(value, uuid.UUID)],
                    result=AuditEvent.Result.REFUSED,
                    detail={
                        "page": match.view_name,
                        "method": request.method,
                        "status": response.status_code,
                    },
                )
        return response

    return middleware


def private_pages(get_response: Handler) -> Handler:
    """Nothing that this site renders is kept by a browser or proxy, or may use the device's sensors."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        response["Permissions-Policy"] = _PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return middleware


_SENSORS = """
    accelerometer autoplay browsing-topics camera display-capture geolocation gyroscope hid magnetometer
    microphone midi payment publickey-credentials-get screen-wake-lock serial usb xr-spatial-tracking
"""
_PERMISSIONS_POLICY = ", ".join(f"{sensor}=()" for sensor in _SENSORS.split())


def error_answers(get_response: Handler) -> Handler:
    """Bare answers such as Django's 405 become pages; a refusal that no view caught becomes 403 or 409."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code not in ERRORS or response.streaming or response.content:
            return response
        page = answer(request, response.status_code)
        for name, value in response.items():
            if name != "Content-Type":
                page[name] = value  # such as Allow
        return page

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Conflict):
            return answer(request, 409, exception.reason, stored=exception.stored, sent=exception.sent)
        if isinstance(exception, Refused):
            return answer(request, 403, exception.reason)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
