"""What this app's views answer when a rule says no."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from pairing.error_pages import answer
from pairing.errors import Conflict, Gone, Refused


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the sent data, be it empty; None when the page is opened."""
    return request.POST if request.method == "POST" else None


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """410 for what was withdrawn, 409 with both texts for a conflict, else 403 with the rule's sentence."""
    if isinstance(refused, Gone):
        return answer(request, 410, str(refused))
    if isinstance(refused, Conflict):
        stored = {label: str(text) for label, text in refused.stored.items()}
        sent = {label: str(text) for label, text in refused.sent.items()}
        return answer(request, 409, str(refused), stored=stored, sent=sent, again_url=reverse("visits:today"))
    return answer(request, 403, str(refused))
