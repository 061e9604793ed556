"""From the names in a register to the village's code: by code, or by county, township and village."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from rapidfuzz import process

from households.checks import Problem, Weight
from pairing.models import Area
from pairing.models.areas import FormerCode
from pairing.names import folded, place_display

_NEAR: Final = 75


class Places:
    """The villages of one county, and which of them lie in the area of an import."""

    def __init__(self, area: str) -> None:
        self.area = area
        county = area[:6]
        self.villages: dict[str, Area] = {}
        self.townships: dict[str, Area] = {}
        self.county_names: set[str] = set()
        for place in Area.objects.active().within(county):
            if place.level == Area.Level.VILLAGE:
                self.villages[place.code] = place
            elif place.level == Area.Level.TOWNSHIP:
                self.townships[place.code] = place
            else:
                self.county_names = _names(place)
        self.by_name: dict[str, list[str]] = defaultdict(list)
        for code, place in self.villages.items():
            for name in _names(place):
                self.by_name[name].append(code)
        self.former = {f.code: f for f in FormerCode.objects.filter(area__in=list(self.villages))}
        for former in self.former.values():
            if former.name:
                self.by_name[_stem(former.name)].append(former.area_id)
        self._found: dict[tuple[str, ...], tuple[str, Problem | None]] = {}

    def find(self, names: Mapping[str, str]) -> tuple[str, Problem | None]:
        """The code of a village, or what is wrong. `names` has county, township, village and village_code."""
        key = tuple(names.get(part, "") for part in ("county", "township", "village", "village_code"))
        if key not in self._found:
            self._found[key] = self._find(*key)
        return self._found[key]

    def _find(self, county: str, township: str, village: str, code: str) -> tuple[str, Problem | None]:
        if county and _stem(county) not in self.county_names:
            return "", Problem("village.county", "county", params={"name": county})
        if code in self.former:
            code = self.former[code].area_id
        if code in self.villages:
            return self._inside(code)
        if not village:
            if len(self.area) == 12:
                return self.area, None
            return "", Problem("village.missing", "village")
        codes = sorted(set(self.by_name.get(_stem(village), [])))
        if township:
            of_township = [c for c, place in self.townships.items() if _stem(township) in _names(place)]
            if not of_township:
                return "", Problem("village.township", "township", params={"name": township})
            codes = [c for c in codes if c[:9] in of_township]
        if len(codes) == 1:
            return self._inside(codes[0])
        if not codes:
            near = process.extractOne(_stem(village), list(self.by_name), score_cutoff=_NEAR)
            if near:
                like = self.villages[self.by_name[near[0]][0]].display_name
                return "", Problem("village.like", "village", params={"name": village, "like": like})
            return "", Problem("village.unknown", "village", params={"name": village})
        return "", Problem("village.ambiguous", "village", params={"name": village})

    def _inside(self, code: str) -> tuple[str, Problem | None]:
        if code.startswith(self.area):
            return code, None
        return "", Problem("village.outside", "village", Weight.ERROR)


def _names(place: Area) -> set[str]:
    return {_stem(place.name), _stem(place.display_name)}


def _stem(name: str) -> str:
    """A place's name as places are compared: without its committee and the last 村, 镇, 乡, 县 or 区."""
    text = folded(place_display(name))
    return text[:-1] if len(text) > 2 and text[-1] in "村镇乡县区市" else text
