"""Create people, let them in, change what they may do, shut accounts; who, when and why stays on record."""

import hashlib
import secrets
from datetime import date

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from pairing import clock
from pairing.actions.second_factors import forget_second_factor
from pairing.audit import Entry, action
from pairing.errors import Refused, Telling, refusing
from pairing.models import Area, Grant, Invitation, KnownDevice, Unit, User
from pairing.models.people import INVITATION_LASTS
from pairing.names import syllables
from pairing.roles import P
from pairing.rules import (
    can,
    check_can_end_grant,
    check_can_grant,
    check_can_manage,
    check_can_place,
    check_invitation,
)

# No letters or digits that look alike on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
TOKEN_LENGTH = 16


def create_user(
    *,
    name: str,
    area: Area,
    role: str,
    role_area: Area,
    unit: Unit | None = None,
    duty: str = "",
    phone: str = "",
    username: str = "",
    language: str = "zh-hans",
    started_on: date | None = None,
    by: User | None,
) -> User:
    """Add a person with his first role; an empty ``username`` is made from the name's pinyin.

    ``by`` is None for commands only. Nobody can sign in as this person before an invitation is used.
    Raises Refused where the role or the area is not the giver's to give, or name or phone are taken.
    """
    person = User(
        username=username or free_username(name), area=area, unit=unit, duty=duty, language=language
    )
    person.set_name(name)
    person.phone = phone
    person.set_unusable_password()
    with action("person.create", by=by, permission=P.PEOPLE_MANAGE) as entry:
        if by is not None:
            check_can_place(area, by=by)
        with refusing(
            pairing_user_username_key=Telling(_("This user name is taken."), "username"),
            user_phone_once=_phone_taken(),
        ):
            person.save(force_insert=True)
        entry.about(person, fields=["name", "unit", "area", "duty", "phone", "username"])
        grant_role(person=person, role=role, area=role_area, started_on=started_on, by=by)
    return person


def _phone_taken() -> Telling:
    """The refusal of a number that somebody signs in with, wherever he works: who is told so is recorded."""
    return Telling(_("Somebody with an account has this phone number already."), "phone")


def edit_user(*, person: User, name: str, unit: Unit | None, duty: str, phone: str | None, by: User) -> User:
    """Correct a person's name, unit, duty or phone. ``phone`` None leaves the number as it is."""
    with action("person.edit", by=by, permission=P.PEOPLE_MANAGE) as entry:
        person = _locked(person)
        check_can_manage(person, by=by)
        changed = [n for n, v in (("name", name), ("unit", unit), ("duty", duty)) if getattr(person, n) != v]
        person.set_name(name)
        person.unit, person.duty = unit, duty
        if phone is not None:
            person.phone = phone
            changed.append("phone")
        person.version += 1
        entry.about(person)
        with refusing(user_phone_once=_phone_taken()):
            person.save()
        entry.about(person, fields=changed)
    return person


def _locked(person: User) -> User:
    """The row as it stands now, held to the end of the transaction: two who change it follow each other."""
    return User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def set_language(*, language: str, by: User) -> User:
    """Save the language that one reads in."""
    with action("profile.language", by=by) as entry:
        by.language = language
        by.save(update_fields=["language"])
        entry.about(by, fields=["language"])
    return by


def grant_role(
    *, person: User, role: str, area: Area, started_on: date | None = None, by: User | None
) -> Grant:
    """Give a role on an area, from today unless a command dates it back."""
    grant = Grant(user=person, role=role, area=area, granted_by=by)
    grant.started_on = started_on or clock.today()
    with action("grant.create", by=by, permission=P.PEOPLE_MANAGE) as entry:
        check_can_grant(grant, by=by)
        with refusing(
            grant_once_at_a_time=_("This person has this role there already."),
            grant_one_reader_per_township=_(
                "This township has a reader of restricted parts; end that duty first."
            ),
        ):
            grant.save(force_insert=True)
        entry.about(person)
        _record(entry, grant)
    person.__dict__.pop("open_grants", None)
    return grant


def end_grant(*, grant: Grant, reason: str, by: User) -> Grant:
    """End a role from today on. Raises Refused where something hangs on it still (GRANT_END_CHECKS)."""
    with action("grant.end", by=by, reason=reason, permission=P.PEOPLE_MANAGE) as entry:
        _locked(
            grant.user
        )  # who pairs him locks him, too: his household and the end of his duty see each other
        grant = Grant.objects.select_for_update(of=("self",)).select_related("user", "area").get(pk=grant.pk)
        check_can_end_grant(grant, by=by)
        for check in settings.GRANT_END_CHECKS:
            import_string(check)(grant)
        grant.ended_on, grant.ended_by = clock.today(), by
        grant.save(update_fields=["ended_on", "ended_by"])
        entry.about(grant.user)
        _record(entry, grant)
    return grant


def _record(entry: Entry, grant: Grant) -> None:
    """Say in the audit row which right is meant; a deed around this one may give or end several."""
    right = {"role": grant.role, "area": grant.area_id, "id": str(grant.public_id)}
    entry.detail.setdefault("grants", []).append(right)


def disable_user(*, person: User, reason: str, by: User) -> User:
    """Shut an account at once: no sign-in, every session ends. Roles and pairings stay as they are."""
    with action("person.disable", by=by, reason=reason, permission=P.PEOPLE_MANAGE) as entry:
        person = _locked(person)
        check_can_manage(person, by=by)
        if not person.is_active:
            raise Refused(_("This account is shut already."))
        person.is_active = False
        person.session_epoch += 1
        person.version += 1
        person.save(update_fields=["is_active", "session_epoch", "version"])
        KnownDevice.objects.filter(user=person).delete()
        void_invitations(person)
        entry.about(person, fields=["is_active"])
    return person


def enable_user(*, person: User, by: User) -> User:
    """Open a shut account again; the person signs in with the password he had."""
    with action("person.enable", by=by, permission=P.PEOPLE_MANAGE) as entry:
        person = _locked(person)
        check_can_manage(person, by=by)
        if person.is_active:
            raise Refused(_("This account is open already."))
        person.is_active = True
        person.version += 1
        person.save(update_fields=["is_active", "version"])
        entry.about(person, fields=["is_active"])
    return person


def end_sessions(*, person: User, by: User) -> User:
    """Sign a person out everywhere: oneself, or somebody whom one may manage, whose lost phone is then unknown."""
    with action("session.end", by=by) as entry:
        person = _locked(person)
        if person.pk != by.pk:
            check_can_manage(person, by=by)
            KnownDevice.objects.filter(user=person).delete()
        person.session_epoch += 1
        person.save(update_fields=["session_epoch"])
        entry.about(person)
    return person


def reset_second_factor(*, person: User, reason: str, by: User) -> User:
    """Forget a lost code app, and his devices with it; he sets up a new one at the next sign-in. Ends his sessions."""
    with action("second_factor.reset", by=by, reason=reason, permission=P.PEOPLE_MANAGE) as entry:
        person = _locked(person)
        check_can_manage(person, by=by)
        forget_second_factor(person)
        KnownDevice.objects.filter(user=person).delete()
        person.session_epoch += 1
        person.save(update_fields=["session_epoch"])
        entry.about(person, fields=["second_factor_on"])
    return person


def create_invitation(*, person: User, by: User | None) -> tuple[Invitation, str]:
    """A one-time code by which a person sets a password; earlier ones stop working. Returns it with the code.

    Only a hash of the code is kept: it is on the printed sheet or nowhere. Lasts seven days.
    """
    token = "".join(secrets.choice(_ALPHABET) for _i in range(TOKEN_LENGTH))
    with action("invitation.create", by=by, permission=P.PEOPLE_MANAGE) as entry:
        person = _locked(person)
        kind = Invitation.Kind.RESET if person.has_usable_password() else Invitation.Kind.INVITE
        if by is not None:
            check_can_manage(person, by=by)
        if not person.is_active:
            raise Refused(_("This account is shut. Open it first."))
        now = clock.now()
        void_invitations(person)
        invitation = Invitation.objects.create(
            user=person,
            kind=kind,
            token_hash=token_hash(token),
            created_by=by,
            created_at=now,
            expires_at=now + INVITATION_LASTS,
        )
        entry.about(person)
        entry.detail["kind"] = kind
    return invitation, token


def void_invitations(person: User) -> None:
    """Sheets that were printed for a person and not used open nothing any more. For actions and the adapter."""
    now = clock.now()
    Invitation.objects.filter(user=person, used_at=None, expires_at__gt=now).update(expires_at=now)


def accept_invitation(*, invitation: Invitation, password: str) -> User:
    """Set a person's password by an invitation, which is then used up; all his sessions end.

    Raises Refused when the invitation was used, replaced or has expired, or its maker may no longer invite this
    person. The password has passed its form.
    """
    with action("invitation.accept", by=invitation.user) as entry:
        person = _locked(invitation.user)
        invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        invitation.user = person
        check_invitation(invitation)
        invitation.used_at = clock.now()
        invitation.save(update_fields=["used_at"])
        person.set_password(password)
        person.password_changed_at = clock.now()
        person.must_change_password = False
        person.session_epoch += 1
        person.save(
            update_fields=["password", "password_changed_at", "must_change_password", "session_epoch"]
        )
        KnownDevice.objects.filter(user=person).delete()
        entry.about(person, fields=["password"])
    return person


def open_invitation(token: str) -> Invitation | None:
    """The invitation that a code on paper opens; None when there is none that may still be used."""
    known = Invitation.objects.select_related("user", "created_by").filter(token_hash=token_hash(token))
    found = known.first()
    return found if found and can(check_invitation, found) else None


def token_hash(token: str) -> str:
    """What is stored of a code."""
    return hashlib.sha256(folded_token(token).encode(errors="surrogatepass")).hexdigest()


def folded_token(text: str) -> str:
    """A code as it was made, however it was typed: capitals, blanks, hyphens and slashes make no difference."""
    return "".join(c for c in text.lower() if c.isalnum())


def free_username(name: str) -> str:
    """A user name nobody has, from the name's pinyin: zhangwei, then zhangwei2, …"""
    base = "".join(c for c in "".join(syllables(name)) if c.isascii() and c.isalnum())[:40] or "user"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    number = 1
    while (candidate := base if number == 1 else f"{base}{number}") in taken:
        number += 1
    return candidate
