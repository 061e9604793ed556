"""Staying in: sessions end in time, and rights at once (S09, S14)."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from pairing import clock
from pairing.actions import people
from pairing.models import AuditEvent
from tests.pairing.conftest import PASSWORD
from tests.pairing.signing_in import LOGIN, attempt, is_dead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits(db):
    cache.clear()


def test_signing_in_makes_a_new_session_and_signing_out_ends_it(client, cast):
    client.get(LOGIN)
    before = client.session.session_key
    attempt(client, "cadre", PASSWORD)
    inside = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert inside != before
    client.post("/account/logout/")
    is_dead(inside)


@pytest.mark.parametrize(
    ("who", "minutes"), [("cadre", 30), ("clerk", 30), ("staff", 20), ("county", 20), ("leader", 20)]
)
def test_a_session_ends_when_idle(client, cast, sign_in, who, minutes):
    start = dt.datetime.now(dt.UTC)  # on which the roles hold
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
    start = dt.datetime.now(dt.UTC)  # on which the roles hold
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
    is_dead(old)
    assert client.get("/me/").status_code == 200  # the browser in which it was changed goes on

    cast.cadre.refresh_from_db()
    old, other = cookie(), client.cookies[settings.SESSION_COOKIE_NAME].value
    cast.cadre = people.end_sessions(person=cast.cadre, by=cast.town)
    is_dead(old)
    is_dead(other)

    old = cookie()
    people.disable_user(person=cast.cadre, reason="left", by=cast.town)
    is_dead(old)
    people.enable_user(person=cast.cadre, by=cast.town)
    is_dead(old)


def test_an_open_session_is_no_place_to_try_passwords(client, cast):
    """A stolen phone: guesses at one's present password count as those at sign-in, and leave the same rows."""
    attempt(client, "cadre", PASSWORD)
    new = {"password1": "seven sheep on the ridge", "password2": "seven sheep on the ridge"}
    with time_machine.travel(clock.now(), tick=False) as time:
        for guess in range(12):
            time.shift(20)  # under allauth's own limit of five in a minute
            client.post("/account/password/change/", {"oldpassword": f"guess number {guess}", **new})
        answer = client.post("/account/password/change/", {"oldpassword": PASSWORD, **new})
        assert answer.status_code == 429
        refused = AuditEvent.objects.filter(action="password.confirm", result="refused")
        assert refused.filter(actor_id=cast.cadre.pk).count() == 13
        time.shift(16 * 60)
        assert client.post("/account/password/change/", {"oldpassword": PASSWORD, **new}).status_code == 302


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


def test_an_ended_role_is_gone_at_the_next_request(client, cast, sign_in):
    sign_in(cast.town)
    assert client.get(reverse("pairing:person_list")).status_code == 200
    people.end_grant(grant=cast.town.grants.get(), reason="moved", by=cast.county)
    assert client.get(reverse("pairing:person_list")).status_code == 403
