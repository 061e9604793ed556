"""Promises (答应的事): who, what, by when; what was done; and the household's own word."""

from datetime import date, timedelta
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.models import Household
from households.models.scoped import ScopedModel, ScopedQuerySet
from pairing import clock
from visits.models.problems import Problem
from visits.models.visits import Visit

DUE_SOON = timedelta(days=7)  # from a week before its day on a promise is a reason to go, and asked about
#: Fell short: kept partly or not, and nobody has said since what becomes of it.
SHORT = Q(state__in=["partly", "not_kept"], dropped_reason="")
OUTSTANDING = Q(state__in=["open", "done"]) | SHORT


class PromiseQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        """Nothing done or dropped yet."""
        return self.filter(state=Promise.State.OPEN)

    def unrestricted(self) -> Self:
        """Without those that belong to a restricted problem: they would tell of it."""
        return self.exclude(problem__restricted=True)

    def outstanding(self) -> Self:
        """The household is still owed: open, done and not yet confirmed by it, or fallen short of its word."""
        return self.filter(OUTSTANDING)

    def short(self) -> Self:
        """Kept partly or not by the household's word, and neither open again nor left at that."""
        return self.filter(SHORT)

    def overdue(self, on: date) -> Self:
        """Due date passed on ``on``, no action written. Source: the township's figure 4."""
        return self.open().filter(due_on__lt=on)


@pghistory.track()
class Promise(ScopedModel):
    """One promise. Overdue is computed, never stored; a date that moved stays readable."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("promise", "open")
        DONE = "done", _("done, household not yet asked")
        KEPT = "kept", _("kept")
        PARTLY = "partly", _("partly kept")
        NOT_KEPT = "not_kept", _("not kept")
        DROPPED = "dropped", _("dropped")

    TRANSITIONS: ClassVar = {
        State.OPEN: [State.OPEN, State.DONE, State.DROPPED],
        State.DONE: [State.KEPT, State.PARTLY, State.NOT_KEPT],
        State.PARTLY: [State.OPEN],
        State.NOT_KEPT: [State.OPEN],
    }

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="promises")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="promises")
    problem = models.ForeignKey(
        Problem, on_delete=models.PROTECT, null=True, blank=True, related_name="promises"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("promised by")
    )
    holder = models.ForeignKey(  # who keeps it now: the successor after a handover
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="held_promises"
    )
    made_on = models.DateField(default=clock.today)
    what = models.CharField(_("what"), max_length=400)
    due_on = models.DateField(_("by when"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    times_moved = models.PositiveSmallIntegerField(default=0)
    done_what = models.CharField(_("what was done"), max_length=400, blank=True)
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    household_word = models.CharField(_("the household's words"), max_length=400, blank=True)
    asked_by = models.ForeignKey(  # asked by the promiser himself is weaker
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_on = models.DateField(null=True, blank=True)
    asked_at_visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="promises_asked"
    )
    # why it was dropped; of one kept partly or not: why it is left at that
    dropped_reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    everything = PromiseQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["due_on", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["household", "due_on"],
                condition=OUTSTANDING,
                name="promise_outstanding",
            ),
            models.Index(fields=["township_code", "due_on"], condition=Q(state="open"), name="promise_open"),
            models.Index(
                fields=["county_code", "due_on"], condition=Q(state="open"), name="promise_open_county"
            ),
            models.Index(fields=["household", "-id"], name="promise_by_household"),
        ]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="promise_done_says_what",
                condition=~Q(state__in=["done", "kept", "partly"]) | ~Q(done_what=""),
            ),
            models.CheckConstraint(
                name="promise_answer_has_asker",
                condition=~Q(state__in=["kept", "partly", "not_kept"])
                | Q(asked_by__isnull=False, asked_on__isnull=False),
            ),
            models.CheckConstraint(
                name="promise_dropped_has_reason", condition=~Q(state="dropped") | ~Q(dropped_reason="")
            ),
        ]

    @property
    def is_short(self) -> bool:
        """Kept partly or not by the household's word, and neither open again nor left at that."""
        return self.state in (self.State.PARTLY, self.State.NOT_KEPT) and not self.dropped_reason

    def is_overdue(self, on: date) -> bool:
        return self.state == self.State.OPEN and self.due_on < on


@pghistory.track()
class PromiseDate(ScopedModel):
    """A due date that moved (改期): the former date and the reason stay readable."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="former_dates")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    reason = models.CharField(max_length=200)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(default=clock.now)

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["pk"]
