"""Registers that come in: the kept file, its staged rows, and what applying did, so that it can be undone."""

import uuid
from typing import Any, ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from households.models.files import Household
from households.models.scoped import Door, ScopedModel
from pairing import clock
from pairing.access import below, prefixes
from pairing.fields import SealedField
from pairing.models.areas import Area, CodeField
from pairing.roles import P


class BatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, permission: P) -> Self:
        """Batches uploaded for an area in which ``user`` holds ``permission``."""
        return self.filter(below("area_id", prefixes(user, permission)))


class OfBatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, permission: P) -> Self:
        """Rows of the batches that ``user`` may see."""
        return self.filter(batch__in=ImportBatch.everything.visible_to(user, permission))


@pghistory.track()
class ImportBatch(models.Model):
    """One uploaded register: parsed, shown as a dry run, applied in one transaction, perhaps undone."""

    class State(models.TextChoices):
        PARSED = "parsed", _("checked, not yet imported")
        APPLIED = "applied", _("imported")
        DISCARDED = "discarded", _("discarded")
        UNDONE = "undone", _("undone")

    TRANSITIONS: ClassVar = {
        State.PARSED: [State.APPLIED, State.DISCARDED],
        State.APPLIED: [State.UNDONE],
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    county_code = CodeField(max_length=6, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    year = models.PositiveSmallIntegerField(_("year"))
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(default=0)
    layout = models.CharField(_("layout"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PARSED)
    counts = models.JSONField(default=dict)  # outcome -> number of rows
    columns = models.JSONField(default=list)  # titles as in the file, with the field each was read as
    notes = models.JSONField(default=list)  # what the reader says of the whole file
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    everything = BatchQuerySet.as_manager()
    objects = Door()

    class Meta:
        ordering: ClassVar = ["-pk"]
        default_manager_name = "everything"

    @property
    def has_rows(self) -> bool:
        """Are its rows still kept? Discarding and taking back removes them; the counts stay."""
        return self.state in (self.State.PARSED, self.State.APPLIED)


class ImportFile(models.Model):
    """The file as uploaded, sealed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, related_name="file")
    county_code = CodeField(max_length=6, editable=False)
    sealed = models.BinaryField()

    everything = OfBatchQuerySet.as_manager()
    objects = Door()

    class Meta:
        default_manager_name = "everything"


class ImportRow(models.Model):
    """A staged row of a dry run. The table is UNLOGGED: after a crash one simply uploads again."""

    class Outcome(models.TextChoices):
        NEW = "new", _("new")
        SAME = "same", _("same")
        CHANGED = "changed", _("changed")
        ERROR = "error", _("error")
        DOUBTFUL = "doubtful", _("needs a choice")
        SKIPPED = "skipped", _("skipped")
        ABSENT = "absent", _("in the register, not in this file")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    county_code = CodeField(max_length=6, editable=False)
    number = models.PositiveIntegerField()  # the row's number in the file, from 1
    household_key = models.CharField(max_length=64, blank=True)  # rows of one household share it
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    payload = SealedField(label="import_row.payload")  # JSON of folded values, and the original cells
    messages = models.JSONField(default=list)  # [{column, code, arguments}], never a value
    choice = models.CharField(max_length=40, blank=True)
    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    everything = OfBatchQuerySet.as_manager()
    objects = Door()

    class Meta:
        default_manager_name = "everything"
        ordering: ClassVar = ["number", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number", "outcome"], name="import_row_once"),
        ]


class ImportEffect(ScopedModel):
    """What applying a batch did to one row: created, or changed from ``before``. The ground of undoing."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="effects")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    created = models.BooleanField()
    version_after = models.PositiveIntegerField()
    before = SealedField(label="import_effect.before", blank=True)  # JSON of the former values

    class Meta(ScopedModel.Meta):
        indexes: ClassVar = [models.Index(fields=["batch", "model"], name="import_effect_by_batch")]


class ColumnAlias(models.Model):
    """A column title that stands for a field; an area may add its own to the built-in ones."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+", verbose_name=_("area"))
    county_code = CodeField(max_length=6, editable=False)
    title = models.CharField(_("column title"), max_length=80)
    field = models.CharField(_("field"), max_length=40)

    everything = BatchQuerySet.as_manager()
    objects = Door()

    class Meta:
        default_manager_name = "everything"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "title"], name="column_alias_once_per_area"),
        ]
