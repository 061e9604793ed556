"""People with an account, what each may do and where, and how they first get in."""

import unicodedata
import uuid
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from pairing import clock, numbers
from pairing.access import below, open_grants, prefixes
from pairing.fields import BlindIndex, SealedField, blind_of
from pairing.models.areas import Area
from pairing.models.ranges import DateRange, half_open
from pairing.models.units import Unit
from pairing.names import sort_key
from pairing.roles import WITHOUT_SECOND_FACTOR, P, Role, grantable_by

INVITATION_LASTS = timedelta(days=7)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Any, permission: P) -> "UserQuerySet":
        """People whose home area lies where ``user`` holds ``permission``, or who hold a grant there.

        Once a grant has ended, whoever manages people there has lost its holder from sight; auditors have not.
        A system administrator sees the people above townships in his area only through their grants.
        """
        areas = prefixes(user, permission)
        granted = Grant.objects.filter(below("area_id", areas))
        if permission == P.PEOPLE_MANAGE:
            granted = granted.open(clock.today())
        return self.filter(below("area_id", areas) | Q(pk__in=granted.values("user")))

    def with_role(self, role: Role, on: date) -> "UserQuerySet":
        """People who hold ``role`` somewhere on ``on``."""
        return self.filter(pk__in=Grant.objects.open(on).filter(role=role).values("user"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


@pghistory.track(exclude=["password", "last_login", "phone_hmac", "session_epoch"])
class User(AbstractBaseUser):
    """A person with an account. A new phone number never makes a new person."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField(
        _("user name"),
        max_length=60,
        unique=True,
        db_collation="C",
        error_messages={"unique": _("This user name is taken.")},
    )
    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(max_length=200, db_collation="C", blank=True, editable=False)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("unit")
    )
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="people", verbose_name=_("area"), db_index=True
    )
    duty = models.CharField(_("duty"), max_length=60, blank=True)
    phone = SealedField(label="user.phone", verbose_name=_("phone"), blank=True)
    phone_hmac = BlindIndex(source="phone", normal=numbers.phone_key)
    language = models.CharField(
        _("language"), max_length=10, default="zh-hans", choices=[("zh-hans", "简体中文"), ("en", "English")]
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(default=False)
    session_epoch = models.PositiveIntegerField(default=0)  # raising it ends every session of this person
    second_factor_on = models.BooleanField(default=False)  # kept by the adapters, so that no page asks twice
    password_changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        ordering: ClassVar = ["name_key", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["phone_hmac"], name="user_phone_once"),
        ]

    def __str__(self) -> str:
        return self.username

    @cached_property
    def open_grants(self) -> "list[Grant]":
        """The grants that hold today. Cached with this object, that is for one request."""
        if not self.is_active:
            return []
        return list(Grant.objects.open(clock.today()).filter(user=self).order_by("pk"))

    @property
    def roles(self) -> set[str]:
        return {grant.role for grant in open_grants(self)}

    @property
    def needs_second_factor(self) -> bool:
        """Every role but cadre and village clerk works with a second factor only."""
        return bool(self.roles - WITHOUT_SECOND_FACTOR)

    @property
    def idle_minutes(self) -> int:
        """How long a session may stay idle: cadres and clerks sit at kitchen tables, offices do not."""
        office = self.roles - WITHOUT_SECOND_FACTOR
        return int(settings.SESSION_IDLE_MINUTES["office" if office else "cadre"])

    @property
    def account_state(self) -> str:
        """``shut``, ``new`` (has never chosen a password) or ``open``."""
        if not self.is_active:
            return "shut"
        return "open" if self.has_usable_password() else "new"

    def set_name(self, name: str) -> None:
        """Set the name together with the key that sorts and finds it."""
        self.name, self.name_key = name, sort_key(name)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every session of this person carries: a new password or epoch ends them all."""
        value = f"{self.session_epoch}:{self.password}"
        return salted_hmac("pairing.session", value, secret=secret, algorithm="sha256").hexdigest()


def sign_in_name(text: str) -> str:
    """The user name that somebody means who signs in with ``text``: it itself, or that of the phone's owner."""
    name = unicodedata.normalize("NFKC", text).strip().lower()[:60]
    phone = blind_of(User, "phone_hmac", name)
    if phone is None:
        return name
    return User.objects.filter(phone_hmac=phone).values_list("username", flat=True).first() or name


class GrantQuerySet(models.QuerySet["Grant"]):
    def open(self, on: date) -> "GrantQuerySet":
        """Grants that hold on ``on``."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), started_on__lte=on)

    def visible_to(self, user: Any, permission: P) -> "GrantQuerySet":
        return self.filter(below("area_id", prefixes(user, permission)))


@pghistory.track()
class Grant(models.Model):
    """A role on an area for a time: half-open ``[started_on, ended_on)``."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="grants", verbose_name=_("area"))
    started_on = models.DateField(_("from"), default=clock.today)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = GrantQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user"], condition=Q(ended_on__isnull=True), name="grant_open_by_user"),
            models.Index(fields=["area", "role"], name="grant_by_area_role"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="grant_ends_after_start",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
            ),
            ExclusionConstraint(
                name="grant_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("area", RangeOperators.EQUAL),
                    (DateRange("started_on", "ended_on", half_open()), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="grant_one_reader_per_township",
                condition=Q(role="reader"),
                expressions=[
                    ("area", RangeOperators.EQUAL),
                    (DateRange("started_on", "ended_on", half_open()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def may_be_given_by(self, user: User) -> bool:
        """May ``user`` give or end this grant? Below his own level and inside his own area only."""
        return any(
            self.area_id.startswith(own.area_id)
            and (self.role, self.area.level) in grantable_by(own.role, own.area.level)
            for own in open_grants(user)
        )


class Invitation(models.Model):
    """A one-time printed link or code by which a person sets a password: first entry, or a reset.

    Only a hash of the token is stored; nobody but the person ever knows a password.
    """

    class Kind(models.TextChoices):
        INVITE = "invite", _("first sign-in")
        RESET = "reset", _("new password")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    def is_open(self, at: datetime) -> bool:
        return self.used_at is None and at < self.expires_at


class KnownDevice(models.Model):
    """A browser from which this person has signed in; it is exempt from the account's lock-out."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(default=clock.now)

    objects = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "token_hash"], name="known_device_once_per_user")
        ]
