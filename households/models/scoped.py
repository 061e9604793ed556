"""Rows have one door: ``Model.objects`` offers ``visible_to(user, permission)`` and nothing else."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Left

from pairing.access import by_pairing, in_areas, prefixes
from pairing.models.areas import CodeField
from pairing.roles import P


class Unscoped(Exception):
    """Code asked for rows without saying who asks."""


class Door:
    """What ``Model.objects`` is: the scoped way in. All else raises ``Unscoped``."""

    def __get__(self, row: Any, model: Any) -> "Door":
        door = Door()
        door.__dict__["model"] = model
        return door

    def visible_to(self, user: Any, permission: P) -> Any:
        """The rows that ``user`` may see with ``permission``: granted areas, and his open pairings."""
        return self.__dict__["model"].everything.visible_to(user, permission)

    def __getattr__(self, name: str) -> Any:
        if "model" not in self.__dict__ or name.startswith("__"):
            raise AttributeError(name)  # while the class is being made, Django looks for hooks here
        raise Unscoped(f".objects.{name}: only .objects.visible_to(user, permission) exists")


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that carry their place's codes and belong to a household."""

    household_path = "household_id"

    def visible_to(self, user: Any, permission: P) -> Self:
        """Rows in the areas of the grants that carry ``permission``, or of households in open pairings.

        Counts, filters, sorting, exports and look-ups all start from here.
        """
        q = in_areas(prefixes(user, permission))
        if by_pairing(user, permission):
            q |= self.of_open_pairings(user)
        return self.filter(q)

    def of_open_pairings(self, user: Any) -> Q:
        """Rows of the households in which ``user`` is a helper today."""
        from households.models.pairings import Pairing  # the pairing itself is scoped

        mine = Pairing.everything.open().filter(cadre_id=user.pk).values("household_id")
        return Q(**{f"{self.household_path}__in": mine})


class ScopedModel(models.Model):
    """Abstract: a row with a place. ``everything`` is for models, rules, actions, register, demo."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    county_code = CodeField(max_length=6, editable=False)
    township_code = CodeField(max_length=9, editable=False)
    village_code = CodeField(max_length=12)

    everything = ScopedQuerySet.as_manager()
    objects = Door()

    class Meta:
        abstract = True
        default_manager_name = "everything"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(class)s_codes_nest",
                condition=Q(township_code=Left("village_code", 9)) & Q(county_code=Left("village_code", 6)),
            )
        ]

    def place(self, village_code: str) -> None:
        """Put the row into a village: sets all three codes."""
        self.village_code = village_code
        self.township_code, self.county_code = village_code[:9], village_code[:6]


def codes_of(row: Any) -> dict[str, str]:
    """The three codes of a row, for a new row beside it."""
    return {
        "county_code": row.county_code,
        "township_code": row.township_code,
        "village_code": row.village_code,
    }
