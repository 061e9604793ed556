"""The second factor (S15)."""

import datetime as dt
import time
from importlib import import_module

import pytest
import time_machine
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from pairing.actions import people
from pairing.actions.second_factors import _new_recovery_codes, activate_code_app
from pairing.crypto import seal
from pairing.models import AuditEvent, User
from tests.pairing.conftest import PASSWORD
from tests.pairing.signing_in import CODE, SECRET, attempt, code_now, is_dead, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits(db):
    cache.clear()


@pytest.fixture(autouse=True)
def _not_at_the_end_of_a_code():
    """A code holds for thirty seconds: no test begins in the last of them."""
    now = time.time()
    with time_machine.travel(now - now % 30 + 3, tick=True):
        yield


@pytest.fixture
def enrolled(cast):
    activate_code_app(cast.county, SECRET)
    return cast.county


def test_who_needs_a_second_factor_and_has_none_reaches_only_the_page_that_sets_one_up(client, cast, sign_in):
    for who in ("staff", "town", "county", "leader", "auditor", "system"):
        user = getattr(cast, who)
        user.second_factor_on = False
        user.save()
        sign_in(user)
        for page in ("home", "profile_show", "person_list", "unit_list", "audit_object", "sign_in_list"):
            answer = client.get(reverse(f"pairing:{page}"))
            assert (answer.status_code, answer["Location"]) == (
                302,
                reverse("pairing:second_factor_enrol"),
            ), page
    sign_in(cast.cadre)
    assert client.get("/me/").status_code == 200


def test_setting_up_a_code_app(client, cast):
    User.objects.filter(pk=cast.county.pk).update(second_factor_on=False)
    attempt(client, "county", PASSWORD)
    page = client.get(reverse("pairing:second_factor_enrol"))
    secret = "".join(page.context["secret"].split())
    assert secret not in str(dict(client.session))  # it waits sealed
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    wrong = client.post(reverse("pairing:second_factor_enrol"), {"code": "000000"})
    assert wrong.context["form"].errors
    shown = client.post(reverse("pairing:second_factor_enrol"), {"code": code})
    assert len(shown.context["codes"]) == 10
    cast.county.refresh_from_db()
    assert cast.county.second_factor_on
    assert AuditEvent.objects.filter(action="second_factor.enrol", actor_id=cast.county.pk).count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, '') FROM mfa_authenticator")
        stored = cursor.fetchone()[0]
    assert secret not in stored
    assert stored.startswith('{"secret": "aes')
    client.post("/account/logout/")
    attempt(client, "county", PASSWORD)
    client.post(CODE, {"code": code})  # the code that set it up is used up
    assert not signed_in(client)


def test_setting_up_or_dropping_a_code_app_ends_all_other_sessions(client, cast):
    """Whoever knows the password and came in before has given no code: not he, and not the thief of a cookie."""
    thief = Client()
    User.objects.filter(pk=cast.cadre.pk).update(second_factor_on=False)
    for browser in (client, thief):
        attempt(browser, "cadre", PASSWORD)
    page = client.get(reverse("pairing:second_factor_enrol"))
    secret = "".join(page.context["secret"].split())
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post(reverse("pairing:second_factor_enrol"), {"code": code})
    is_dead(thief.cookies[settings.SESSION_COOKIE_NAME].value)
    assert client.get("/me/").status_code == 200
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("pairing:second_factor_drop"))
    is_dead(before)
    assert client.get("/me/").status_code == 200


def test_a_code_works_once(client, cast, enrolled):
    other = Client()
    code = code_now()
    for browser in (client, other):
        answer = attempt(browser, "county", PASSWORD)
        assert answer["Location"] == CODE
        assert not signed_in(browser)
        browser.post(CODE, {"code": code})
    assert signed_in(client)
    assert not signed_in(other)
    assert [e.detail["factors"] for e in AuditEvent.objects.filter(action="sign_in", result="ok")] == [
        ["password", "totp"]
    ]


def test_a_secret_moved_to_another_person_opens_nothing(client, cast, enrolled):
    """Whoever can write to the table gives another account his own app, and still does not get in."""
    activate_code_app(cast.town, "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK")
    theirs, own = (Authenticator.objects.get(user=user) for user in (cast.town, enrolled))
    theirs.data = own.data
    theirs.save()
    attempt(client, "town", PASSWORD)
    answer = client.post(CODE, {"code": code_now()})
    assert answer.status_code == 200
    assert not signed_in(client)


def test_nothing_is_sealed_for_nobody(cast, enrolled):
    with pytest.raises(LookupError):
        get_adapter().encrypt(SECRET)


def test_secrets_from_before_the_binding_are_bound_by_the_migration(client, cast, enrolled):
    """And back, for whoever must undo it."""
    migration = import_module("pairing.migrations.0003_bind_second_factors")
    row = Authenticator.objects.get(user=enrolled)
    row.data["secret"] = seal(SECRET, label=migration.LABEL, public_id=migration.NOBODY)
    row.save()
    attempt(client, "county", PASSWORD)
    assert client.post(CODE, {"code": code_now()}).status_code == 200
    assert not signed_in(client)
    migration.bind(apps, None)
    migration.unbind(apps, None)
    migration.bind(apps, None)
    client.post(CODE, {"code": code_now()})
    assert signed_in(client)


@pytest.mark.parametrize("meanwhile", ["a new password", "signed out everywhere"])
def test_a_code_after_the_password_or_the_sessions_have_changed_signs_nobody_in(
    client, cast, enrolled, meanwhile
):
    """A thief with the old password and the phone stands at the page for the code."""
    attempt(client, "county", PASSWORD)
    if meanwhile == "a new password":
        sheet, _token = people.create_invitation(person=cast.county, by=cast.system)
        people.accept_invitation(invitation=sheet, password="seven sheep on the ridge")
    else:
        people.end_sessions(person=cast.county, by=cast.system)
    answer = client.post(CODE, {"code": code_now()})
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/")
    assert not signed_in(client)


def test_wrong_codes_are_counted(client, cast, enrolled):
    attempt(client, "county", PASSWORD)
    for _n in range(10):
        client.post(CODE, {"code": "000000"})
    client.post(CODE, {"code": code_now()})
    assert not signed_in(client)


def test_a_recovery_code_works_once_and_is_logged(client, cast, enrolled):
    code = _new_recovery_codes(enrolled)[0]
    for expected in (True, False):
        client.post("/account/logout/")
        attempt(client, "county", PASSWORD)
        client.post(CODE, {"code": code})
        assert signed_in(client) is expected
    assert AuditEvent.objects.get(action="sign_in", result="ok").detail["factors"] == [
        "password",
        "recovery_codes",
    ]


def test_a_reset_forgets_the_code_app_and_is_logged(client, cast, enrolled, sign_in):
    sign_in(cast.system)
    url = reverse("pairing:second_factor_reset", args=[enrolled.public_id])
    assert client.post(url, {"reason": "phone lost"}).status_code == 302
    enrolled.refresh_from_db()
    assert not enrolled.second_factor_on
    assert not Authenticator.objects.filter(user=enrolled).exists()
    assert AuditEvent.objects.get(action="second_factor.reset").reason == "phone lost"


def test_a_role_that_needs_the_code_app_cannot_drop_it(client, cast, enrolled):
    attempt(client, "county", PASSWORD)
    client.post(CODE, {"code": code_now()})
    client.post(reverse("pairing:second_factor_drop"))
    enrolled.refresh_from_db()
    assert enrolled.second_factor_on


def test_who_was_told_to_change_the_password_gets_no_other_page(client, cast, sign_in, settings):
    cast.cadre.must_change_password = True
    cast.cadre.save()
    sign_in(cast.cadre)
    assert client.get("/me/")["Location"] == "/account/password/change/"
    assert client.get("/account/password/change/").status_code == 200
    new = "seven sheep on the ridge"
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/me/").status_code == 200
    settings.PASSWORD_MAX_AGE_DAYS = 90
    User.objects.filter(pk=cast.cadre.pk).update(password_changed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert client.get("/me/")["Location"] == "/account/password/change/"
