"""Code lists as dated data: labels in both languages, aliases for imports. Old values stay readable."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language


class CodeQuerySet(models.QuerySet["Code"]):
    def on(self, day: date) -> "CodeQuerySet":
        """Codes that may be chosen on ``day``."""
        return self.filter(
            models.Q(valid_from__isnull=True) | models.Q(valid_from__lte=day),
            models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=day),
        )

    def of(self, name: str) -> "CodeQuerySet":
        """The codes of one list, in their order."""
        return self.filter(list_name=name).order_by("order", "code")


class Code(models.Model):
    """One value of a code list, such as ``household_type`` / ``low_income``."""

    list_name = models.CharField(max_length=40)
    code = models.CharField(max_length=40, db_collation="C")
    label_zh = models.CharField(max_length=80)
    label_en = models.CharField(max_length=120)
    aliases = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list_name", "code"], name="code_once_per_list")
        ]

    @property
    def label(self) -> str:
        """The label in the reader's language."""
        return self.label_en if (get_language() or "").startswith("en") else self.label_zh
