"""From grants to rows: pure range helpers, and the decorator that asks a view's permission.

An area is its official code, so everything below an area is one range of an index. ``visible_to`` of the
scoped models (composed in ``households``) is built from these helpers.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from pairing.roles import BY_PAIRING, P, permissions_of

Params = ParamSpec("Params")

# Which column of a scoped row holds codes of that length.
_COLUMN = {6: "county_code", 9: "township_code", 12: "village_code"}
NOTHING = Q(pk__in=[])


def carries(user: Any, permission: P) -> bool:
    """Does any open grant of ``user`` carry ``permission``? Knows nothing of rows."""
    return any(permission in permissions_of(grant.role) for grant in open_grants(user))


def open_grants(user: Any) -> list[Any]:
    """The grants of ``user`` that hold today; read once for each user object, that is once a request."""
    if not getattr(user, "is_authenticated", False):
        return []
    return user.open_grants


def prefixes(user: Any, permission: P) -> list[str]:
    """Area codes below which ``permission`` holds for ``user``: outermost areas only, in order.

    Grants that work by pairing give no rows by area and are left out.
    """
    codes = sorted(
        {
            grant.area_id
            for grant in open_grants(user)
            if grant.role not in BY_PAIRING and permission in permissions_of(grant.role)
        }
    )
    outermost: list[str] = []
    for code in codes:
        if not (outermost and code.startswith(outermost[-1])):
            outermost.append(code)
    return outermost


def by_pairing(user: Any, permission: P) -> bool:
    """Does ``user`` hold ``permission`` through his open pairings?"""
    return any(g.role in BY_PAIRING and permission in permissions_of(g.role) for g in open_grants(user))


def after(prefix: str) -> str:
    """The first code that no longer begins with ``prefix`` (codes are digits in C collation)."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def below(field: str, areas: Iterable[str]) -> Q:
    """Rows whose code in ``field`` lies in one of ``areas``; no areas means no rows."""
    q = NOTHING
    for prefix in areas:
        q |= Q(**{f"{field}__gte": prefix, f"{field}__lt": after(prefix)})
    return q


def in_areas(areas: Iterable[str], path: str = "") -> Q:
    """Rows with ``county_code``, ``township_code`` and ``village_code`` in one of ``areas``.

    Uses the column of the area's own level by equality, so that one index serves each level.
    ``path`` leads to the row that has the columns, such as ``"household__"``.
    """
    q = NOTHING
    for code in areas:
        column = _COLUMN.get(len(code))
        q |= Q(**{path + column: code}) if column else below(path + "county_code", [code])
    return q


def covers(user: Any, permission: P, code: str) -> bool:
    """Does ``permission`` hold by area for ``user`` at the area ``code`` itself?"""
    return any(code.startswith(prefix) for prefix in prefixes(user, permission))


def permission_required(
    *permissions: P,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Params], HttpResponse]],
    Callable[Concatenate[HttpRequest, Params], HttpResponse],
]:
    """A view that needs a grant carrying one of ``permissions``; others get 403 (sign-in is asked globally).

    The view's ``permissions`` attribute is what the access matrix and the navigation read.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, Params], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, Params], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
            if not any(carries(request.user, permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate
