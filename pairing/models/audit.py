"""The audit log's rows. They point at nothing and hold ids and names of fields, never values."""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pairing import clock
from pairing.access import below, prefixes
from pairing.audit_words import in_words
from pairing.models.areas import CodeField
from pairing.roles import P

# What counts as getting in or out.
SIGN_INS = ("sign_in", "sign_out", "password.change", "password.confirm", "invitation.accept", "session.end")


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: Any, permission: P) -> "AuditQuerySet":
        """Events about objects in the areas where ``user`` holds ``permission``, or by people there."""
        areas = prefixes(user, permission)
        return self.filter(below("object_area", areas) | Q(object_area="") & below("actor_area", areas))

    def sign_ins_of(self, user: Any) -> "AuditQuerySet":
        """How somebody, or somebody else under his name, tried to get in; newest first."""
        return self.filter(object_ids__contains=[user.public_id], action__in=SIGN_INS).order_by("-id")


class AuditEvent(models.Model):
    """Who did or saw what, when, as whom, with what result. Grants and a trigger refuse any change."""

    append_only = True

    class Result(models.TextChoices):
        OK = "ok", _("done")
        REFUSED = "refused", _("refused")

    at = models.DateTimeField(default=clock.now)
    actor_id = models.BigIntegerField(null=True)  # no foreign key: a log outlives what it speaks of
    actor_role = models.CharField(max_length=20, blank=True)
    actor_area = CodeField(blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40, blank=True)
    object_ids = ArrayField(models.UUIDField(), default=list)
    object_area = CodeField(blank=True)
    fields = ArrayField(models.CharField(max_length=60), default=list)
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.OK)
    reason = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)  # names of filters, counts, hashes of files; never a value
    address = models.GenericIPAddressField(null=True)
    request_id = models.UUIDField(null=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["object_area", "-id"], name="audit_by_area"),
            GinIndex(fields=["object_ids"], name="audit_by_object"),
        ]

    @property
    def word(self) -> str:
        """What was done, in the reader's language."""
        return in_words(self.action)


def ids_of(objects: Sequence[Any]) -> list[uuid.UUID]:
    """The public ids of objects, and of the files that they belong to: who saw a file asks by its id."""
    ids = [obj.public_id for obj in objects]
    unread: dict[Any, set[int]] = {}
    for obj in objects:
        if not (key := getattr(obj, "household_id", None)):
            continue
        if "household" in obj._state.fields_cache:
            ids.append(obj.household.public_id)
        else:
            unread.setdefault(obj._meta.get_field("household").related_model, set()).add(key)
    for model, keys in unread.items():
        ids += model.everything.filter(pk__in=keys).values_list("public_id", flat=True)
    return list(dict.fromkeys(ids))
