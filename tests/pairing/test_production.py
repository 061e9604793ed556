"""A production site starts with everything in order, and not with any one thing wrong."""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import connection

from pairing.production import faults_of_settings
from tests import databases

STATIC = TemporaryDirectory()  # as ``collectstatic`` leaves it
Path(STATIC.name, "staticfiles.json").write_text('{"paths": {}, "version": "1.1", "hash": ""}')


def good():
    return {
        "PAIRING_STATIC_ROOT": STATIC.name,
        "PAIRING_PROFILE": "production",
        "PAIRING_ALLOWED_HOSTS": "pairing.example.cn",
        "PAIRING_SECRET_KEY": secrets.token_urlsafe(64),
        "PAIRING_FIELD_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "PAIRING_HMAC_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def run(*command, **changes):
    tests_own = ("PAIRING_", "DJANGO_ALLOW_ASYNC_UNSAFE")  # the latter is set once a browser test has run
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(tests_own)}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=databases.ROOT,
        env=inherited | good() | changes,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def start(**changes):
    return run("-W", "ignore", "-c", "import pairing.wsgi; print('started')", **changes)


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"PAIRING_SECRET_KEY": ""}, "PAIRING_SECRET_KEY"),
        ({"PAIRING_FIELD_KEYS": ""}, "PAIRING_FIELD_KEYS"),
        ({"PAIRING_FIELD_KEYS": "k1:dGVzdA=="}, "32 random bytes"),
        ({"PAIRING_FIELD_KEYS": "k1:not base64!"}, "PAIRING_FIELD_KEYS"),
        ({"PAIRING_HMAC_KEY": ""}, "PAIRING_HMAC_KEY"),
        ({"PAIRING_PROFILE": "staging"}, "PAIRING_PROFILE"),
        ({"PAIRING_STATIC_ROOT": "nowhere"}, "collectstatic"),
    ],
)
def test_start(changes, reason):
    code, output = start(**changes)
    assert code == (1 if reason else 0), output
    assert (reason or "started") in output


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must read"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, "Connection refused"),
        ({"PAIRING_HMAC_KEY": ""}, "PAIRING_HMAC_KEY is not set"),
        ({"PAIRING_HMAC_KEY": "abc"}, "PAIRING_HMAC_KEY must be 32 random bytes in base64"),
        ({"PAIRING_FIELD_KEYS": "dGVzdA=="}, "PAIRING_FIELD_KEYS must read id:base64"),
        ({"PAIRING_FIELD_KEYS": "k1:dGVzdA==,k1:dGVzdA=="}, "names k1 twice"),
        ({"PAIRING_HOUSEHOLDS_PER_CADRE": "many"}, "PAIRING_HOUSEHOLDS_PER_CADRE must be a whole number"),
        ({"PAIRING_SECOND_FACTOR_FOR_ALL": "yes"}, "PAIRING_SECOND_FACTOR_FOR_ALL must be 1 or empty"),
        (
            {"PAIRING_TRUSTED_PROXIES": "proxy.example.cn"},
            "PAIRING_TRUSTED_PROXIES: 'proxy.example.cn' does not",
        ),
    ],
)
def test_a_command_says_what_is_to_mend_without_a_traceback(changes, said):
    code, output = run("manage.py", "recount", **changes)
    assert code == 1
    assert said in output
    assert "Traceback" not in output


@pytest.mark.django_db
@pytest.mark.slow
def test_the_owner_of_the_tables_does_not_start():
    owner = databases.address("pairing_owner", str(connection.settings_dict["NAME"]))
    code, output = start(DATABASE_URL=owner)
    assert code == 1
    assert "runtime role" in output


@pytest.mark.slow
def test_djangos_own_list_is_clean():
    code, output = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert code == 0, output


def test_the_list_before_a_start_names_what_a_start_refuses():
    code, output = run(
        "manage.py", "check", "--deploy", PAIRING_ALLOWED_HOSTS="*", PAIRING_STATIC_ROOT="nowhere"
    )
    assert code == 1
    assert "PAIRING_ALLOWED_HOSTS must name the site's host." in output
    assert "collectstatic" in output


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DEBUG", True, "DEBUG"),
        ("ALLOWED_HOSTS", [], "HOSTS"),
        ("ALLOWED_HOSTS", ["*"], "HOSTS"),
        ("SECRET_KEY", "x" * 60, "SECRET_KEY"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("FIELD_KEYS", {}, "FIELD_KEYS"),
        ("FIELD_KEYS", {"k1": b"t" * 32}, "random"),
        ("FIELD_KEYS", {"k.1": bytes(range(32))}, "letters"),
        ("HMAC_KEY", b"h" * 32, "HMAC_KEY"),
        ("HMAC_KEY", bytes(range(32)), "another"),
        ("FIELD_CIPHER", "rot13", "FIELD_CIPHER"),
    ],
)
def test_each_fault_has_its_sentence(settings, name, value, reason):
    settings.ALLOWED_HOSTS = ["pairing.example.cn"]
    settings.SECRET_KEY = secrets.token_urlsafe(64)
    settings.FIELD_KEYS = {"k1": bytes(range(32))}
    settings.HMAC_KEY = bytes(range(32, 64))
    assert list(faults_of_settings()) == []
    setattr(settings, name, value)
    assert any(reason in fault for fault in faults_of_settings())
