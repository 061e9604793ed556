"""Getting in for the first time, or again: a sheet with a one-time code, and the page that the code opens."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from pairing.access import permission_required
from pairing.actions import people
from pairing.errors import Refused
from pairing.forms.sign_in import InvitationCodeForm, NewPasswordForm
from pairing.models import User
from pairing.roles import P
from pairing.views.profile import qr_picture


@require_POST
@permission_required(P.PEOPLE_MANAGE)
def invitation_create(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a code and show the sheet to print; it is shown only now."""
    person = get_object_or_404(User.objects.visible_to(request.user, P.PEOPLE_MANAGE), public_id=public_id)
    try:
        invitation, token = people.create_invitation(person=person, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("pairing:person_detail", public_id=person.public_id)
    address = request.build_absolute_uri(reverse("pairing:invitation_accept", args=[token]))
    code = "-".join(token[i : i + 4] for i in range(0, len(token), 4)).upper()
    context = {
        "person": person,
        "invitation": invitation,
        "code": code,
        "picture": qr_picture(address),
        "entrance": request.build_absolute_uri(reverse("pairing:invitation_find")),
    }
    return render(request, "pairing/invitation_create.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def invitation_find(request: HttpRequest) -> HttpResponse:
    """Type the code from the sheet."""
    form = InvitationCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if people.open_invitation(form.cleaned_data["code"]):
            token = people.folded_token(form.cleaned_data["code"])
            return redirect("pairing:invitation_accept", token=token)
        form.add_error("code", _("This code is not valid, or no longer. Check it, or ask for a new sheet."))
    return render(request, "pairing/invitation_find.html", {"form": form})


@login_not_required
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password with the code from the sheet. Every code that opens nothing gets the same answer."""
    invitation = people.open_invitation(token)
    if invitation is None:
        messages.error(request, _("This code is not valid, or no longer. Check it, or ask for a new sheet."))
        return redirect("pairing:invitation_find")
    form = NewPasswordForm(request.POST or None, user=invitation.user)
    if request.method == "POST" and form.is_valid():
        try:
            people.accept_invitation(invitation=invitation, password=form.cleaned_data["password1"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your password is saved. Please sign in with it."))
            return redirect("account_login")
    return render(request, "pairing/invitation_accept.html", {"form": form, "person": invitation.user})
