"""Change requests: a sensitive fact changes only when a second person has looked (变更审核)."""

from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.models.files import Household
from households.models.imports import ImportBatch
from households.models.members import Person
from households.models.scoped import ScopedModel, ScopedQuerySet
from pairing import clock
from pairing.fields import SealedField


class ChangeQuerySet(ScopedQuerySet):
    def waiting(self) -> Self:
        """Waiting for review."""
        return self.filter(state=ChangeRequest.State.WAITING)

    def unsettled(self) -> Self:
        """Waiting for review, or returned to who proposed it."""
        return self.filter(state__in=[ChangeRequest.State.WAITING, ChangeRequest.State.RETURNED])


@pghistory.track()
class ChangeRequest(ScopedModel):
    """What one person asks to change in one file, decided field by field by another."""

    class State(models.TextChoices):
        WAITING = "waiting", _("in review")
        DECIDED = "decided", _("reviewed")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    TRANSITIONS: ClassVar = {
        State.WAITING: [State.DECIDED, State.RETURNED, State.WITHDRAWN],
        State.RETURNED: [State.WAITING, State.WITHDRAWN],
    }

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="change_requests")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("reason for the change"), max_length=200)
    proof = models.CharField(_("paper seen"), max_length=200, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="change_requests"
    )
    base_version = models.PositiveIntegerField()  # the file's version when it was proposed
    round = models.PositiveSmallIntegerField(default=1)  # rises each time it is sent again after a return
    remark = models.CharField(_("remark"), max_length=400, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    everything = ChangeQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["proposed_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["township_code", "id"], condition=Q(state="waiting"), name="change_waiting"),
            models.Index(fields=["household", "-id"], name="change_by_household"),
        ]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="change_by_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            ),
        ]


@pghistory.track()
class ChangeField(ScopedModel):
    """One field of a change request. Old and new values are sealed, whatever the field."""

    class Decision(models.TextChoices):
        OPEN = "open", _("not yet decided")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("not approved")
        BLOCKED = "blocked", _("changed meanwhile")

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="changes")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=40)  # household, household_year, person, membership
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    field = models.CharField(max_length=40)
    old = SealedField(label="change.old", blank=True)
    new = SealedField(label="change.new", blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["request"], name="change_field_by_request")]
