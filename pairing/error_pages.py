"""Every error as a page of ours: whole page or JSON, with a request id and without internals.

Nothing here touches the database, and 500 and 503 do not even run the context processors.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import get_language, get_language_from_request, gettext, override
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True)
class Error:
    """What went wrong and what the reader can do, in a sentence each; ``code`` is for programs."""

    code: str
    title: str | Promise
    text: str | Promise


ERRORS: dict[int, Error] = {
    400: Error(
        "bad_request",
        _("This request could not be read"),
        _("Go back, look at what was entered, and send it again."),
    ),
    403: Error(
        "not_allowed",
        _("You may not do this"),
        _("Your role does not include it. Ask your administrator if you need it for your work."),
    ),
    404: Error(
        "not_found",
        _("Not found"),
        _("The address is wrong, or the record is not among those you look after."),
    ),
    405: Error(
        "wrong_method",
        _("This address works in another way"),
        _("Go back and use the button on the page."),
    ),
    409: Error(
        "changed_meanwhile",
        _("Somebody else has changed this meanwhile"),
        _("Nothing was overwritten, and what you wrote is below. Compare, then enter your change again."),
    ),
    410: Error(
        "withdrawn",
        _("This record was withdrawn"),
        _("It is no longer shown here. The township office can still look it up."),
    ),
    413: Error(
        "too_large",
        _("This is too large"),
        _("Send a smaller file, or split it."),
    ),
    414: Error(
        "address_too_long",
        _("This address is too long"),
        _("Remove some filters and try again."),
    ),
    429: Error(
        "too_many",
        _("Too many tries"),
        _("Please wait a quarter of an hour and try again."),
    ),
    500: Error(
        "server_error",
        _("Something went wrong on our side"),
        _(
            "What you sent may not have been saved. Try again; if it happens again, tell your "
            "administrator the number below."
        ),
    ),
    503: Error(
        "away",
        _("The service is away for a moment"),
        _("Your data are safe. Try again in a few minutes."),
    ),
}
#: Above a sentence that says why: no right is missing, the state of things forbids it.
FORBIDDEN_NOW = _("This cannot be done now")
#: Pages that must work when almost nothing else does: no reader, no navigation.
PLAIN = frozenset({400, 413, 414, 500, 503})


def answer(request: HttpRequest, status: int, reason: str | Promise = "", **context: Any) -> HttpResponse:
    """The error ``status`` in the form that the request asked for; ``reason`` replaces the usual sentence.

    409 takes ``stored`` and ``sent`` (label to text) and shows both, 503 takes ``again`` (names and values of a
    form) and ``action`` (its address) and offers to send it again, so that nothing typed is lost.
    """
    error = ERRORS[status]
    number = str(getattr(request, "id", "") or "")
    with override(getattr(request, "LANGUAGE_CODE", None) or get_language_from_request(request)):
        text = str(reason or error.text)
        if _wants_json(request):
            response: HttpResponse = JsonResponse(
                {"error": error.code, "message": text, "request": number}, status=status
            )
        else:
            response = HttpResponse(_page(request, status, error, text, number, context), status=status)
    response["Cache-Control"] = "no-store"
    return response


def _wants_json(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    return "application/json" in accept and "text/html" not in accept


def _page(
    request: HttpRequest, status: int, error: Error, text: str, number: str, more: dict[str, Any]
) -> str:
    title = FORBIDDEN_NOW if status == 403 and text != str(error.text) else error.title
    context = {"status": status, "title": title, "text": text, "request_number": number, **more}
    try:
        if status not in PLAIN:
            return loader.render_to_string(f"{status}.html", context, request)
        # The reader's language may not be known this early: say it in the other one too.
        other = next(name for name in LANGUAGES if name != (get_language() or LANGUAGES[0]))
        with override(other):
            context["other"] = {"language": other, "title": str(error.title), "text": str(error.text)}
        return loader.render_to_string(f"{status}.html", context)
    except Exception:
        # An error page that fails would show the web server's own; this one needs nothing at all.
        return (
            f'<!DOCTYPE html><html lang="{get_language() or "zh-hans"}"><meta charset="utf-8">'
            f"<title>{status}</title><h1>{escape(gettext(str(error.title)))}</h1>"
            f"<p>{escape(text)}</p><p>{escape(number)}</p></html>"
        )
