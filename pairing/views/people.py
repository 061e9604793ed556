"""People with accounts: who they are, what they may do and where, and whether they may sign in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairing import audit, clock, names, rules, wording
from pairing.access import permission_required
from pairing.actions import people
from pairing.errors import Refused, add_refusal
from pairing.forms.people import (
    ACCOUNT_STATES,
    PersonCreateForm,
    PersonEditForm,
    PersonFilter,
    ReasonForm,
    RoleForm,
)
from pairing.models import Grant, Unit, User
from pairing.numbers import mask_phone
from pairing.roles import P
from pairing.tables import Column, Table, capped_count, keyset_page


@require_GET
@permission_required(P.PEOPLE_MANAGE)
def person_list(request: HttpRequest) -> HttpResponse:
    """Find people of one's area by name, role and state of the account."""
    form = PersonFilter(request.GET)
    people_here = _filtered(User.objects.visible_to(request.user, P.PEOPLE_MANAGE), form, by=request.user)
    page = keyset_page(
        people_here.select_related("unit").defer("phone"),
        ("name_key", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    _give_roles(page.rows, by=request.user)
    filters = sorted(name for name in form.fields if request.GET.get(name))
    audit.read(
        "person.list",
        by=request.user,
        objects=page.rows,
        permission=P.PEOPLE_MANAGE,
        object_type="pairing.user",
        detail={"filters": filters},
    )
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    return render(
        request,
        "pairing/person_list.html",
        {
            "form": form,
            "table": _table(page.rows),
            "pager": page,
            "query": query.urlencode(),
            "count": capped_count(people_here),
            "has_units": Unit.objects.visible_to(request.user, P.PEOPLE_MANAGE).exists(),
        },
    )


@require_http_methods(["GET", "POST"])
@permission_required(P.PEOPLE_MANAGE)
def person_create(request: HttpRequest) -> HttpResponse:
    """Add a person with the first role; the sheet with the code comes next."""
    form = PersonCreateForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            person = people.create_user(
                name=data["name"],
                area=data["role_area"],
                role=data["role"],
                role_area=data["role_area"],
                unit=data["unit"],
                duty=data["duty"],
                phone=data["phone"],
                username=data["username"],
                by=request.user,  # type: ignore[arg-type]
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. Now print the sheet with the code and hand it over."))
            return redirect("pairing:person_detail", public_id=person.public_id)
    return render(request, "pairing/person_create.html", {"form": form})


@require_GET
@permission_required(P.PEOPLE_MANAGE)
def person_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One person: unit, dated roles, account."""
    person = _person(request, public_id)
    held = Grant.objects.visible_to(request.user, P.PEOPLE_MANAGE).filter(user=person)
    grants = list(held.select_related("area").order_by("-ended_on", "-started_on"))
    for grant in grants:
        grant.may_end = rules.can(rules.check_can_end_grant, grant, by=request.user)  # type: ignore[attr-defined]
    return _page(
        request,
        "person_detail",
        person,
        grants=grants,
        phone=mask_phone(person.phone.open()),
        why_not=rules.why_not(rules.check_can_manage, person, by=request.user),
        may_give=person.pk != request.user.pk,
        invitation=person.invitations.filter(used_at=None, expires_at__gt=clock.now()).first(),
    )


@require_http_methods(["GET", "POST"])
@permission_required(P.PEOPLE_MANAGE)
def person_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Correct name, unit, duty and phone."""
    person = _person(request, public_id)
    form = PersonEditForm(request.POST or None, person=person, by=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            people.edit_user(
                person=person,
                name=data["name"],
                unit=data["unit"],
                duty=data["duty"],
                phone=form.new_phone(),
                by=request.user,  # type: ignore[arg-type]
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("pairing:person_detail", public_id=person.public_id)
    return _page(request, "person_edit", person, form=form)


@require_http_methods(["GET", "POST"])
@permission_required(P.PEOPLE_MANAGE)
def grant_create(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a person a further role, from today."""
    person = _person(request, public_id)
    form = RoleForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            people.grant_role(person=person, role=data["role"], area=data["role_area"], by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. The role holds from today."))
            return redirect("pairing:person_detail", public_id=person.public_id)
    return _page(request, "grant_create", person, form=form)


@require_http_methods(["GET", "POST"])
@permission_required(P.PEOPLE_MANAGE)
def grant_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a role from today, with the reason."""
    grants = Grant.objects.visible_to(request.user, P.PEOPLE_MANAGE).select_related("user", "area")
    grant = get_object_or_404(grants, public_id=public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people.end_grant(grant=grant, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The role has ended."))
            if not User.objects.visible_to(request.user, P.PEOPLE_MANAGE).filter(pk=grant.user_id).exists():
                return redirect("pairing:person_list")  # it was the only one here
            return redirect("pairing:person_detail", public_id=grant.user.public_id)
    return _page(request, "grant_end", grant.user, form=form, grant=grant)


@require_http_methods(["GET", "POST"])
@permission_required(P.PEOPLE_MANAGE)
def person_disable(request: HttpRequest, public_id: str) -> HttpResponse:
    """Shut an account at once, with the reason."""
    person = _person(request, public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people.disable_user(person=person, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The account is shut."))
            return redirect("pairing:person_detail", public_id=person.public_id)
    return _page(request, "person_disable", person, form=form)


@require_POST
@permission_required(P.PEOPLE_MANAGE)
def person_enable(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open a shut account again."""
    person = _person(request, public_id)
    try:
        people.enable_user(person=person, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The account is open again."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("pairing:person_detail", public_id=person.public_id)


@require_POST
@permission_required(P.PEOPLE_MANAGE)
def person_sign_out(request: HttpRequest, public_id: str) -> HttpResponse:
    """End every session of a person, as after the loss of a phone."""
    person = _person(request, public_id)
    try:
        people.end_sessions(person=person, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("This person has been signed out everywhere."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("pairing:person_detail", public_id=person.public_id)


@require_http_methods(["GET", "POST"])
@permission_required(P.PEOPLE_MANAGE)
def second_factor_reset(request: HttpRequest, public_id: str) -> HttpResponse:
    """Forget the code app of somebody who has lost his phone, with the reason."""
    person = _person(request, public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people.reset_second_factor(person=person, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, _("The code app is forgotten; a new one is set up at the next sign-in.")
            )
            return redirect("pairing:person_detail", public_id=person.public_id)
    return _page(request, "second_factor_reset", person, form=form)


def _person(request: HttpRequest, public_id: str) -> User:
    people_here = User.objects.visible_to(request.user, P.PEOPLE_MANAGE).select_related("unit", "area")
    return get_object_or_404(people_here, public_id=public_id)


def _page(request: HttpRequest, name: str, person: User, **context: Any) -> HttpResponse:
    """A page that shows one person, and the row that says so."""
    audit.read("person.show", by=request.user, objects=[person], permission=P.PEOPLE_MANAGE)
    return render(request, f"pairing/{name}.html", context | {"person": person})


def _filtered(people_here: Any, form: PersonFilter, *, by: Any) -> Any:
    if not form.is_valid():
        return people_here
    words, role, state = (form.cleaned_data[name] for name in ("q", "role", "state"))
    if words:
        key = names.folded(words)
        people_here = people_here.alias(joined=Replace("name_key", Value(" "), Value("")))
        found = Q(name__contains=words) | Q(username__startswith=key) | Q(joined__startswith=key)
        if key.isascii() and key.isalpha() and len(key) < 6:
            found |= Q(name_key__regex=_initials(key))
        people_here = people_here.filter(found)
    if role:
        here = Grant.objects.visible_to(by, P.PEOPLE_MANAGE).open(clock.today()).filter(role=role)
        people_here = people_here.filter(pk__in=here.values("user"))
    if state:
        unused = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        wanted = {
            "open": Q(is_active=True) & ~unused,
            "new": Q(is_active=True) & unused,
            "shut": Q(is_active=False),
        }
        people_here = people_here.filter(wanted[state])
    return people_here


def _initials(key: str) -> str:
    """A pattern for the first letters of each syllable: "zw" finds "zhang wei"."""
    return "^" + "[a-z]* ".join(key)


def _give_roles(rows: list[Any], *, by: Any) -> None:
    """Put each person's open roles that the reader may see in words on the row, with one query."""
    grants = Grant.objects.visible_to(by, P.PEOPLE_MANAGE).filter(user__in=rows)
    grants = grants.open(clock.today()).select_related("area").order_by("started_on")
    words: dict[int, list[str]] = {}
    for grant in grants:
        words.setdefault(grant.user_id, []).append(f"{grant.get_role_display()} · {grant.area.label}")
    for row in rows:
        row.roles_in_words = wording.clauses(words.get(row.pk, []))


def _table(rows: list[Any]) -> Table:
    return Table(
        columns=[
            Column("name", _("Name"), link=lambda p: reverse("pairing:person_detail", args=[p.public_id])),
            Column("roles", _("Roles today"), value=lambda p: p.roles_in_words),
            Column("unit", _("Unit"), value=lambda p: p.unit.name if p.unit else ""),
            Column("duty", _("Duty")),
            Column(
                "account_state",
                _("Account"),
                kind="state",
                states={
                    "open": (ACCOUNT_STATES["open"], "done"),
                    "new": (ACCOUNT_STATES["new"], "info"),
                    "shut": (ACCOUNT_STATES["shut"], "neutral"),
                },
            ),
        ],
        rows=rows,
        empty=_("Nobody matches. Remove a filter."),
    )
