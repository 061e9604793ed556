"""Pairing (结对帮扶): a cadre is a household's helper for a time."""

from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.models.files import Household
from households.models.scoped import ScopedModel, ScopedQuerySet
from pairing import clock
from pairing.models.ranges import DateRange, half_open


class PairingQuerySet(ScopedQuerySet):
    def valid(self) -> Self:
        """All but same-day mistakes."""
        return self.filter(voided=False)

    def open(self) -> Self:
        """Pairings that hold today: no future dates exist, so open means no end."""
        return self.filter(ended_on__isnull=True, voided=False)


@pghistory.track()
class Pairing(ScopedModel):
    """Half-open ``[started_on, ended_on)``; never deleted. Handing over ends one and starts the next."""

    class Role(models.TextChoices):
        LEAD = "lead", _("lead helper")
        SECOND = "second", _("second helper")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("pairing", "open")
        ENDED = "ended", _("ended")
        VOID = "void", _("entered by mistake")

    TRANSITIONS: ClassVar = {State.OPEN: [State.ENDED, State.VOID]}

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="pairings")
    cadre = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pairings", verbose_name=_("helper")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.LEAD)
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=40, blank=True)
    end_note = models.CharField(_("note"), max_length=200, blank=True)
    handover_note = models.TextField(_("handover note"), max_length=2000, blank=True)  # for the successor
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="next")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    voided = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    everything = PairingQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["-started_on", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["cadre", "household"],
                condition=Q(ended_on__isnull=True, voided=False),
                name="pairing_open",
            ),
            models.Index(fields=["household", "started_on"], name="pairing_by_household"),
        ]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="pairing_ends_after_start",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
            ),
            ExclusionConstraint(
                name="pairing_one_lead",
                condition=Q(role="lead", voided=False),
                expressions=[
                    ("household", RangeOperators.EQUAL),
                    (DateRange("started_on", "ended_on", half_open()), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="pairing_helper_once",
                condition=Q(voided=False),
                expressions=[
                    ("household", RangeOperators.EQUAL),
                    ("cadre", RangeOperators.EQUAL),
                    (DateRange("started_on", "ended_on", half_open()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    @property
    def state(self) -> str:
        if self.voided:
            return self.State.VOID
        return self.State.ENDED if self.ended_on else self.State.OPEN
