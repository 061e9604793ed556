"""How people get in: allauth's and axes' hooks, in our words, with our cipher and our audit rows.

An account takes ten wrong passwords in fifteen minutes, wherever they come from. A browser from which the
person has signed in before is counted by itself, so nobody can lock a victim out. An address is slowed only
when fifty different names have failed there, because a whole township may sit behind one.
"""

import hashlib
import secrets
import time
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pairing import audit, clock, wording
from pairing.actions.people import void_invitations
from pairing.actions.second_factors import whose_secrets
from pairing.crypto import blind, seal, unseal
from pairing.error_pages import answer
from pairing.models import KnownDevice, User
from pairing.models.people import sign_in_name

SHEETS_TOLD = timedelta(days=30)  # for so long after its use a sheet is told of in each new browser
_BEGUN_WITH = (
    "sign_in.begun_with"  # the session's key for what ``User.get_session_auth_hash`` said at the password
)


class UsernameOrPhone(ModelBackend):
    """Password sign-in by user name or phone number; rights are no business of a backend here."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if not username or not password:
            return None
        user = super().authenticate(request, username=sign_in_name(username), password=password)
        return user if isinstance(user, User) else None


# --- lock-outs ----------------------------------------------------------------------------------------------


def axes_username(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The name under which a sign-in is counted: a keyed hash of the account, apart for a known device."""
    typed = str((credentials or {}).get("username") or request.POST.get("login", ""))
    memo: dict[str, str] = request.__dict__.setdefault("_counted_as", {})
    if typed not in memo:
        name = sign_in_name(typed)
        device = known_device(request, name)
        memo[typed] = blind(name, "sign_in.name") + (f"@{device.pk}" if device else "")
    return memo[typed]


def axes_address(request: HttpRequest) -> str | None:
    """The client's address as the middleware found it."""
    return audit.source.get().address


class LockOut(AxesDatabaseHandler):
    """Counts by account, and slows an address only after many different names."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        return super().is_locked(request, credentials) or self._tried_many_names(request, credentials)

    def _tried_many_names(self, request: Any, credentials: dict[str, Any] | None) -> bool:
        name = axes_username(request, credentials)
        if "@" in name or not request.axes_ip_address:
            return False
        since = request.axes_attempt_time - settings.SIGN_IN_WINDOW
        failed = AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address, attempt_time__gte=since
        ).exclude(username__contains="@")
        names = set(
            failed.values_list("username", flat=True).distinct()[: settings.SIGN_IN_NAMES_PER_ADDRESS]
        )
        return len(names) >= settings.SIGN_IN_NAMES_PER_ADDRESS and name not in names


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """The page that says when to try again. The same for every name, whether an account has it or not."""
    minutes = int(settings.SIGN_IN_WINDOW.total_seconds() // 60)
    reason = ngettext(
        "For the safety of the accounts, sign-in pauses here. Please try again in %(minutes)s minute.",
        "For the safety of the accounts, sign-in pauses here. Please try again in %(minutes)s minutes.",
        minutes,
    )
    page = answer(request, 429, reason % {"minutes": minutes}, sign_in=True)
    page["Retry-After"] = str(minutes * 60)
    return page


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def known_device(request: HttpRequest, username: str) -> KnownDevice | None:
    """The row that says that ``username`` has signed in from this browser before."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not token:
        return None
    since = clock.now() - settings.DEVICE_COOKIE_LASTS
    return KnownDevice.objects.filter(
        user__username=username, token_hash=_hash_of(token), last_used_at__gte=since
    ).first()


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Note that ``user`` signs in from this browser. Several people may share one (an office computer)."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if len(token) != 43:
        token = secrets.token_urlsafe(32)
    KnownDevice.objects.update_or_create(
        user=user, token_hash=_hash_of(token), defaults={"last_used_at": clock.now()}
    )
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=settings.DEVICE_COOKIE_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def tell_of_sheets(request: HttpRequest, user: User) -> None:
    """Once in each browser: when and from whom a printed sheet has set this person's password of late.

    Who makes sheets can use one himself, and nobody can prevent that; but nobody can hide it from the person either.
    """
    used = user.invitations.filter(used_at__gt=clock.now() - SHEETS_TOLD).select_related("created_by")
    set_up = _("site set-up")  # outside the braces: the collector of strings reads no code in an f-string
    sheets = [
        f"{wording.moment(sheet.used_at)} ({sheet.created_by.name if sheet.created_by else set_up})"
        for sheet in used.order_by("used_at")
    ]
    if sheets:
        words = _(
            "Your password was set with a printed sheet: %(sheets)s. If that was not you, tell the county office."
        )
        messages.warning(request, words % {"sheets": wording.listed(sheets)})


# --- allauth ------------------------------------------------------------------------------------------------


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in, sign-out, password: each leaves its audit row. No sign-up, no e-mail, no SMS."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("User name, phone or password is not right."),
        "incorrect_password": _("This password is not right."),
        "enter_current_password": _("Your present password is not right."),
        "too_many_login_attempts": _("Too many tries. Please wait fifteen minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return audit.source.get().address or "unknown"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes; allauth's own count knows no known devices."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        name = sign_in_name(str(credentials.get("username", "")))
        person = User.objects.filter(username=name).first()
        signed_in = request.user if request.user.is_authenticated else None
        audit.write(
            "password.confirm" if signed_in else "sign_in",
            by=signed_in,
            object_type="pairing.user",
            object_ids=[person.public_id] if person else [],
            object_area=person.area_id if person else "",
            result="refused",
            detail={
                "account": blind(name, "sign_in.name"),
                "locked": getattr(request, "axes_locked_out", False),
            },
        )

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Note which password and which epoch the sign-in begins with; the second factor may come minutes later."""
        request.session[_BEGUN_WITH] = user.get_session_auth_hash()
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: Any) -> None:
        if request.session.pop(_BEGUN_WITH, "") != user.get_session_auth_hash():
            messages.error(
                request, _("Your password or your sign-ins have changed meanwhile. Please begin again.")
            )
            raise ImmediateHttpResponse(redirect("account_login"))
        with transaction.atomic():
            super().login(request, user)
            request.session["started_at"] = clock.now().timestamp()
            factors = [str(r.get("type") or r["method"]) for r in get_authentication_records(request, user)]
            _write("sign_in", by=user, detail={"factors": factors})

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        if known_device(request, user.username) is None:
            tell_of_sheets(request, user)
        remember_device(request, response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            _write("sign_out", by=request.user)
        super().logout(request)

    def set_password(self, user: Any, password: str) -> None:
        with transaction.atomic():
            user.set_password(password)
            user.password_changed_at = clock.now()
            user.must_change_password = False
            user.save(update_fields=["password", "password_changed_at", "must_change_password"])
            void_invitations(user)
            _write("password.change", by=user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("pairing:home")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within five minutes of the last password or code: a fresh sign-in counts as well."""
        records = get_authentication_records(self.request, self.request.user)
        return not (records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what happened; allauth's remarks stay away."""


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of second factors lie under our cipher, each bound to its person."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it has been used. Wait for the next one."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text, label="second_factor.secret", public_id=whose_secrets())

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, label="second_factor.secret", public_id=whose_secrets())


def _write(name: str, *, by: Any, **more: Any) -> None:
    """An audit row about the person's own account."""
    audit.write(
        name, by=by, object_type="pairing.user", object_ids=[by.public_id], object_area=by.area_id, **more
    )
