"""One change of pairings under lock: the households first, in key order, then the helpers.

An unordered lock deadlocks under the exclusion constraints; the constraints stay the last word all the same.
In the same transaction ``Household.lead`` and ``pairing_count`` are kept, and the floors above follow
(``settings.LEAD_STEPS``: who holds the open promises now).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from households.models import Household, Pairing
from households.models.scoped import codes_of
from households.rules import pairings as rules
from pairing import clock
from pairing.audit import Entry, action
from pairing.errors import Refused, Text, refusing
from pairing.models import Grant, User
from pairing.roles import P


@contextmanager
def changing(
    name: str, household_ids: Iterable[int], cadre_ids: Iterable[int] = (), *, by: User, reason: str = ""
) -> Iterator["Change"]:
    """One action under lock: households in key order, then helpers in key order; counters at the end."""
    reasons: dict[str, Text] = {
        "pairing_one_lead": _("This household has a lead helper at that time. Hand it over instead."),
        "pairing_helper_once": _("This person is a helper of this household at that time already."),
        "pairing_ends_after_start": _("A pairing cannot end before it began."),
    }
    with action(name, by=by, reason=reason, permission=P.PAIRING_MANAGE) as entry, refusing(**reasons):
        change = Change(household_ids, cadre_ids, by=by, lock=True)
        for household in change.households.values():
            rules.check_within_area(by, household)
        yield change
        change.save(entry)
        for step in settings.LEAD_STEPS:
            import_string(step)(list(change.households), by=by)


@dataclass(frozen=True)
class Assignment:
    """A household and the helper that it shall have. ``note`` is for the helper: sore points, best time."""

    household: Household
    cadre: User
    note: str = ""


class Change:
    """The locked rows of one action, and what it does to them."""

    def __init__(
        self, household_ids: Iterable[int], cadre_ids: Iterable[int], *, by: User, lock: bool
    ) -> None:
        household_ids, cadre_ids = sorted(set(household_ids)), sorted(set(cadre_ids))
        self.lock = lock
        rows = Household.everything.filter(pk__in=household_ids).order_by("pk")
        self.households = {row.pk: row for row in (rows.select_for_update(no_key=True) if lock else rows)}
        self.cadres = _cadres(cadre_ids, lock=lock)
        self.open: dict[int, list[Pairing]] = {}
        for row in Pairing.everything.open().filter(household__in=household_ids).select_related("cadre"):
            self.open.setdefault(row.household_id, []).append(row)
        self.former = _last_leads(household_ids)
        self.loads = loads(cadre_ids, by=by)
        self.new: list[Pairing] = []
        self.changed: dict[tuple[tuple[str, Any], ...], list[Pairing]] = {}

    def pairing(self, row: Pairing) -> Pairing:
        """The open pairing as it stands under the lock. Raises ``Refused`` when it has ended meanwhile."""
        for fresh in self.open.get(row.household_id, []):
            if fresh.pk == row.pk:
                return fresh
        raise Refused(_("This pairing has already ended."))

    def lead(self, household_id: int) -> Pairing | None:
        """The household's open lead pairing."""
        return next((r for r in self.open.get(household_id, []) if r.role == Pairing.Role.LEAD), None)

    def assign(self, item: Assignment, day: date) -> Pairing | None:
        """Give a household this lead helper, whoever was it before; None where he is it already."""
        lead = self.lead(item.household.pk)
        if lead is None:
            self.promote(item.household.pk, item.cadre.pk, day=day)
            return self.start(item.household.pk, item.cadre.pk, day=day, hint=item.note)
        if lead.cadre_id == item.cadre.pk:
            return None
        return self.succeed(lead, item.cadre.pk, day=day, reason=rules.HANDOVER, hint=item.note)

    def start(
        self,
        household_id: int,
        cadre_id: int,
        *,
        day: date,
        role: str = Pairing.Role.LEAD,
        previous: Pairing | None = None,
        hint: str = "",
    ) -> Pairing:
        """Note a new pairing."""
        household, cadre = self.households[household_id], self.cadres[cadre_id]
        with _naming(household, when=self.lock and len(self.households) > 1):
            rules.check_household(household)
            rules.check_cadre(cadre, household)
            if role == Pairing.Role.LEAD and (lead := self.lead(household_id)):
                raise Refused(
                    _("%(name)s is the lead helper of this household. Hand it over instead.")
                    % {"name": lead.cadre.name},
                    "household",
                )
            if any(r.cadre_id == cadre_id for r in self.open.get(household_id, [])):
                raise Refused(
                    _("%(name)s is a helper of this household already.") % {"name": cadre.name}, "cadre"
                )
            rules.check_start(day, self.former.get(household_id) if role == Pairing.Role.LEAD else None)
            self.loads[cadre_id] += 1
            rules.check_load(cadre, self.loads[cadre_id])
        row = Pairing(
            household=household,
            cadre=cadre,
            role=role,
            started_on=day,
            previous=previous,
            handover_note=hint.strip(),
            recorded_at=clock.now(),
            **codes_of(household),
        )
        self.open.setdefault(household_id, []).append(row)
        self.new.append(row)
        return row

    def succeed(
        self, former: Pairing, cadre_id: int, *, day: date, reason: str, note: str = "", hint: str = ""
    ) -> Pairing:
        """End ``former`` and begin the successor's pairing in the same role on the same day."""
        household = self.households[former.household_id]
        with _naming(household, when=self.lock and len(self.households) > 1):
            if former.cadre_id == cadre_id:
                raise Refused(_("Choose somebody else as the successor."), "cadre")
            self.end(former, day=day, reason=reason, note=note, field="handed_on")
            if former.role == Pairing.Role.LEAD:
                self.promote(household.pk, cadre_id, day=day)
        return self.start(household.pk, cadre_id, day=day, role=former.role, previous=former, hint=hint)

    def promote(self, household_id: int, cadre_id: int, *, day: date) -> None:
        """End the pairing of a second helper who is about to become the lead; nothing for others."""
        for second in list(self.open.get(household_id, [])):
            if second.cadre_id == cadre_id and second.role == Pairing.Role.SECOND:
                self.end(second, day=max(day, second.started_on), reason="adjusted", field="started_on")
                self.loads[cadre_id] -= 1

    def end(self, row: Pairing, *, day: date, reason: str, note: str = "", field: str = "ended_on") -> None:
        rules.check_end(row, day, field)
        self.write(row, ended_on=day, end_reason=reason, end_note=note.strip())
        if row.role == Pairing.Role.LEAD:
            self.former[row.household_id] = row

    def write(self, row: Pairing, **values: Any) -> None:
        """Note that a pairing changes; it is no longer open."""
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        self.open[row.household_id] = [r for r in self.open[row.household_id] if r is not row]
        self.changed.setdefault(tuple(values.items()), []).append(row)

    def save(self, entry: Entry) -> None:
        """Write what was noted: one statement for all that end alike, one for all that begin, one to keep."""
        for values, rows in self.changed.items():
            mine = Pairing.everything.filter(pk__in=[row.pk for row in rows])
            mine.update(version=F("version") + 1, **dict(values))
            for row in rows:
                entry.about(self.households[row.household_id], row, fields=dict(values))
        Pairing.everything.bulk_create(self.new)
        for row in self.new:
            entry.about(row.household, row, row.cadre, fields=["lead"])
        mine = Pairing.everything.open().filter(household=OuterRef("pk")).order_by()
        lead = mine.filter(role=Pairing.Role.LEAD).values("cadre")[:1]
        count = mine.values("household").annotate(n=Count("pk")).values("n")
        Household.everything.filter(pk__in=self.households).update(
            lead=Subquery(lead), pairing_count=Coalesce(Subquery(count), 0)
        )


def loads(cadre_ids: Iterable[int], *, by: User) -> Counter[int]:
    """How many households each of these people looks after today where ``by`` pairs, as lead or second helper.

    What lies elsewhere neither shows in a refusal nor brings one about: who pairs in all of a helper's places sees
    the whole load.
    """
    rows = (
        Pairing.objects.visible_to(by, P.PAIRING_MANAGE).open().filter(cadre__in=list(cadre_ids)).order_by()
    )
    return Counter(dict(rows.values_list("cadre").annotate(Count("pk"))))


def _cadres(ids: list[int], *, lock: bool) -> dict[int, User]:
    """These people, locked in key order, with the grants that hold today read anew in one query."""
    people = User.objects.filter(pk__in=ids).order_by("pk")
    cadres = {u.pk: u for u in (people.select_for_update(no_key=True) if lock else people)}
    grants: dict[int, list[Grant]] = {pk: [] for pk in cadres}
    for grant in Grant.objects.open(clock.today()).filter(user__in=ids).order_by("pk"):
        grants[grant.user_id].append(grant)
    for pk, cadre in cadres.items():
        cadre.open_grants = grants[pk] if cadre.is_active else []
    return cadres


def _last_leads(household_ids: list[int]) -> dict[int, Pairing]:
    """The lead pairing of each household that ended last."""
    ended = Pairing.everything.valid().filter(
        household__in=household_ids, role=Pairing.Role.LEAD, ended_on__isnull=False
    )
    rows = ended.order_by("household_id", "-ended_on", "-pk").distinct("household_id")
    return {row.household_id: row for row in rows}


@contextmanager
def _naming(household: Household, *, when: bool) -> Iterator[None]:
    """Where many are changed at once, a refusal says which household it is about."""
    try:
        yield
    except Refused as refusal:
        if not when:
            raise
        raise Refused(
            _("File %(number)s: %(reason)s") % {"number": household.file_number, "reason": refusal}
        ) from refusal
