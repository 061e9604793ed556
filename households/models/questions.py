"""Rule questions on a file: a sentence a person can answer, never a verdict (档案待完善)."""

from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.files import Household
from households.models.scoped import ScopedModel, ScopedQuerySet
from pairing import clock


class QuestionQuerySet(ScopedQuerySet):
    def unanswered(self) -> Self:
        """Neither answered nor cleared by a change of the file."""
        return self.filter(answered_at__isnull=True, cleared_on__isnull=True)


@pghistory.track()
class FileQuestion(ScopedModel):
    """A quality rule found something in a file. ``facts`` is what it saw, without numbers of people."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="questions")
    rule = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)  # public_id of the member it speaks of, if any
    facts = models.JSONField(default=dict)
    raised_on = models.DateField(default=clock.today)
    answer = models.CharField(_("answer"), max_length=400, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    cleared_on = models.DateField(null=True, blank=True)

    everything = QuestionQuerySet.as_manager()  # type: ignore[misc]

    class Meta(ScopedModel.Meta):
        ordering: ClassVar = ["raised_on", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["township_code", "household"],
                condition=Q(answered_at__isnull=True, cleared_on__isnull=True),
                name="question_unanswered",
            )
        ]
        constraints: ClassVar = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["household", "rule", "subject"],
                condition=Q(cleared_on__isnull=True),
                name="question_once_at_a_time",
            ),
        ]
