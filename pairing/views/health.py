"""For the machine that watches over the site."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def health_show(request: HttpRequest) -> HttpResponse:
    """200 while the application answers and has its database; the middleware has answered 503 otherwise."""
    return HttpResponse("ok\n", content_type="text/plain")
