"""The sheet with a code: shown once, works once, for seven days; only its hash is kept."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client

from pairing import clock
from pairing.actions import people
from pairing.errors import Refused
from pairing.models import AuditEvent, Grant, Invitation, User
from tests.pairing.conftest import PASSWORD
from tests.pairing.signing_in import attempt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NEW = {"password1": "seven sheep on the ridge", "password2": "seven sheep on the ridge"}


def test_from_the_sheet_to_the_first_sign_in(cast, sign_in, client):
    answer = sign_in(cast.town).post(f"/people/{cast.cadre.public_id}/invitation/")
    code = answer.context["code"]
    assert code in answer.content.decode()
    client.logout()
    found = client.post("/enter/", {"code": code.lower().replace("-", " ")})
    page = client.get(found["Location"])
    assert "张帮扶" in page.content.decode()
    assert client.post(found["Location"], {"password1": "short", "password2": "short"}).context["form"].errors
    assert client.post(found["Location"], NEW)["Location"] == "/account/login/"
    assert client.post("/account/login/", {"login": "cadre", "password": NEW["password1"]})["Location"] == "/"
    assert client.post(found["Location"], NEW)["Location"] == "/enter/"
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["invitation.create", "invitation.accept", "sign_in"]


def test_only_a_hash_is_kept(cast):
    _invitation, token = people.create_invitation(person=cast.cadre, by=cast.town)
    with connection.cursor() as cursor:
        for table in ("pairing_invitation", "pairing_auditevent"):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
            assert token not in cursor.fetchone()[0]


def test_a_new_sheet_makes_the_old_one_void_and_seven_days_every_one(cast):
    _invitation, old = people.create_invitation(person=cast.cadre, by=cast.town)
    _invitation, new = people.create_invitation(person=cast.cadre, by=cast.town)
    assert people.open_invitation(old) is None
    assert people.open_invitation(new)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=7, seconds=1)
    with time_machine.travel(later):
        assert people.open_invitation(new) is None


def test_shutting_an_account_voids_its_sheets(cast, sign_in):
    _invitation, token = people.create_invitation(person=cast.cadre, by=cast.town)
    people.disable_user(person=cast.cadre, reason="left", by=cast.town)
    assert people.open_invitation(token) is None
    answer = sign_in(cast.town).post(f"/people/{cast.cadre.public_id}/invitation/", follow=True)
    assert "shut" in answer.content.decode()
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("how", ["ended", "shut", "risen"])
def test_a_sheet_is_worth_what_its_makers_right_is_worth_when_it_is_used(cast, client, how):
    """Who was an administrator yesterday, or whose guest may more than he by now, holds no key to the account."""
    invitation, token = people.create_invitation(person=cast.cadre, by=cast.town)
    if how == "ended":
        Grant.objects.filter(user=cast.town).update(ended_on=clock.today())
    elif how == "shut":
        people.disable_user(person=cast.town, reason="left", by=cast.county)
    else:
        town = Grant.objects.get(user=cast.town).area
        people.grant_role(person=cast.cadre, role="administrator", area=town, by=cast.county)
    assert client.post(f"/enter/{token}/", NEW)["Location"] == "/enter/"
    with pytest.raises(Refused):
        people.accept_invitation(invitation=invitation, password=NEW["password1"])
    assert User.objects.get(pk=cast.cadre.pk).check_password(PASSWORD)


def test_a_reset_ends_sessions_and_forgets_known_devices(cast, client):
    client.post("/account/login/", {"login": "cadre", "password": "windy plateau, seven sheep"})
    invitation, _token = people.create_invitation(person=cast.cadre, by=cast.town)
    people.accept_invitation(invitation=invitation, password=NEW["password1"])
    assert client.get("/me/").status_code == 302
    assert not cast.cadre.known_devices.exists()


def test_ones_own_new_password_voids_a_sheet_that_lies_about(cast, client):
    _invitation, token = people.create_invitation(person=cast.cadre, by=cast.town)
    attempt(client, "cadre", PASSWORD)
    assert client.post("/account/password/change/", {"oldpassword": PASSWORD, **NEW}).status_code == 302
    assert people.open_invitation(token) is None


def test_each_new_browser_is_told_of_the_sheets_that_were_used(cast, client):
    """An administrator who uses a sheet himself cannot hide it from the person, whoever signs in first."""
    for password in ("nine ducks on the river", NEW["password1"]):
        sheet, _token = people.create_invitation(person=cast.cadre, by=cast.town)
        people.accept_invitation(invitation=sheet, password=password)

    def told(browser):
        attempt(browser, "cadre", NEW["password1"])
        return browser.get("/me/").content.decode().count("(镇管理)")

    other = Client()
    other.cookies["django_language"] = "en"
    assert [told(browser) for browser in (other, client, client)] == [2, 2, 0]
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=31)):
        assert told(Client()) == 0


@pytest.mark.parametrize("between", [" ", "-", "/", "?", "#", "%", "../"])
def test_a_code_may_be_typed_in_any_groups(cast, client, between):
    _invitation, token = people.create_invitation(person=cast.cadre, by=cast.town)
    found = client.post("/enter/", {"code": between + token[:8].upper() + between + token[8:]})
    assert found["Location"] == f"/enter/{token}/"


@pytest.mark.parametrize("code", ["", "x", "\x7f\u202e", "a" * 1000, "../../etc", "%00"])
def test_strange_codes_open_nothing(client, code):
    assert client.post("/enter/", {"code": code}).status_code in (200, 400)
