"""Printed visit slips for days on paper: each carries a number that leads a clerk to the household."""

import uuid
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from households.models import Household
from households.models.scoped import ScopedModel
from pairing import clock
from visits.models.visits import Visit


@pghistory.track()
class Slip(ScopedModel):
    """One printed slip (走访单). The number is short enough to type and says nothing of the household."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="slips")
    cadre = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("helper")
    )
    number = models.CharField(_("slip number"), max_length=12, db_collation="C")
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField(default=clock.now)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="slip")

    class Meta(ScopedModel.Meta):
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(fields=["county_code", "number"], name="slip_number_once_per_county"),
        ]

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper: ``2714-0383``."""
        return f"{self.number[:4]}-{self.number[4:]}"

    @property
    def client_id(self) -> uuid.UUID:
        """The id for the visit typed from it: one for all who open it, a fresh one after a withdrawn visit."""
        return self.public_id if self.visit_id is None else uuid.uuid5(self.public_id, str(self.visit_id))
