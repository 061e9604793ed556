"""One's own account: language, second factor, sign-ins, sessions."""

import base64
from io import BytesIO
from typing import Any

import qrcode
from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from qrcode.image.svg import SvgPathImage

from pairing.actions import people, second_factors
from pairing.crypto import seal, unseal
from pairing.errors import Refused
from pairing.forms.profile import LanguageForm
from pairing.forms.sign_in import EnrolForm
from pairing.models import AuditEvent

_SECRET = "second_factor.pending"  # noqa: S105  the session key under which a sealed secret waits


@require_http_methods(["GET"])
def profile_show(request: HttpRequest) -> HttpResponse:
    """One's account at a glance: what it may do and where, how it is guarded, and where it signed in."""
    user: Any = request.user
    sign_ins = AuditEvent.objects.sign_ins_of(user)[:20]
    grants = user.grants.select_related("area").order_by("ended_on", "-started_on")
    return render(request, "pairing/profile_show.html", {"grants": grants, "sign_ins": sign_ins})


@login_not_required
@require_POST
def language_set(request: HttpRequest) -> HttpResponse:
    """Change the language of this browser, and of the account of who is signed in; then go back."""
    form = LanguageForm(request.POST)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, None) or not back.startswith("/"):
        back = "/"
    response = redirect(back)
    if form.is_valid():
        language = form.cleaned_data["language"]
        if request.user.is_authenticated and request.user.language != language:
            people.set_language(language=language, by=request.user)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else; this session goes on."""
    user: Any = request.user
    update_session_auth_hash(request, people.end_sessions(person=user, by=user))
    messages.success(request, _("All other sessions have been ended."))
    return redirect("pairing:profile_show")


@require_http_methods(["GET", "POST"])
@reauthentication_required(app="allauth.mfa")
def second_factor_enrol(request: HttpRequest) -> HttpResponse:
    """Set up a code app: picture, first code, then the recovery codes, once."""
    user: Any = request.user
    form = EnrolForm(request.POST or None)
    secret = _pending_secret(request, fresh=request.method == "GET")
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factors.enrol_second_factor(secret=secret, code=form.cleaned_data["code"], by=user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            del request.session[_SECRET]
            update_session_auth_hash(request, user)  # this session has given a code; all others end
            return render(request, "pairing/recovery_codes_create.html", {"codes": codes})
    url = get_adapter().build_totp_url(user, secret)
    groups = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    context = {"form": form, "picture": qr_picture(url), "secret": groups, "needed": user.needs_second_factor}
    return render(request, "pairing/second_factor_enrol.html", context)


@require_POST
@reauthentication_required(app="allauth.mfa")
def recovery_codes_create(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them, once."""
    try:
        codes = second_factors.renew_recovery_codes(by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("pairing:profile_show")
    return render(request, "pairing/recovery_codes_create.html", {"codes": codes})


@require_POST
@reauthentication_required(app="allauth.mfa")
def second_factor_drop(request: HttpRequest) -> HttpResponse:
    """Take the code app away, where one's role works without."""
    try:
        second_factors.drop_second_factor(by=request.user)  # type: ignore[arg-type]
        update_session_auth_hash(request, request.user)  # type: ignore[arg-type]
        messages.success(request, _("The code app has been removed."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("pairing:profile_show")


def qr_picture(text: str) -> str:
    """A QR code as a data URI for an ``img``."""
    out = BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=2).save(out)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def _pending_secret(request: HttpRequest, *, fresh: bool) -> str:
    """The secret that the picture shows; it waits in the session under the cipher, bound to this person."""
    user: Any = request.user
    stored = request.session.get(_SECRET)
    if stored and not fresh:
        return unseal(stored, label="second_factor.pending", public_id=user.public_id)
    secret = generate_totp_secret()
    request.session[_SECRET] = seal(secret, label="second_factor.pending", public_id=user.public_id)
    return secret
