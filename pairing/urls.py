"""All addresses of the site. allauth's views are routed one by one: sign-up, e-mail and third parties are not."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.urls import include, path

from pairing.views import (
    audit,
    errors,
    gallery,
    health,
    home,
    invitations,
    people,
    profile,
    units,
    village_links,
)

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
    path("healthz", health.health_show, name="health_show"),
    path("session/", home.session_show, name="session_show"),
    path("language/", profile.language_set, name="language_set"),
    path("me/", profile.profile_show, name="profile_show"),
    path("me/sessions/end/", profile.session_end, name="session_end"),
    path("me/second-factor/", profile.second_factor_enrol, name="second_factor_enrol"),
    path("me/second-factor/drop/", profile.second_factor_drop, name="second_factor_drop"),
    path("me/second-factor/codes/", profile.recovery_codes_create, name="recovery_codes_create"),
    path("enter/", invitations.invitation_find, name="invitation_find"),
    path("enter/<str:token>/", invitations.invitation_accept, name="invitation_accept"),
    path("people/", people.person_list, name="person_list"),
    path("people/new/", people.person_create, name="person_create"),
    path("people/<uuid:public_id>/", people.person_detail, name="person_detail"),
    path("people/<uuid:public_id>/edit/", people.person_edit, name="person_edit"),
    path("people/<uuid:public_id>/invitation/", invitations.invitation_create, name="invitation_create"),
    path("people/<uuid:public_id>/disable/", people.person_disable, name="person_disable"),
    path("people/<uuid:public_id>/enable/", people.person_enable, name="person_enable"),
    path("people/<uuid:public_id>/sign-out/", people.person_sign_out, name="person_sign_out"),
    path("people/<uuid:public_id>/second-factor/", people.second_factor_reset, name="second_factor_reset"),
    path("people/<uuid:public_id>/grants/new/", people.grant_create, name="grant_create"),
    path("grants/<uuid:public_id>/end/", people.grant_end, name="grant_end"),
    path("units/", units.unit_list, name="unit_list"),
    path("units/new/", units.unit_create, name="unit_create"),
    path("units/<uuid:public_id>/", units.unit_detail, name="unit_detail"),
    path("units/<uuid:public_id>/edit/", units.unit_edit, name="unit_edit"),
    path("linked-villages/", village_links.village_link_list, name="village_link_list"),
    path("linked-villages/new/", village_links.village_link_create, name="village_link_create"),
    path("linked-villages/<uuid:public_id>/end/", village_links.village_link_end, name="village_link_end"),
    path("audit/object/", audit.audit_object, name="audit_object"),
    path("audit/account/", audit.audit_account, name="audit_account"),
    path("audit/exports/", audit.audit_exports, name="audit_exports"),
    path("audit/rights/", audit.audit_rights, name="audit_rights"),
    path("audit/sign-ins/", audit.sign_in_list, name="sign_in_list"),
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
handler429 = errors.too_many  # allauth asks for it
handler500 = errors.server_error
