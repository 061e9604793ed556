"""Signing in as a browser does it, for the tests of what keeps others out."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client

LOGIN = "/account/login/"
CODE = "/account/2fa/authenticate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def attempt(client, name, password="wrong password here", address="10.0.0.1", **headers):
    return client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address, **headers)


def code_now():
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def signed_in(client):
    return "_auth_user_id" in client.session


def is_dead(cookie):
    old = Client()
    old.cookies[settings.SESSION_COOKIE_NAME] = cookie
    answer = old.get("/me/")
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]
