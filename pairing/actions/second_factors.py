"""Set up, renew and take away second factors: a code app (TOTP), and recovery codes for when it is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from pairing.audit import action
from pairing.errors import Refused
from pairing.models import User

_whose: ContextVar[UUID] = ContextVar("whose secrets")


@contextmanager
def secrets_of(person: User) -> Iterator[None]:
    """Inside the block allauth seals and opens this person's secrets, and nobody else's open.

    allauth's cipher hooks are given no row: whoever has it work with a secret says here whose it is.
    """
    token = _whose.set(person.public_id)
    try:
        yield
    finally:
        _whose.reset(token)


def whose_secrets() -> UUID:
    """The person of the block one is in. Raises LookupError outside of any: nothing is sealed for nobody."""
    return _whose.get()


def activate_code_app(person: User, secret: str) -> TOTP:
    """Keep the secret of a person's code app. For actions and the demo: it checks and records nothing."""
    with secrets_of(person):
        return TOTP.activate(person, secret)


def enrol_second_factor(*, secret: str, code: str, by: User) -> list[str]:
    """Bind a code app to one's own account, shown by its first code; returns the recovery codes, shown once.

    ``secret`` is the base32 text in the picture. The first code counts as used: it signs nobody in. All sessions
    end, since none has given a code: who goes on signs in anew, or renews the hash of the one session that did.
    """
    with action("second_factor.enrol", by=by) as entry:
        entry.about(by, fields=["second_factor_on"])
        if User.objects.select_for_update(of=("self",)).get(pk=by.pk).second_factor_on:
            raise Refused(_("A code app is set up already."))
        if not validate_totp_code(secret, code):
            raise Refused(
                _("This code is not right. Check the time of your phone, and type the newest code."), "code"
            )
        app = activate_code_app(by, secret)
        with secrets_of(by):
            app.validate_code(code)
        codes = _new_recovery_codes(by)
        _flag(by, on=True)
        _end_sessions(by)
    return codes


def renew_recovery_codes(*, by: User) -> list[str]:
    """New recovery codes for one's own account; the old ones stop working. Returns them, shown once."""
    with action("second_factor.renew_codes", by=by) as entry:
        entry.about(by)
        if not by.second_factor_on:
            raise Refused(_("Set up a code app first."))
        return _new_recovery_codes(by)


def drop_second_factor(*, by: User) -> None:
    """Take the code app away from one's own account; all sessions end. Raises Refused where one's role needs it."""
    with action("second_factor.drop", by=by) as entry:
        entry.about(by, fields=["second_factor_on"])
        if by.needs_second_factor or settings.SECOND_FACTOR_FOR_ALL:
            raise Refused(_("Your role works with a code app only."))
        forget_second_factor(by)
        _end_sessions(by)


def forget_second_factor(person: User) -> None:
    """Delete a person's code app and recovery codes. For actions only: it checks and records nothing."""
    Authenticator.objects.filter(user=person).delete()
    _flag(person, on=False)


def _new_recovery_codes(person: User) -> list[str]:
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    with secrets_of(person):
        return RecoveryCodes.activate(person).get_unused_codes()


def _end_sessions(person: User) -> None:
    person.session_epoch += 1
    person.save(update_fields=["session_epoch"])


def _flag(person: User, *, on: bool) -> None:
    """Keep the flag that pages read instead of asking allauth's table."""
    person.second_factor_on = on
    person.save(update_fields=["second_factor_on"])
