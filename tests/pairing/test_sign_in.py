"""Getting in and staying in: lock-outs, silence about accounts, sessions, second factors, other sites."""

import datetime as dt
import re
import statistics
import time
from importlib import import_module

import pytest
import time_machine
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from pairing.actions import people
from pairing.actions.second_factors import _new_recovery_codes, activate_code_app
from pairing.crypto import seal
from pairing.models import AuditEvent, Grant, User
from tests.pairing.conftest import PASSWORD

LOGIN = "/account/login/"
CODE = "/account/2fa/authenticate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits(db):
    cache.clear()


def attempt(client, name, password="wrong password here", address="10.0.0.1", **headers):
    return client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address, **headers)


def code_now():
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def signed_in(client):
    return "_auth_user_id" in client.session


# --- S12: guessing is slow, and locks no victim out ---------------------------------------------------------


def test_a_cadre_signs_in_by_user_name_or_phone_and_no_number_stays_in_the_session(client, cast):
    cast.cadre.phone = "13893600001"
    cast.cadre.save()
    for name in ("cadre", " CADRE ", "ｃａｄｒｅ", "13893600001", "138 9360 0001"):
        client.logout()
        assert attempt(client, name, PASSWORD).status_code == 302, name
        assert client.session["_auth_user_id"] == str(cast.cadre.pk)
        assert "13893600001" not in str(dict(client.session))


@pytest.mark.parametrize("addresses", [1, 10, 100])
def test_an_account_takes_ten_guesses_however_many_addresses_they_come_from(client, cast, addresses):
    answers = [attempt(Client(), "cadre", address=f"10.1.{n % addresses}.1").status_code for n in range(14)]
    assert answers.count(200) == 9  # the tenth is answered by the page that says when to come back
    assert set(answers[9:]) == {429}
    locked = attempt(client, "cadre", PASSWORD, address="10.9.9.9")
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"
    assert not signed_in(client)


def test_guesses_by_phone_and_by_name_are_one_count(client, cast):
    cast.cadre.phone = "13893600001"
    cast.cadre.save()
    for name in ("cadre", "13893600001") * 5:
        attempt(client, name)
    assert attempt(client, "cadre", PASSWORD).status_code == 429


def test_a_victim_gets_in_from_a_known_device_while_the_attack_runs(client, cast):
    attempt(client, "cadre", PASSWORD)
    client.post("/account/logout/")
    for _n in range(15):
        attempt(Client(), "cadre", address="10.6.6.6")
    assert attempt(client, "cadre").status_code == 200  # mistyping does not lock the device either
    assert attempt(client, "cadre", PASSWORD).status_code == 302
    assert signed_in(client)


def test_a_known_device_gives_nobody_more_than_ten_guesses(client, cast):
    attempt(client, "cadre", PASSWORD)
    client.post("/account/logout/")
    answers = [attempt(client, "cadre").status_code for _n in range(15)]
    assert answers.count(429) == 6
    assert attempt(client, "county").status_code == 200  # the cookie says nothing about other accounts


def test_a_lock_ends_after_fifteen_minutes_though_the_attack_goes_on(client, cast):
    start = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        for minute in (0, 0, 5, 10, 14):
            clock.move_to(start + dt.timedelta(minutes=minute))
            for _n in range(8):
                attempt(Client(), "cadre", address="10.6.6.6")
        clock.move_to(start + dt.timedelta(minutes=15, seconds=1))
        assert attempt(client, "cadre", PASSWORD).status_code == 302


def test_fifty_cadres_behind_one_address_may_each_mistype_once(cast):
    secret = make_password(PASSWORD)
    User.objects.bulk_create(
        [User(username=f"c{n}", name=f"c{n}", area_id="620702101", password=secret) for n in range(50)]
    )
    for n in range(50):
        assert attempt(Client(), f"c{n}", address="10.2.2.2").status_code == 200
    for n in (0, 1, 24, 48, 49):
        assert attempt(Client(), f"c{n}", PASSWORD, address="10.2.2.2").status_code == 302


def test_one_password_on_many_accounts_is_stopped_at_fifty(cast):
    answers = [attempt(Client(), f"somebody{n}", address="10.3.3.3").status_code for n in range(54)]
    assert answers.count(200) == 50
    assert set(answers[50:]) == {429}
    assert attempt(Client(), "cadre", PASSWORD, address="10.3.3.4").status_code == 302


def test_a_forged_forwarding_header_changes_nothing(client, cast, settings):
    settings.SIGN_IN_NAMES_PER_ADDRESS = 5
    answers = [
        attempt(Client(), f"somebody{n}", address="10.3.3.3", HTTP_X_FORWARDED_FOR=f"10.4.4.{n}").status_code
        for n in range(8)
    ]
    assert answers.count(200) == 5
    assert set(AuditEvent.objects.filter(action="sign_in").values_list("address", flat=True)) == {"10.3.3.3"}


def test_a_trusted_proxy_is_believed_as_far_as_it_wrote_itself(client, cast, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    attempt(client, "cadre", HTTP_X_FORWARDED_FOR="1.1.1.1, 36.5.6.7")
    assert AuditEvent.objects.get(action="sign_in").address == "36.5.6.7"


def test_attempted_names_are_kept_hashed_only(client, cast):
    attempt(client, "13712345678", "correct-horse-canary")
    with connection.cursor() as cursor:
        for table in ("axes_accessattempt", "pairing_auditevent", "django_session"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t")
            text = cursor.fetchone()[0]
            assert "13712345678" not in text
            assert "canary" not in text


# --- S13: nobody learns whether an account exists -----------------------------------------------------------


def test_known_unknown_shut_and_locked_accounts_get_the_same_answer(cast):
    cast.clerk.is_active = False
    cast.clerk.save()
    assert len({_body(attempt(Client(), name)) for name in ("cadre", "nobody", "clerk")}) == 1
    assert (
        attempt(Client(), "clerk", PASSWORD).status_code == 200
    )  # shut: even the right password says nothing
    for name in ("cadre", "nobody", "clerk"):
        for _n in range(10):
            attempt(Client(), name)
    assert len({_body(attempt(Client(), name, PASSWORD)) for name in ("cadre", "nobody", "clerk")}) == 1


def test_codes_that_open_nothing_get_the_same_answer(cast):
    _invitation, used = people.create_invitation(person=cast.cadre, by=cast.town)
    _invitation, fresh = people.create_invitation(person=cast.cadre, by=cast.town)
    assert used != fresh
    answers = [Client().post("/enter/", {"code": code}) for code in (used, "abcd-efgh-jkmn-pqrs")]
    first, second = (
        _body(answer).replace(used.encode(), b"").replace(b"abcd-efgh-jkmn-pqrs", b"") for answer in answers
    )
    assert first == second
    assert Client().get(f"/enter/{used}/").status_code == Client().get("/enter/abcdefgh/").status_code == 302


@pytest.mark.slow
def test_known_and_unknown_accounts_take_the_same_time(cast, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.AXES_ENABLED = False
    cast.cadre.set_password(PASSWORD)
    cast.cadre.save()
    times = {"cadre": [], "nobody": []}
    for _n in range(40):
        for name, taken in times.items():
            start = time.perf_counter()
            attempt(Client(), name)
            taken.append(time.perf_counter() - start)
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert abs(known - unknown) < max(0.010, 0.1 * known)


def _body(answer):
    """The page without its CSRF tokens and the name that was typed."""
    text = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", answer.content)
    return re.sub(rb'name="login" value="[^"]+"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', b"", text)


# --- S14: sessions ------------------------------------------------------------------------------------------


def test_signing_in_makes_a_new_session_and_signing_out_ends_it(client, cast):
    client.get(LOGIN)
    before = client.session.session_key
    attempt(client, "cadre", PASSWORD)
    inside = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert inside != before
    client.post("/account/logout/")
    _is_dead(inside)


@pytest.mark.parametrize(
    ("who", "minutes"), [("cadre", 30), ("clerk", 30), ("staff", 20), ("county", 20), ("leader", 20)]
)
def test_a_session_ends_when_idle(client, cast, sign_in, who, minutes):
    start = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        sign_in(getattr(cast, who))
        client.get("/me/")
        clock.move_to(start + dt.timedelta(minutes=minutes, seconds=-1))
        assert client.get("/me/").status_code == 200
        clock.move_to(start + dt.timedelta(minutes=2 * minutes, seconds=-2))
        assert client.get("/me/").status_code == 200
        clock.move_to(start + dt.timedelta(minutes=3 * minutes, seconds=-1))
        assert client.get("/me/").status_code == 302


def test_a_session_ends_after_twelve_hours_of_work(client, cast, sign_in):
    start = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        sign_in(cast.staff)
        for visit in range(12 * 60 // 19):
            clock.move_to(start + dt.timedelta(minutes=19 * visit))
            assert client.get(reverse("pairing:session_show")).status_code == 200
        clock.move_to(start + dt.timedelta(hours=12, seconds=1))
        assert client.get("/me/").status_code == 302


def test_password_change_shutting_and_ending_sessions_kill_every_old_cookie(client, cast):
    def cookie():
        fresh = Client()
        fresh.force_login(cast.cadre, "pairing.adapters.UsernameOrPhone")
        assert fresh.get("/me/").status_code == 200
        return fresh.cookies[settings.SESSION_COOKIE_NAME].value

    old = cookie()
    client.force_login(cast.cadre, "pairing.adapters.UsernameOrPhone")
    new = "seven sheep on the ridge"
    answer = client.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    _is_dead(old)
    assert client.get("/me/").status_code == 200  # the browser in which it was changed goes on

    cast.cadre.refresh_from_db()
    old, other = cookie(), client.cookies[settings.SESSION_COOKIE_NAME].value
    cast.cadre = people.end_sessions(person=cast.cadre, by=cast.town)
    _is_dead(old)
    _is_dead(other)

    old = cookie()
    people.disable_user(person=cast.cadre, reason="left", by=cast.town)
    _is_dead(old)
    people.enable_user(person=cast.cadre, by=cast.town)
    _is_dead(old)


def test_one_ends_ones_other_sessions_oneself(client, cast, sign_in):
    other = Client()
    other.force_login(cast.cadre, "pairing.adapters.UsernameOrPhone")
    sign_in(cast.cadre)
    assert client.post(reverse("pairing:session_end")).status_code == 302
    assert other.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200


def test_the_page_learns_how_long_its_session_lives_and_takes_a_fresh_token(client, cast, sign_in):
    sign_in(cast.staff)
    assert b'data-idle="1200"' in client.get("/me/").content
    state = client.get(reverse("pairing:session_show")).json()
    assert state["account"] == str(cast.staff.public_id)
    assert state["seconds_left"] == 1200
    assert state["csrf_token"]
    client.logout()
    assert client.get(reverse("pairing:session_show")).status_code == 302


def _is_dead(cookie):
    old = Client()
    old.cookies[settings.SESSION_COOKIE_NAME] = cookie
    answer = old.get("/me/")
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]


# --- S09: rights end at once --------------------------------------------------------------------------------


def test_an_ended_role_is_gone_at_the_next_request(client, cast, sign_in):
    sign_in(cast.town)
    assert client.get(reverse("pairing:person_list")).status_code == 200
    people.end_grant(grant=cast.town.grants.get(), reason="moved", by=cast.county)
    assert client.get(reverse("pairing:person_list")).status_code == 403


# --- S15: second factor -------------------------------------------------------------------------------------


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
        for page in ("home", "profile_edit", "person_list", "unit_list", "audit_object", "sign_in_list"):
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
    _is_dead(thief.cookies[settings.SESSION_COOKIE_NAME].value)
    assert client.get("/me/").status_code == 200
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("pairing:second_factor_drop"))
    _is_dead(before)
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


# --- S16, S18: other sites, headers, what is routed ---------------------------------------------------------


def test_signing_in_and_out_need_the_sites_own_token(cast):
    client = Client(enforce_csrf_checks=True)
    assert attempt(client, "cadre", PASSWORD).status_code == 403
    client.get(LOGIN)
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    foreign = {"HTTP_ORIGIN": "https://evil.example"}
    data = {"login": "cadre", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post(LOGIN, data, **foreign).status_code == 403
    assert client.post(LOGIN, data).status_code == 302
    assert client.post("/account/logout/").status_code == 403
    assert client.get("/account/logout/").status_code == 200
    assert signed_in(client)


def test_pages_are_not_kept_and_may_use_no_sensor(client, cast, sign_in):
    for url in (LOGIN, "/enter/", "/nowhere/"):
        _has_strict_headers(client.get(url))
    sign_in(cast.cadre)
    for url in ("/me/", "/", "/people/", "/nowhere/"):
        _has_strict_headers(client.get(url))


def _has_strict_headers(answer):
    assert "no-store" in answer["Cache-Control"]
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Request-ID"]


def test_sign_up_reset_by_mail_and_third_parties_are_not_routed(client):
    for name in ("account_signup", "account_email", "account_reset_password", "account_request_login_code",
                 "socialaccount_login", "mfa_add_webauthn", "mfa_deactivate_totp"):  # fmt: skip
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert client.get("/account/signup/").status_code == 404


def test_expired_sessions_hold_nothing_personal(client, cast):
    attempt(client, "cadre", PASSWORD)
    stored = " ".join(str(session.get_decoded()) for session in Session.objects.all())
    assert cast.cadre.name not in stored
    assert PASSWORD not in stored


def test_home_leads_each_role_to_a_page_that_it_may_open(client, cast, sign_in):
    for who in ("cadre", "clerk", "staff", "town", "county", "leader", "auditor", "system"):
        sign_in(getattr(cast, who))
        answer = client.get("/", follow=True)
        assert answer.status_code == 200, who
    Grant.objects.filter(user=cast.cadre).delete()
    sign_in(cast.cadre)
    assert client.get("/")["Location"] == "/me/"
