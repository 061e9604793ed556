"""How auditors name a household: by file number and village, never by its people (settings.AUDIT_SUBJECTS)."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from households.models import Household
from pairing.access import in_areas
from pairing.models import Area


def find(text: str, areas: list[str]) -> list[tuple[UUID, str, str]]:
    """Id, name and village code of files in ``areas`` with that number, or whose id stands in a page's address."""
    wanted = Q(file_number=text[:20])
    for part in text.replace("?", "/").split("/"):
        try:
            wanted |= Q(public_id=UUID(part))
        except ValueError:
            continue
    found = list(Household.everything.filter(in_areas(areas)).filter(wanted)[:5])
    names = named([household.public_id for household in found], areas)
    return [(h.public_id, names[h.public_id], h.village_code) for h in found]


def named(object_ids: Iterable[UUID], areas: list[str]) -> dict[UUID, str]:
    """File number and village of those of ``object_ids`` that are files in ``areas``."""
    files = Household.everything.filter(in_areas(areas), public_id__in=list(object_ids))
    rows = list(files.values_list("public_id", "file_number", "village_code"))
    places = {area.pk: area.label for area in Area.objects.filter(pk__in={code for _i, _n, code in rows})}
    return {public_id: f"{number} · {places.get(code, code)}" for public_id, number, code in rows}
