"""People, in which household each lives and lived, and what is true of them each year."""

from datetime import date
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.models.files import Household
from households.models.scoped import ScopedModel, ScopedQuerySet
from pairing import numbers
from pairing.fields import BlindIndex, SealedField
from pairing.models.ranges import DateRange, half_open

HEAD = "head"  # 户主 in the code list ``relation``


class PersonQuerySet(ScopedQuerySet):
    def of_open_pairings(self, user: Any) -> Q:
        return Q(pk__in=Membership.everything.filter(super().of_open_pairings(user)).values("person_id"))


@pghistory.track(exclude=["identity_hmac", "phone_hmac"])
class Person(ScopedModel):
    """A person's identity. The place is that of the household in which he lives."""

    class Sex(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")

    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(max_length=200, db_collation="C", blank=True, editable=False)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex.choices, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    ethnic_group = models.CharField(_("ethnic group"), max_length=40, blank=True)
    certificate = models.CharField(_("certificate"), max_length=40, blank=True)
    id_number = SealedField(label="person.id_number", verbose_name=_("certificate number"), blank=True)
    identity_hmac = BlindIndex(source="id_number", normal=numbers.identity_key)
    person_number = models.CharField(_("person number"), max_length=20, blank=True, db_collation="C")
    phone = SealedField(label="person.phone", verbose_name=_("phone"), blank=True)
    phone_hmac = BlindIndex(source="phone", normal=numbers.phone_key)
    died_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    everything = PersonQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        indexes: ClassVar = [models.Index(fields=["phone_hmac"], name="person_by_phone")]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(fields=["county_code", "id"], name="person_key_in_county"),
            models.UniqueConstraint(fields=["county_code", "identity_hmac"], name="identity_once_per_county"),
        ]


class MembershipQuerySet(ScopedQuerySet):
    def present(self) -> Self:
        """Memberships that have not ended."""
        return self.filter(left_on__isnull=True)


@pghistory.track()
class Membership(ScopedModel):
    """A person belongs to a household for a time, half-open ``[joined_on, left_on)``."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(_("relation to head"), max_length=40)
    joined_on = models.DateField(_("joined on"))
    joined_reason = models.CharField(_("why joined"), max_length=40, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    left_reason = models.CharField(_("why left"), max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)

    everything = MembershipQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["household"], condition=Q(left_on__isnull=True), name="membership_present"),
        ]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(relation=HEAD, left_on__isnull=True),
                name="one_head_at_a_time",
            ),
            ExclusionConstraint(
                name="membership_one_household_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (DateRange("joined_on", "left_on", half_open()), RangeOperators.OVERLAPS),
                ],
            ),
        ]


@pghistory.track()
class PersonYear(ScopedModel):
    """What the register says of a person for one year: health, labour, schooling, work."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="years")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="person_years")
    year = models.PositiveSmallIntegerField(_("year"))
    education = models.CharField(_("education reached"), max_length=40, blank=True)
    schooling = models.CharField(_("school status"), max_length=40, blank=True)
    health = ArrayField(models.CharField(max_length=40), verbose_name=_("health"), default=list, blank=True)
    labour = models.CharField(_("labour capacity"), max_length=40, blank=True)
    work_place = models.CharField(_("place of work"), max_length=40, blank=True)
    work_months = models.PositiveSmallIntegerField(_("months of work"), null=True, blank=True)
    illness_insurance = models.BooleanField(_("serious illness insurance"), null=True, blank=True)
    fact_source = models.CharField(_("how known"), max_length=40, blank=True)
    known_on = models.DateField(_("known on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["-year"]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(fields=["county_code", "person", "year"], name="person_year_once"),
            models.CheckConstraint(
                name="work_months_in_a_year", condition=Q(work_months__isnull=True) | Q(work_months__lte=12)
            ),
        ]


class AbsenceQuerySet(ScopedQuerySet):
    def on(self, day: date) -> Self:
        """Absences that hold on ``day``."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), away_from__lte=day)


@pghistory.track()
class Absence(ScopedModel):
    """A member, or with no person the whole family, is away: half-open ``[away_from, until)``."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="absences")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="absences"
    )
    away_from = models.DateField(_("away from"))
    until = models.DateField(_("until"), null=True, blank=True)
    expected_back = models.CharField(_("back around"), max_length=60, blank=True)
    where = models.CharField(_("where"), max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)

    everything = AbsenceQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["-away_from"]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="absence_ends_after_start",
                condition=Q(until__isnull=True) | Q(until__gte=F("away_from")),
            ),
        ]
