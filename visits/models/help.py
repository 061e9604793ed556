"""Help (帮扶): what a household was given or had done for it."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models import Household
from households.models.scoped import ScopedModel
from pairing import clock
from visits.models.visits import Visit


@pghistory.track()
class Help(ScopedModel):
    """One piece of help: kind, quantity with its unit or yuan, and who paid."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="help")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="help")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField(default=clock.today)
    kind = models.CharField(_("kind"), max_length=40)
    what = models.CharField(_("what"), max_length=200, blank=True)
    quantity = models.CharField(_("quantity"), max_length=40, blank=True)
    amount = models.DecimalField(
        _("amount in yuan"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    source = models.CharField(_("paid by"), max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["-given_on", "-pk"]
        indexes: ClassVar = [models.Index(fields=["household", "-given_on"], name="help_by_household")]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="help_amount_not_negative", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
        ]
