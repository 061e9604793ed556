"""One row for each sensitive read, write, sign-in and refusal, in the transaction of what it records.

Actions write inside ``with action("visit.save", by=user) as entry``: one transaction, one history context,
one audit row. Views that read personal data call ``read(request, ...)`` before they render: no row, no page.
A row outlives the person that it speaks of: a number that somebody types into a reason stays out of it.
"""

import contextvars
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pghistory
from django.db.models import QuerySet

from pairing import clock
from pairing.access import open_grants
from pairing.errors import Telling, refusing
from pairing.logs import without_numbers
from pairing.models.areas import LENGTH
from pairing.models.audit import AuditEvent, ids_of
from pairing.roles import P, permissions_of


@dataclass(frozen=True)
class Source:
    """Where a request came from; set by the middleware for the time of the request."""

    request_id: uuid.UUID | None = None
    address: str | None = None


source: contextvars.ContextVar[Source] = contextvars.ContextVar("audit_source", default=Source())  # noqa: B039 (frozen)
_current: "contextvars.ContextVar[Entry | None]" = contextvars.ContextVar("audit_entry", default=None)


@dataclass
class Entry:
    """What the audit row of the running action will say. Actions add to it as they go."""

    name: str
    by: Any
    reason: str = ""
    object_type: str = ""
    object_area: str = ""
    object_ids: list[uuid.UUID] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)
    quiet: bool = False  # nothing happened (a repeated request): write no row

    def about(self, *objects: Any, fields: Iterable[str] = ()) -> None:
        """Name the objects that the action changed, and which of their fields."""
        for obj in objects:
            self.object_type = self.object_type or obj._meta.label_lower
            self.object_area = self.object_area or area_of(obj)
        self.object_ids += [found for found in ids_of(objects) if found not in self.object_ids]
        self.fields += [name for name in fields if name not in self.fields]


def area_of(obj: Any) -> str:
    """The code of the area in which an object stands; empty where it has none."""
    for name in ("village_code", "township_code", "area_id", "county_code"):
        if code := getattr(obj, name, ""):
            return str(code)
    return ""


def area_around(codes: Iterable[str]) -> str:
    """The smallest area with all of ``codes`` in it; empty without one."""
    known = set(codes)
    first, last = min(known, default=""), max(known, default="")  # what these two share, all share
    return next(
        (
            first[:n]
            for n in sorted(LENGTH.values(), reverse=True)
            if n <= len(first) and first[:n] == last[:n]
        ),
        "",
    )


def acting_as(user: Any, permission: P | None = None, place: str = "") -> tuple[str, str]:
    """The role and area under which ``user`` acts: a grant that carries ``permission``, best one over ``place``."""

    def fit(grant: Any) -> tuple[bool, bool]:
        carries = permission is None or permission in permissions_of(grant.role)
        return carries, place.startswith(grant.area_id)

    best = max(open_grants(user), key=fit, default=None)  # of equals the first
    return (best.role, best.area_id) if best else ("", getattr(user, "area_id", None) or "")


def write(
    name: str,
    *,
    by: Any,
    permission: P | None = None,
    object_type: str = "",
    object_ids: Iterable[uuid.UUID] = (),
    object_area: str = "",
    fields: Iterable[str] = (),
    result: str = AuditEvent.Result.OK,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one audit row now. ``by`` may be None (nobody signed in, or a command)."""
    role, area = acting_as(by, permission, object_area)
    origin = source.get()
    AuditEvent.objects.create(
        at=clock.now(),
        actor_id=getattr(by, "pk", None),
        actor_role=role,
        actor_area=area,
        action=name,
        object_type=object_type,
        object_ids=list(object_ids),
        object_area=object_area,
        fields=sorted(set(fields)),
        result=result,
        reason=without_numbers(reason)[:200],
        detail=detail or {},
        address=origin.address,
        request_id=origin.request_id,
    )


def read(
    name: str,
    *,
    by: Any,
    objects: Iterable[Any] = (),
    permission: P | None = None,
    object_type: str = "",
    object_ids: Iterable[uuid.UUID] = (),
    object_area: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Record that ``by`` is about to be shown ``objects``: one row, whatever their number.

    It is filed under the area around them, or ``object_area``; a list that reaches out of where ``by`` acts, and
    one of nothing, under that.
    """
    objects = list(objects)
    place = object_area or area_around(area_of(obj) for obj in objects)
    acts_in = acting_as(by, permission, place)[1]
    write(
        name,
        by=by,
        permission=permission,
        object_type=object_type or (objects[0]._meta.label_lower if objects else ""),
        object_ids=[*ids_of(objects), *object_ids],
        object_area=place if len(objects) == 1 or len(place) >= len(acts_in) else acts_in,
        detail=detail,
    )


def within_a_day(name: str, by: Any) -> QuerySet[AuditEvent]:
    """What an account did of one kind in the last twenty-four hours."""
    since = clock.now() - timedelta(days=1)
    return AuditEvent.objects.filter(actor_id=by.pk, action=name, at__gt=since)


@contextmanager
def action(name: str, *, by: Any, reason: str = "", permission: P | None = None) -> Iterator[Entry]:
    """One transaction, one history context, one audit row.

    An action called inside another joins it: the outer row tells of both. Raising undoes everything,
    the audit row included; but a refusal that tells of rows elsewhere (``Telling``) leaves one of its own.
    """
    outer = _current.get()
    if outer is not None:
        outer.detail.setdefault("also", []).append(name)
        yield outer
        return
    entry = Entry(name=name, by=by, reason=reason)

    def tell(**said: Any) -> None:
        write(
            entry.name,
            by=by,
            permission=permission,
            object_type=entry.object_type,
            object_ids=entry.object_ids,
            object_area=entry.object_area,
            **said,
        )

    token = _current.set(entry)
    try:
        origin = source.get()
        context = {
            "user": getattr(by, "pk", None),
            "action": name,
            "reason": without_numbers(reason),
            "request": str(origin.request_id or ""),
        }
        with refusing(), pghistory.context(**context):  # a deadlock is a refusal, too
            yield entry
            if not entry.quiet:
                tell(fields=entry.fields, reason=entry.reason, detail=entry.detail)
    except Telling as refusal:
        tell(fields=[refusal.field] if refusal.field else [], result=AuditEvent.Result.REFUSED)
        raise
    finally:
        _current.reset(token)
