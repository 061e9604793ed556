"""Django's error handlers and the CSRF failure view; what they show is made in ``pairing.error_pages``."""

from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pairing.error_pages import answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the request was larger than the server reads."""
    if isinstance(exception, SessionInterrupted):
        return session_interrupted(request, exception)
    return answer(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def session_interrupted(request: HttpRequest, exception: BaseException) -> HttpResponse:
    """To sign in, since the session was ended meanwhile, unless it could not be written for want of a database."""
    cause = exception.__context__
    while cause:
        if isinstance(cause, OperationalError | InterfaceError):
            request.database_failed = True  # type: ignore[attr-defined]  # middleware.database_away says so
            return answer(request, 500)
        cause = cause.__context__
    return redirect_to_login(request.get_full_path())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; never says whether the record exists."""
    return answer(request, 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """429, from allauth's own counts."""
    return answer(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without the database and without saying what broke."""
    return answer(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is stale, most often after signing in again in another window."""
    return answer(
        request,
        403,
        _(
            "The page was open too long. Go back, copy what you wrote if it is long, reload the page and "
            "send it again."
        ),
        title=_("This page is out of date"),
    )
