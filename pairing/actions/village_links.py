"""Units linked to villages (联村): from a day on, and ended with a reason."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from pairing import rules
from pairing.audit import action
from pairing.errors import Refused, refusing
from pairing.models import Area, Unit, User, VillageLink
from pairing.roles import P


def link_village(*, unit: Unit, village: Area, started_on: date, by: User) -> VillageLink:
    """Link a unit to a village from a day on. Raises Refused.

    A village may have several units, and a unit several villages.
    """
    with action("village_link.start", by=by, permission=P.PAIRING_MANAGE) as entry:
        rules.check_can_link(unit, village, started_on, by=by)
        link = VillageLink(unit=unit, village=village, started_on=started_on)
        with refusing(unit_linked_once_to_village=_("This unit is linked to the village already.")):
            link.save(force_insert=True)
        entry.object_area = village.pk
        entry.about(link, unit, fields=["unit", "village", "started_on"])
    return link


def end_village_link(*, link: VillageLink, ended_on: date, reason: str, by: User) -> VillageLink:
    """End a link on a day, with a reason; it stays readable. Pairings of households go on. Raises Refused."""
    with action("village_link.end", by=by, reason=reason, permission=P.PAIRING_MANAGE) as entry:
        link = VillageLink.objects.select_for_update().get(pk=link.pk)
        rules.check_can_end_link(link, ended_on, by=by)
        if not reason.strip():
            raise Refused(_("Please say why."), "reason")
        link.ended_on, link.end_reason = ended_on, reason.strip()[:200]
        link.save(update_fields=["ended_on", "end_reason"])
        entry.object_area = link.village_id
        entry.about(link, fields=["ended_on", "end_reason"])
    return link
