"""What auditors may ask: who opened a file, what an account did, what left the system, whose rights changed.

The answers hold times, names, places and names of fields, never a value and never the file itself. Every page
and every question leaves a row of its own. A question is a POST: its reason belongs in no address.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from pairing import audit, clock, wording
from pairing.access import permission_required, prefixes
from pairing.forms.audit import AccountForm, AuditForm, ExportsForm, ObjectForm, RightsForm, SignInsForm
from pairing.models import Area, AuditEvent, User
from pairing.models.areas import LENGTH
from pairing.models.audit import SIGN_INS
from pairing.roles import P, Role
from pairing.tables import Column, Table

PAGE = 50
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Subject(NamedTuple):
    """Something that the log speaks of, named without opening it: a file by number and village."""

    public_id: UUID
    name: str
    area: str
    is_person: bool = False


class Subjects(Protocol):
    """What a floor above offers, so that auditors can name its objects (settings.AUDIT_SUBJECTS)."""

    def find(self, text: str, areas: list[str]) -> list[tuple[UUID, str, str]]:
        """Objects in ``areas`` that somebody means who types ``text``: id, short name, area code."""

    def named(self, object_ids: Iterable[UUID], areas: list[str]) -> dict[UUID, str]:
        """Short names of those of ``object_ids`` that are this floor's and lie in ``areas``."""


@dataclass
class Question:
    """A filled form and what it found."""

    title: str | Promise
    lead: str | Promise
    form: AuditForm
    asked: bool = False
    about: list[Subject] = field(default_factory=list)
    wherever: bool = False  # rows about it are the reader's wherever they are filed: a list may reach further
    table: Table | None = None
    older: int | None = None


@require_http_methods(["GET", "POST"])
@permission_required(P.AUDIT_VIEW)
def audit_object(request: HttpRequest) -> HttpResponse:
    """Who opened this file: every event about one object."""
    question = Question(
        gettext_lazy("Who opened this file"),
        gettext_lazy("Every look at one file and every change of it, lists included."),
        ObjectForm(request.POST or None),
    )

    def events(data: dict[str, Any]) -> Any:
        question.about = _subjects(data["subject"], request.user)
        if len(question.about) != 1:
            none = _("There is no such file in your area.")
            question.form.add_error(
                "subject", none if not question.about else _("Several fit; please be more exact.")
            )
            return None
        question.wherever = not question.about[0].is_person
        return Q(object_ids__contains=[question.about[0].public_id])

    return _answer(request, "audit_object", question, events, P.AUDIT_VIEW, _WHO)


@require_http_methods(["GET", "POST"])
@permission_required(P.AUDIT_VIEW)
def audit_account(request: HttpRequest) -> HttpResponse:
    """What this account did: everything that one person saw, changed or was refused."""
    question = Question(
        gettext_lazy("What this account did"),
        gettext_lazy("Everything that one account looked at, changed, or was refused."),
        AccountForm(request.POST or None),
    )

    def events(data: dict[str, Any]) -> Any:
        person = _one_person(question, data["account"], request.user, P.AUDIT_VIEW)
        return person and Q(actor_id=person.pk) & _result(data)

    return _answer(request, "audit_account", question, events, P.AUDIT_VIEW, _WHAT)


@require_http_methods(["GET", "POST"])
@permission_required(P.AUDIT_VIEW)
def audit_exports(request: HttpRequest) -> HttpResponse:
    """Exports and reveals: what left the system, and which full numbers were shown."""
    question = Question(
        gettext_lazy("Exports and reveals"),
        gettext_lazy("Files exported, sheets printed, full numbers and phone numbers shown."),
        ExportsForm(request.POST or None),
    )

    def events(data: dict[str, Any]) -> Any:
        what = Q(action__regex=r"\.(export|print|reveal|find_many)|^phone\.")
        if data["account"]:
            person = _one_person(question, data["account"], request.user, P.AUDIT_VIEW)
            return person and what & Q(actor_id=person.pk)
        return what

    return _answer(request, "audit_exports", question, events, P.AUDIT_VIEW, _WHO_WHAT)


@require_http_methods(["GET", "POST"])
@permission_required(P.AUDIT_VIEW)
def audit_rights(request: HttpRequest) -> HttpResponse:
    """Changes of rights: roles given and ended, accounts opened and shut, whether they still hold or not."""
    question = Question(
        gettext_lazy("Changes of rights"),
        gettext_lazy(
            "Roles given and ended, accounts added, shut and opened again; ended roles stay in the list."
        ),
        RightsForm(request.POST or None),
    )

    def events(data: dict[str, Any]) -> Any:
        what = Q(action__regex=r"^(grant|person\.(create|disable|enable)|invitation\.create|second_factor)")
        what |= Q(detail__has_key="grants")  # ended along with a handover, say
        if data["account"]:
            person = _one_person(question, data["account"], request.user, P.AUDIT_VIEW)
            return person and what & Q(object_ids__contains=[person.public_id])
        return what

    return _answer(request, "audit_rights", question, events, P.AUDIT_VIEW, _RIGHTS)


@require_http_methods(["GET", "POST"])
@permission_required(P.SIGN_IN_VIEW)
def sign_in_list(request: HttpRequest) -> HttpResponse:
    """Who signed in, from where, and who tried in vain."""
    question = Question(
        gettext_lazy("Sign-ins"),
        gettext_lazy(
            "Sign-ins, failed tries, password changes. From county level on, tries under unknown names too."
        ),
        SignInsForm(request.POST or None),
    )

    def events(data: dict[str, Any]) -> Any:
        what = Q(action__in=SIGN_INS) & _result(data)
        if data["account"]:
            person = _one_person(question, data["account"], request.user, P.SIGN_IN_VIEW)
            return person and what & (Q(actor_id=person.pk) | Q(object_ids__contains=[person.public_id]))
        return what

    return _answer(request, "sign_in_list", question, events, P.SIGN_IN_VIEW, _SIGN_IN)


# --- one way to answer --------------------------------------------------------------------------------------


def _answer(
    request: HttpRequest, page: str, question: Question, events: Any, permission: P, columns: "list[str]"
) -> HttpResponse:
    """Show the form, or the rows it asks for; one audit row either way."""
    form = question.form
    chosen = events(form.cleaned_data) if request.method == "POST" and form.is_valid() else None
    if chosen is None:
        audit.read("audit.open", by=request.user, permission=permission, detail={"page": page})
        status = 200
    else:
        question.asked, status = True, 200
        filters = sorted(name for name, value in form.cleaned_data.items() if value and name != "reason")
        audit.write(
            "audit.query",
            by=request.user,
            permission=permission,
            object_ids=[subject.public_id for subject in question.about],
            object_area=question.about[0].area
            if question.about
            else audit.acting_as(request.user, permission)[1],
            reason=form.cleaned_data["reason"],
            detail={"page": page, "filters": filters},
        )
        _fill(request, question, chosen, permission, columns)
    return render(request, "pairing/audit_page.html", {"question": question}, status=status)


def _fill(request: HttpRequest, question: Question, chosen: Q, permission: P, columns: list[str]) -> None:
    events = AuditEvent.objects
    rows = events.all() if question.wherever else events.visible_to(request.user, permission)
    if permission == P.SIGN_IN_VIEW and any(
        len(code) <= LENGTH["county"] for code in prefixes(request.user, permission)
    ):
        rows |= AuditEvent.objects.filter(action="sign_in", object_area="", actor_area="")
    rows = rows.filter(chosen & _time(question.form.cleaned_data))
    older = request.POST.get("older", "")
    if older.isascii() and older.isdigit() and len(older) < 19:
        rows = rows.filter(pk__lt=int(older))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    question.older = found[PAGE - 1].pk if len(found) > PAGE else None
    found = found[:PAGE]
    _name(found, prefixes(request.user, permission))
    question.table = Table(
        columns=[_columns()[name] for name in columns],
        rows=found,
        empty=_("Nothing in the log for this question."),
    )


def _time(data: dict[str, Any]) -> Q:
    """The business days from ``since`` to ``until``, both included."""
    zone, q = clock.business_timezone, Q()
    if data.get("since"):
        q &= Q(at__gte=dt.datetime.combine(data["since"], dt.time(), zone))
    if data.get("until") and data["until"] < dt.date.max:
        q &= Q(at__lt=dt.datetime.combine(data["until"] + dt.timedelta(days=1), dt.time(), zone))
    return q


def _result(data: dict[str, Any]) -> Q:
    return Q(result=data["result"]) if data.get("result") else Q()


def _subjects(text: str, reader: Any) -> list[Subject]:
    """What an auditor means: a file number that a floor above knows, or an id that stands in an address."""
    areas = prefixes(reader, P.AUDIT_VIEW)
    found = [Subject(*row) for subjects in _floors() for row in subjects.find(text.strip(), areas)]
    if not found and (ids := _UUID.findall(text.lower())):
        person = User.objects.visible_to(reader, P.AUDIT_VIEW).filter(public_id=ids[-1]).first()
        if person:
            found = [Subject(person.public_id, person.name, person.area_id, is_person=True)]
    return found


def _one_person(question: Question, text: str, reader: Any, permission: P) -> User | None:
    """The one person in the reader's area with that user name or name; else an error beside the field."""
    here = User.objects.visible_to(reader, permission)
    found = list(here.filter(username=text.strip().lower())[:1]) or list(here.filter(name=text.strip())[:6])
    if len(found) == 1:
        question.about = [
            Subject(found[0].public_id, f"{found[0].name} ({found[0].username})", found[0].area_id)
        ]
        return found[0]
    if found:
        names = wording.listed(sorted(person.username for person in found))
        question.form.add_error(
            "account", _("Several people have this name; give a user name: %(names)s") % {"names": names}
        )
    else:
        question.form.add_error("account", _("There is no such account in your area."))
    return None


@lru_cache(maxsize=1)
def _floors() -> list[Any]:
    """The modules of settings.AUDIT_SUBJECTS, each a ``Subjects``."""
    return [import_module(name) for name in settings.AUDIT_SUBJECTS]


# --- the rows in words --------------------------------------------------------------------------------------


def _name(events: list[Any], areas: list[str]) -> None:
    """Put names of people, places and files on the events, with a few queries for the whole page."""
    ids = {object_id for event in events for object_id in event.object_ids[:3]}
    actors = {event.actor_id for event in events if event.actor_id}
    people = User.objects.filter(Q(pk__in=actors) | Q(public_id__in=ids)).only(
        "pk", "public_id", "name", "username"
    )
    by_pk = {person.pk: f"{person.name} ({person.username})" for person in people}
    names: dict[UUID, str] = {person.public_id: person.name for person in people}
    for subjects in _floors():
        names |= subjects.named(ids, areas)
    codes = {code for event in events for code in (event.actor_area, event.object_area)}
    codes |= {area for event in events for _role, area in _granted(event)}
    places = {area.pk: area.label for area in Area.objects.filter(pk__in=codes)}
    roles: dict[str, Any] = dict(Role.choices)
    for event in events:
        event.who = by_pk.get(event.actor_id) or _("nobody signed in")
        event.acting = " · ".join(
            str(w) for w in (roles.get(event.actor_role), places.get(event.actor_area)) if w
        )
        known = [names[object_id] for object_id in event.object_ids[:3] if object_id in names]
        more = len(event.object_ids) - len(known)
        event.whom = wording.listed(known) + (_(" and %(n)d more") % {"n": more} if known and more else "")
        if not known and event.object_ids:
            event.whom = _("%(n)d records") % {"n": len(event.object_ids)}
        event.place = places.get(event.object_area, "")
        event.right = wording.listed(
            " · ".join(str(w) for w in (roles.get(role), places.get(area)) if w)
            for role, area in _granted(event)
        )


def _field_words(event: AuditEvent) -> list[str]:
    """The names of the fields as forms call them; as stored where the model has no such field."""
    try:
        model = apps.get_model(event.object_type)
    except (LookupError, ValueError):
        return list(event.fields)
    names = {
        field.name: str(getattr(field, "verbose_name", field.name)) for field in model._meta.get_fields()
    }
    return [names.get(name, name) for name in event.fields]


def _granted(event: AuditEvent) -> list[tuple[str, str]]:
    """Role and area of each right that was given or ended."""
    return [(grant["role"], grant["area"]) for grant in event.detail.get("grants", [])]


_WHO = ["at", "who", "acting", "word", "result", "reason", "address"]
_WHAT = ["at", "word", "whom", "place", "fields", "result", "reason", "address"]
_WHO_WHAT = ["at", "who", "word", "whom", "place", "reason", "address"]
_RIGHTS = ["at", "whom", "word", "right", "who", "reason"]
_SIGN_IN = ["at", "person", "word", "result", "address"]


def _columns() -> dict[str, Column]:
    columns = [
        Column("at", _("Time"), kind="moment"),
        Column("who", _("Who")),
        Column("acting", _("As"), value=lambda e: e.acting),
        Column("word", _("What")),
        Column("whom", _("About whom or what")),
        Column("place", _("Place")),
        Column("right", _("Role and area")),
        Column("fields", _("Fields"), value=lambda e: wording.listed(_field_words(e))),
        Column(
            "result",
            _("Result"),
            kind="state",
            states={"ok": (pgettext("audit", "done"), "neutral"), "refused": (_("refused"), "danger")},
        ),
        Column("reason", _("Reason")),
        Column("address", _("Network address"), "number"),
    ]
    by_key = {column.key: column for column in columns}
    person = Column("person", _("Account"), value=lambda e: e.whom if e.object_ids else _("unknown name"))
    return by_key | {"person": person}
