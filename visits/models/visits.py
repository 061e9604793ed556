"""Visits (走访记录): what was heard, once, by whom and when. Withdrawn, never deleted."""

import uuid
from datetime import date
from typing import Any, ClassVar, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.models import Household
from households.models.scoped import ScopedModel, ScopedQuerySet
from pairing import clock
from pairing.fields import SealedField
from pairing.models.areas import CodeField

UNREAD = Q(state__in=["to_read", "answered"])


class VisitQuerySet(ScopedQuerySet):
    def valid(self) -> Self:
        """Not withdrawn."""
        return self.exclude(state=Visit.State.WITHDRAWN)

    def home(self) -> Self:
        """Home visits that count for continuity: calls, meetings elsewhere and 没见到人 never do."""
        return self.valid().filter(method=Visit.Method.HOME, confirmed_at__isnull=False)

    def to_read(self) -> Self:
        """In the township's reading queue: new ones, and those whose question has been answered."""
        return self.filter(UNREAD)

    def asked(self) -> Self:
        """With a question that the author has not answered."""
        return self.filter(state=Visit.State.ASKED)

    def unconfirmed(self) -> Self:
        """Entered for a helper who has not confirmed yet."""
        return self.valid().filter(confirmed_at__isnull=True)


@pghistory.track(exclude=["body_hmac"])
class Visit(ScopedModel):
    """One visit, call or attempt. ``visited_by`` went, ``author`` typed, the visitor confirms."""

    class Method(models.TextChoices):
        HOME = "home", _("home visit")
        CALL = "call", _("phone or video")
        ELSEWHERE = "elsewhere", _("met elsewhere")
        NOT_MET = "not_met", _("not met")

    class State(models.TextChoices):
        TO_READ = "to_read", _("unread")
        FILED = "filed", _("filed")
        READ = "read", _("read")
        ASKED = "asked", _("please add")
        ANSWERED = "answered", _("added, to read again")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Reason(models.TextChoices):
        """Why a visit is to be read. Source: reading by exception."""

        PROBLEM = "problem", _("a problem")
        MONEY = "money", _("money")
        RESTRICTED = "restricted", _("a restricted part")
        FIRST = "first", _("first visit")
        CHANGE = "change", _("a change of facts")
        AFTER_PAIRING = "after_pairing", _("sent after the pairing ended")
        SAMPLE = "sample", _("random sample")

    TRANSITIONS: ClassVar = {
        State.TO_READ: [State.READ, State.ASKED, State.WITHDRAWN],
        State.FILED: [State.READ, State.ASKED, State.WITHDRAWN],
        State.ASKED: [State.ANSWERED, State.READ, State.WITHDRAWN],
        State.ANSWERED: [State.READ, State.ASKED, State.WITHDRAWN],
        State.READ: [State.ASKED, State.WITHDRAWN],
    }

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="visits")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    client_id = models.UUIDField(default=uuid.uuid4)  # made by the phone; unique per county and author
    body_hmac = models.CharField(max_length=64)  # of the first body, so that a corrected visit still answers
    visited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits", verbose_name=_("helper")
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    visited_on = models.DateField(_("visit date"))
    recorded_at = models.DateTimeField(default=clock.now)
    device_at = models.DateTimeField(null=True, blank=True)  # the phone's clock: seen, not obeyed
    method = models.CharField(_("how"), max_length=10, choices=Method.choices, default=Method.HOME)
    met = ArrayField(models.UUIDField(), default=list, blank=True)  # public ids of members
    met_others = models.CharField(_("others"), max_length=60, blank=True)
    # Empty where a problem, a promise, help or a changed fact says it all (visits.checks.check_said).
    said = models.TextField(_("what was said"), max_length=4000, blank=True)
    no_change = models.BooleanField(_("no change"), default=False)
    tasks = ArrayField(
        models.CharField(max_length=40), verbose_name=_("what was done"), default=list, blank=True
    )
    restricted = SealedField(label="visit.restricted", verbose_name=_("restricted"), blank=True)
    has_restricted = models.BooleanField(default=False)
    # What was said of single facts, as JSON (visits.actions.facts.Fact); sealed: health is among them.
    facts = SealedField(label="visit.facts", blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.TO_READ)
    reading_reasons = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    read_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(_("reason"), max_length=200, blank=True)
    after_pairing = models.BooleanField(default=False)  # sent after the pairing ended, dated inside it
    version = models.PositiveIntegerField(default=1)

    everything = VisitQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["-visited_on", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["household", "-visited_on", "-id"], name="visit_by_household"),
            models.Index(fields=["visited_by", "-visited_on"], name="visit_by_visitor"),
            models.Index(fields=["township_code", "id"], condition=UNREAD, name="visit_to_read"),
            models.Index(fields=["county_code", "id"], condition=UNREAD, name="visit_to_read_county"),
            models.Index(fields=["visited_by"], condition=Q(state="asked"), name="visit_asked"),
            models.Index(
                fields=["visited_by"], condition=Q(confirmed_at__isnull=True), name="visit_unconfirmed"
            ),
            models.Index(fields=["village_code", "visited_on"], name="visit_by_village_month"),
        ]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(fields=["county_code", "author", "client_id"], name="visit_sent_once"),
            models.CheckConstraint(
                name="visit_not_in_future", condition=Q(visited_on__lte=F("recorded_at__date") + 1)
            ),
        ]

    @property
    def is_late(self) -> bool:
        """Recorded on a later day than visited (补录); both dates are kept, nobody is blamed."""
        return self.recorded_on > self.visited_on

    @property
    def recorded_on(self) -> date:
        """The business day on which it was recorded."""
        return self.recorded_at.astimezone(clock.business_timezone).date()

    @property
    def is_entered_for(self) -> bool:
        """Typed by somebody else than the visitor (代录)."""
        return self.author_id != self.visited_by_id


@pghistory.track()
class VisitCorrection(ScopedModel):
    """A correction beside the old text of a visit; the old words stay readable."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="corrections")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(default=clock.now)
    text = models.TextField(_("correction"), max_length=4000)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["pk"]


@pghistory.track()
class VisitQuestion(ScopedModel):
    """The township's "please add" (请补充) at one field of a visit, and the author's answer beside it."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="questions")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=40)
    question = models.CharField(_("question"), max_length=400)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["pk"]


class ConflictDraft(models.Model):
    """A second text under a client id already used: nothing typed is lost. Sealed; for its author only."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    county_code = CodeField(max_length=6, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    client_id = models.UUIDField()
    body_hmac = models.CharField(max_length=64)
    body = SealedField(label="conflict_draft.body")
    kept_at = models.DateTimeField(default=clock.now)

    everything: ClassVar[Any] = models.Manager()

    class Meta:
        default_manager_name = "everything"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["county_code", "author", "client_id", "body_hmac"], name="conflict_kept_once"
            )
        ]

    @classmethod
    def kept_for(cls, user: Any) -> "models.QuerySet[ConflictDraft]":
        """The drafts of one author, latest first: nobody else ever sees them."""
        drafts: models.QuerySet[ConflictDraft] = cls.everything.filter(author=user).order_by("-pk")
        return drafts
