"""Units that help (帮扶单位), and the villages each is linked to (联村)."""

import uuid
from typing import Any, ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from pairing.access import below, prefixes
from pairing.fields import SealedField
from pairing.models.areas import Area, CodeField
from pairing.roles import P


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, user: Any, permission: P) -> "UnitQuerySet":
        """Units in the areas where ``user`` holds ``permission``, and those of the areas above them."""
        areas = prefixes(user, permission)
        above = {code[:n] for code in areas for n in (2, 4, 6, 9) if n <= len(code)}
        return self.filter(below("area_id", areas) | models.Q(area_id__in=above))


@pghistory.track()
class Unit(models.Model):
    """A government office, school, company or village body that sends helpers."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, db_constraint=True, related_name="units", verbose_name=_("area")
    )
    county_code = CodeField(max_length=6, blank=True)
    name = models.CharField(_("unit"), max_length=120)
    kind = models.CharField(_("kind of unit"), max_length=40, blank=True)
    level = models.CharField(_("subordinate to"), max_length=40, blank=True)
    contact = models.CharField(_("contact person"), max_length=60, blank=True)
    contact_phone = SealedField(label="unit.contact_phone", verbose_name=_("phone"), blank=True)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "name"], name="unit_name_once_per_area")
        ]


class VillageLinkQuerySet(models.QuerySet["VillageLink"]):
    def visible_to(self, user: Any, permission: P) -> "VillageLinkQuerySet":
        """Links of the villages in the areas where ``user`` holds ``permission``."""
        return self.filter(below("village_id", prefixes(user, permission)))

    def open(self) -> "VillageLinkQuerySet":
        """Links that hold today: no future dates exist, so open means no end."""
        return self.filter(ended_on__isnull=True)

    def today_in(self, *villages: str) -> "VillageLinkQuerySet":
        """The links that these villages have today with their units, the oldest first."""
        return self.open().filter(village__in=villages).select_related("unit").order_by("started_on", "pk")


class VillageLink(models.Model):
    """A unit is linked to a village (联村): half-open ``[started_on, ended_on)``, never deleted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="village_links")
    village = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="unit_links")
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = VillageLinkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "village"],
                condition=models.Q(ended_on__isnull=True),
                name="unit_linked_once_to_village",
            ),
            models.CheckConstraint(
                name="village_link_ends_after_start",
                condition=models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=models.F("started_on")),
            ),
        ]
