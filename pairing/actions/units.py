"""Units that send helpers: add and correct them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from pairing.audit import action
from pairing.errors import Refused, refusing
from pairing.models import Area, Unit, User
from pairing.roles import P
from pairing.rules import check_can_place

_TAKEN = _("There is a unit of this name in this place already.")


def create_unit(
    *,
    area: Area,
    name: str,
    kind: str = "",
    level: str = "",
    contact: str = "",
    contact_phone: str = "",
    by: User | None,
) -> Unit:
    """Add a unit to an area (county or township) that ``by`` administers; None is a command."""
    unit = Unit(
        area=area, county_code=area.pk[:6] if len(area.pk) >= 6 else "", name=name, kind=kind, level=level
    )
    unit.contact, unit.contact_phone = contact, contact_phone
    with action("unit.create", by=by, permission=P.PEOPLE_MANAGE) as entry:
        if by is not None:
            check_can_place(area, by=by)
        with refusing(unit_name_once_per_area=_TAKEN):
            unit.save(force_insert=True)
        entry.about(unit, fields=["name", "kind", "level", "contact", "contact_phone"])
    return unit


def edit_unit(*, unit: Unit, by: User, **values: Any) -> Unit:
    """Correct a unit: ``name``, ``kind``, ``level``, ``contact``, ``contact_phone``, ``active``."""
    with action("unit.edit", by=by, permission=P.PEOPLE_MANAGE) as entry:
        unit = Unit.objects.select_for_update(of=("self",)).select_related("area").get(pk=unit.pk)
        check_can_place(unit.area, by=by)
        if values.get("active") is False and unit.people.filter(is_active=True).exists():
            raise Refused(
                _("People of this unit still have accounts; move them to another unit first."), "active"
            )
        changed = [name for name, value in values.items() if _differs(unit, name, value)]
        for name, value in values.items():
            setattr(unit, name, value)
        unit.version += 1
        with refusing(unit_name_once_per_area=_TAKEN):
            unit.save()
        entry.about(unit, fields=changed)
    return unit


def _differs(unit: Unit, name: str, value: Any) -> bool:
    if name == "contact_phone":
        return unit.contact_phone.open() != value
    return bool(getattr(unit, name) != value)
