"""The household's file and its facts of each year."""

from datetime import date, timedelta
from typing import Any, ClassVar, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.models.months import GAP_DAYS, triggers
from households.models.scoped import ScopedModel, ScopedQuerySet
from pairing import clock, numbers
from pairing.fields import BlindIndex, Periods, SealedField, blind_of
from pairing.names import folded, query_terms


class HouseholdQuerySet(ScopedQuerySet):
    household_path = "pk"

    def open(self) -> Self:
        """Files that are not closed."""
        return self.filter(status=Household.Status.OPEN)

    def listed(self) -> Self:
        """Open files on the pairing list (应结对)."""
        return self.open().filter(listed_on__isnull=False)

    def unpaired(self) -> Self:
        """On the pairing list without a lead helper today."""
        return self.listed().filter(lead__isnull=True)

    def overdue(self, on: date) -> Self:
        """Listed, and over ``GAP_DAYS`` days on ``on`` from the later of last home visit and listing.

        A handover resets nothing. Source: the township's figure 3.
        """
        before = on - timedelta(days=GAP_DAYS)
        visited = Q(last_visit_on__isnull=True) | Q(last_visit_on__lt=before)
        return self.listed().filter(visited, listed_on__lt=before)

    def questioned(self) -> Self:
        """With a question of the rules that nobody has answered."""
        from households.models.questions import FileQuestion

        return self.filter(pk__in=FileQuestion.everything.unanswered().values("household_id"))

    def away(self, on: date) -> Self:
        """The whole family is away on ``on``."""
        from households.models.members import Absence

        return self.filter(
            pk__in=Absence.everything.on(on).filter(person__isnull=True).values("household_id")
        )

    def matching(self, text: str) -> Self:
        """By a name, part of a name or pinyin initials of a member, or the beginning of a file number."""
        number = folded(text)
        if number.isdigit():
            return self.filter(file_number__startswith=number)
        return self.filter(search_terms__contains=query_terms(text))

    def having_number(self, text: str) -> Self:
        """In which a present member, or the household itself, has this certificate or phone number."""
        from households.models.members import Membership, Person

        people = Q(pk__in=[])
        for index in ("identity_hmac", "phone_hmac"):
            if hashed := blind_of(Person, index, text):
                people |= Q(**{index: hashed})
        present = Membership.everything.present().filter(person__in=Person.everything.filter(people))
        found = Q(pk__in=present.values("household_id"))
        own = blind_of(Household, "phone_hmac", text)
        return self.filter(found | Q(phone_hmac=own) if own else found)


@pghistory.track(
    exclude=[
        "phone_hmac",
        "search_terms",
        "last_visit_on",
        "visit_months",
        "open_problems",
        "open_promises",
        "pairing_count",
        "member_count",
    ]
)
class Household(ScopedModel):
    """A household's file (户档案). Facts that change by year stand in ``HouseholdYear``."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("file", "open")
        CLOSED = "closed", _("closed")

    TRANSITIONS: ClassVar = {Status.OPEN: [Status.CLOSED], Status.CLOSED: [Status.OPEN]}

    group_name = models.CharField(_("group"), max_length=40, blank=True)
    file_number = models.CharField(_("file number"), max_length=20, db_collation="C")
    head_name = models.CharField(_("head of household"), max_length=60, blank=True)
    head_key = models.CharField(max_length=200, db_collation="C", blank=True, editable=False)
    head_initials = models.CharField(max_length=60, db_collation="C", blank=True, editable=False)
    search_terms = ArrayField(models.CharField(max_length=80), default=list, editable=False)
    status = models.CharField(_("file"), max_length=10, choices=Status.choices, default=Status.OPEN)
    closed_on = models.DateField(null=True, blank=True)
    closed_reason = models.CharField(max_length=40, blank=True)
    moved_from = models.UUIDField(null=True, blank=True, editable=False)  # the file closed in another county
    listed_on = models.DateField(_("on the pairing list since"), null=True, blank=True)
    household_type = models.CharField(max_length=40, blank=True)  # of the newest year; kept by actions
    address = models.CharField(_("address"), max_length=120, blank=True)
    best_time = models.CharField(_("best time to come"), max_length=120, blank=True)
    phone = SealedField(label="household.phone", verbose_name=_("phone"), blank=True)
    phone_hmac = BlindIndex(source="phone", normal=numbers.phone_key)
    bank_name = models.CharField(_("bank"), max_length=80, blank=True)
    bank_account = SealedField(label="household.bank_account", verbose_name=_("bank account"), blank=True)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # the open lead pairing's cadre; kept by the pairing actions
    member_count = models.PositiveSmallIntegerField(default=0)
    pairing_count = models.PositiveSmallIntegerField(default=0)
    last_visit_on = models.DateField(null=True, blank=True)  # latest home visit that is not withdrawn
    visit_months = Periods(editable=False)  # at whose ends a home visit lies within the gap
    open_problems = models.PositiveSmallIntegerField(default=0)
    open_promises = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    everything = HouseholdQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["township_code", "last_visit_on", "id"], name="household_by_visit"),
            models.Index(fields=["township_code", "head_key", "id"], name="household_by_head"),
            models.Index(fields=["township_code", "status", "household_type"], name="household_by_type"),
            models.Index(fields=["county_code", "status", "head_key", "id"], name="household_by_county"),
            models.Index(fields=["village_code", "head_key", "id"], name="household_by_village"),
            models.Index(fields=["phone_hmac"], name="household_by_phone"),
            models.Index(
                fields=["township_code", "id"],
                condition=Q(listed_on__isnull=False, lead__isnull=True, status="open"),
                name="household_unpaired",
            ),
            models.Index(
                fields=["county_code", "id"],
                condition=Q(listed_on__isnull=False, lead__isnull=True, status="open"),
                name="household_unpaired_county",
            ),
            models.Index(
                fields=["county_code", "last_visit_on"],
                condition=Q(listed_on__isnull=False, status="open"),
                name="household_by_gap",
            ),
            GinIndex(fields=["county_code", "search_terms"], name="household_by_county_and_terms"),
            models.Index(
                fields=["moved_from"], condition=Q(moved_from__isnull=False), name="household_by_former_file"
            ),
        ]
        triggers: ClassVar = triggers()
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(fields=["county_code", "id"], name="household_key_in_county"),
            models.UniqueConstraint(
                fields=["county_code", "file_number"], name="file_number_once_per_county"
            ),
            models.CheckConstraint(
                name="household_closed_has_day",
                condition=Q(status="open", closed_on__isnull=True)
                | Q(status="closed", closed_on__isnull=False),
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    def gap_since(self) -> date | None:
        """The day from which the present gap counts; None when the household is not on the list."""
        if self.listed_on is None:
            return None
        return max(self.listed_on, self.last_visit_on or self.listed_on)

    def year(self, year: int) -> "HouseholdYear | None":
        """The facts of ``year``, or of the newest year before it."""
        facts: Any = self.years.filter(year__lte=year).order_by("-year").first()
        return facts


@pghistory.track()
class HouseholdYear(ScopedModel):
    """What the register says of a household for one year (归属年度). Money in yuan, areas in m² and mu."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField(_("year"))
    household_type = models.CharField(_("household type"), max_length=40, blank=True)
    household_status = models.CharField(_("status"), max_length=40, blank=True)
    monitoring_kind = models.CharField(_("kind of monitored household"), max_length=40, blank=True)
    exit_year = models.PositiveSmallIntegerField(_("exit year"), null=True, blank=True)
    main_cause = models.CharField(_("main cause"), max_length=40, blank=True)
    other_causes = ArrayField(
        models.CharField(max_length=40), verbose_name=_("other causes"), default=list, blank=True, size=2
    )
    housing_grade = models.CharField(_("housing grade"), max_length=10, blank=True)
    dangerous_housing = models.BooleanField(_("dangerous housing"), null=True, blank=True)
    water_safe = models.BooleanField(_("safe drinking water"), null=True, blank=True)
    water_hard = models.BooleanField(_("hard to fetch water"), null=True, blank=True)
    per_head_income = models.DecimalField(
        _("net income per head"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    fact_source = models.CharField(_("how known"), max_length=40, blank=True)
    known_on = models.DateField(_("known on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(ScopedModel.Meta):
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(fields=["county_code", "household", "year"], name="household_year_once"),
            models.CheckConstraint(name="household_year_real", condition=Q(year__gte=1990, year__lte=2100)),
        ]
        ordering: ClassVar = ["-year"]
