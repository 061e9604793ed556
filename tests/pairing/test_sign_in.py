"""Getting in: lock-outs (S12), silence about accounts (S13), other sites and headers (S16, S18)."""

import datetime as dt
import re
import statistics
import time
from functools import partial

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from pairing.actions import people
from pairing.models import AuditEvent, Grant, User
from tests.pairing.conftest import PASSWORD
from tests.pairing.signing_in import LOGIN, attempt, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits(db):
    cache.clear()


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


@pytest.mark.parametrize("forget", [people.end_sessions, partial(people.reset_second_factor, reason="lost")])
def test_a_lost_phone_is_a_known_device_no_longer(client, cast, forget):
    """Guesses from it would be counted apart, so that the account's own lock never met them."""
    attempt(client, "cadre", PASSWORD)
    forget(person=cast.cadre, by=cast.town)
    for _n in range(10):
        attempt(Client(), "cadre")
    assert attempt(client, "cadre", PASSWORD).status_code == 429


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
