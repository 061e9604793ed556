"""All addresses of the site. allauth's views are routed one by one: sign-up, e-mail and third parties are not."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.urls import include, path

from pairing.views import errors, gallery, home, invitations, profile

accounts = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
]

site = [
    path("", home.home, name="home"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("session/", home.session_show, name="session_show"),
    path("language/", profile.language_set, name="language_set"),
    path("me/", profile.profile_edit, name="profile_edit"),
    path("me/sessions/end/", profile.session_end, name="session_end"),
    path("me/second-factor/", profile.second_factor_enrol, name="second_factor_enrol"),
    path("me/second-factor/drop/", profile.second_factor_drop, name="second_factor_drop"),
    path("me/second-factor/codes/", profile.recovery_codes_create, name="recovery_codes_create"),
    path("enter/", invitations.invitation_find, name="invitation_find"),
    path("enter/<str:token>/", invitations.invitation_accept, name="invitation_accept"),
    path("people/<uuid:public_id>/invitation/", invitations.invitation_create, name="invitation_create"),
]

urlpatterns = [
    path("account/", include(accounts)),
    path("", include((site, "pairing"))),
    path("", include("households.urls")),
    path("", include("visits.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
