"""Problems (诉求): what a household needs, who answers, and that the household is told."""

from datetime import date
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
from visits.models.visits import Visit

REFERRED = Q(state="referred")
OWED = Q(state__in=["solved", "answered", "explained", "not_now"], told_on__isnull=True)
REPLY_DAYS = 15  # a receiver's limit for an answer, in days; then the problem climbs


class ProblemQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        """Not yet closed: the household is still owed something."""
        return self.exclude(state=Problem.State.CLOSED)

    def referred(self) -> Self:
        return self.filter(state=Problem.State.REFERRED)

    def answer_owed(self) -> Self:
        """With an outcome, household not yet told. Source: the township's figure 5."""
        return self.filter(OWED)

    def late(self, on: date) -> Self:
        """Referred, and the receiver past its limit on ``on``. Source: the township's figure 6."""
        return self.referred().filter(due_on__lt=on)


@pghistory.track()
class Problem(ScopedModel):
    """One problem: triaged at the table, referred perhaps, answered, told to the household, closed."""

    class State(models.TextChoices):
        MINE = "mine", _("mine")
        SOLVED = "solved", _("solved")
        REFERRED = "referred", _("referred")
        ANSWERED = "answered", _("answered")
        EXPLAINED = "explained", _("explained")
        NOT_NOW = "not_now", _("not now")
        TOLD = "told", _("told")
        CLOSED = "closed", pgettext_lazy("problem", "closed")  # a file that is closed reads otherwise

    TRANSITIONS: ClassVar = {
        State.MINE: [State.SOLVED, State.REFERRED, State.EXPLAINED, State.NOT_NOW],
        State.REFERRED: [State.ANSWERED, State.REFERRED, State.MINE],
        State.SOLVED: [State.TOLD],
        State.ANSWERED: [State.TOLD],
        State.EXPLAINED: [State.TOLD],
        State.NOT_NOW: [State.TOLD, State.MINE, State.REFERRED],
        State.TOLD: [State.CLOSED, State.MINE],
        State.CLOSED: [State.MINE],
    }
    OUTCOMES: ClassVar = [State.SOLVED, State.ANSWERED, State.EXPLAINED, State.NOT_NOW]

    class Level(models.TextChoices):
        TOWNSHIP = "township", _("township")
        COUNTY = "county", _("county")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="problems")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="problems")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_on = models.DateField(default=clock.today)
    kind = models.CharField(_("kind"), max_length=40)
    words = models.TextField(_("in words"), max_length=1000)
    restricted = models.BooleanField(default=False)  # about village cadres: bypasses village roles
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.MINE)
    office = models.CharField(_("office"), max_length=40, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices, blank=True)  # at which level it waits
    referred_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)  # until when the receiver must answer
    look_again_on = models.DateField(_("look again on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)  # of explained and not now, in words
    outcome = models.TextField(_("outcome"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    told_on = models.DateField(null=True, blank=True)
    household_view = models.CharField(_("what the household says"), max_length=400, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    everything = ProblemQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["-raised_on", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["household", "-id"], name="problem_by_household"),
            models.Index(
                fields=["township_code", "level", "referred_on"], condition=REFERRED, name="problem_referred"
            ),
            models.Index(
                fields=["county_code", "due_on"], condition=REFERRED, name="problem_referred_county"
            ),
            models.Index(fields=["township_code", "id"], condition=OWED, name="problem_answer_owed"),
            models.Index(fields=["county_code", "id"], condition=OWED, name="problem_owed_county"),
        ]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="problem_referred_has_office",
                condition=~Q(state="referred") | (~Q(office="") & ~Q(level="") & Q(due_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="problem_reason_in_words",
                condition=~Q(state__in=["explained", "not_now"]) | ~Q(reason=""),
            ),
        ]

    def is_late(self, on: date) -> bool:
        """Is the receiver past its limit on ``on``? The same rule as ``ProblemQuerySet.late``."""
        return self.state == self.State.REFERRED and self.due_on is not None and self.due_on < on


@pghistory.track()
class ProblemStep(ScopedModel):
    """One step of a problem's way, as the household could be told it."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="steps")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=Problem.State.choices)
    office = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["pk"]
