"""Places. An area is its official code: 2-2-2-3-3 digits, and its ancestors are the code's prefixes."""

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pairing.access import below

LENGTH = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}


class CodeField(models.CharField):
    """An area code: compared byte by byte, so that a subtree is one range of the index."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class AreaQuerySet(models.QuerySet["Area"]):
    def active(self) -> "AreaQuerySet":
        """Areas that exist today."""
        return self.filter(active=True)

    def within(self, *codes: str) -> "AreaQuerySet":
        """The areas ``codes`` themselves and everything below them."""
        return self.filter(below("code", codes))

    def villages(self) -> "AreaQuerySet":
        return self.filter(level=Area.Level.VILLAGE)

    def townships(self) -> "AreaQuerySet":
        return self.filter(level=Area.Level.TOWNSHIP)


class Area(models.Model):
    """An official place, province to village. Public facts: reading them needs no permission."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("province")
        PREFECTURE = "prefecture", _("prefecture")
        COUNTY = "county", _("county")
        TOWNSHIP = "township", _("township")
        VILLAGE = "village", _("village")

    code = CodeField(_("area code"), primary_key=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    name = models.CharField(_("official name"), max_length=80)
    display_name = models.CharField(_("name"), max_length=80)
    pinyin = models.CharField(max_length=200, db_collation="C", blank=True)
    active = models.BooleanField(default=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="area_code_is_digits",
                condition=models.Q(code__regex=r"^([0-9]{2}){1,3}([0-9]{3}){0,2}$"),
            )
        ]

    @property
    def label(self) -> str:
        """The display name; with pinyin behind it for readers of English."""
        if (get_language() or "").startswith("en") and self.pinyin:
            return f"{self.display_name} {self.pinyin.replace(' ', '').title()}"
        return self.display_name


def village_names(codes: Iterable[str]) -> dict[str, str]:
    """Villages by code, each with its township's name before its own where they lie in several. One query.

    Villages of one county often share a name, those of one township never (domain: 317 clashes in Gansu).
    """
    villages = set(codes)
    townships = {code[: LENGTH["township"]] for code in villages}
    asked = villages | (townships if len(townships) > 1 else set())
    labels = {area.pk: area.label for area in Area.objects.filter(pk__in=asked)}
    return {
        code: " ".join(filter(None, [labels.get(code[: LENGTH["township"]]), labels.get(code, code)]))
        for code in villages
    }


class FormerCode(models.Model):
    """A code that a village had before a merger or renaming; old registers still carry it."""

    code = CodeField(primary_key=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="former_codes")
    name = models.CharField(max_length=80, blank=True)
    until = models.DateField(null=True, blank=True)

    objects = models.Manager()
