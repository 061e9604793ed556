"""What a visit wrote into the household's file: the way back from a fact to the talk in which it was told."""

from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models import Absence, ChangeRequest, Household
from households.models.scoped import ScopedModel, ScopedQuerySet
from visits.models.visits import Visit


class EffectQuerySet(ScopedQuerySet):
    def standing(self) -> Self:
        """Not taken back."""
        return self.filter(taken_back_at__isnull=True)

    def recorded(self) -> Self:
        """Facts that the office wrote into the file."""
        return self.filter(kind=VisitEffect.Kind.RECORDED)


@pghistory.track()
class VisitEffect(ScopedModel):
    """One thing that followed from facts told at a visit: an absence, a change for a second person, or a fact
    that the office recorded.

    ``version_after`` is the absence's as this visit left it: while it stays so, the visit can take it back.
    ``fact`` is the key under which the visit tells what was recorded.
    """

    class Kind(models.TextChoices):
        AWAY = "away", _("went away")
        BACK = "back", _("is back home")
        LATER = "later", _("comes back another time")
        ASKED = "asked", _("change handed in")
        RECORDED = "recorded", _("recorded by the office")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="effects")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    absence = models.ForeignKey(Absence, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version_after = models.PositiveIntegerField(null=True, blank=True)
    former_until = models.DateField(null=True, blank=True)
    former_back = models.CharField(max_length=60, blank=True)
    request = models.OneToOneField(
        ChangeRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    fact = models.CharField(max_length=60, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    everything = EffectQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="effect_absence_or_request",
                condition=Q(kind="asked", request__isnull=False, absence__isnull=True)
                | (~Q(kind__in=["asked", "recorded"]) & Q(request__isnull=True, absence__isnull=False))
                | (Q(kind="recorded", request__isnull=True, absence__isnull=True) & ~Q(fact="")),
            ),
            models.UniqueConstraint(
                fields=["visit", "fact"], condition=Q(kind="recorded"), name="fact_recorded_once"
            ),
        ]
