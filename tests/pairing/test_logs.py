"""Numbers of people reach neither the log nor any table in the clear, whatever goes wrong."""

import io
import logging
import subprocess

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from pairing.logs import Formatter
from pairing.management import backups
from pairing.models import Area
from tests import databases

PHONE, IDENTITY, BANK = "13912345678", "62999919800101123X", "6217001234567890123"


@pytest.fixture
def log():
    """A logger with the formatter of the settings, and what it wrote."""
    wrote = io.StringIO()
    handler = logging.StreamHandler(wrote)
    line = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(Formatter(line["format"]))
    assert line["()"] == "pairing.logs.Formatter"
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, wrote


@pytest.mark.parametrize("number", [PHONE, IDENTITY, IDENTITY.lower(), BANK])
def test_numbers_in_messages_and_tracebacks_are_left_out(log, number):
    logger, wrote = log
    logger.warning("No such phone: %s, twice %s", number, number)
    try:
        raise ValueError(f"bad number '{number}' in cell B7 of 2026-11-22")
    except ValueError:
        logger.exception("failed")
    assert number not in wrote.getvalue()
    assert "[number]" in wrote.getvalue()
    assert "cell B7 of 2026-11-22" in wrote.getvalue()


def test_the_code_of_a_sheet_is_left_out(log):
    """Django names the address of what it refuses, as a form without its token, and of what fails."""
    logger, wrote = log
    logger.warning("Forbidden (%s): %s", "CSRF token missing.", "/enter/k7qm2nfw9xapt3zd/")
    assert wrote.getvalue().endswith("Forbidden (CSRF token missing.): /enter/[code]/\n")


@pytest.mark.django_db
def test_what_the_database_quotes_of_a_row_is_left_out(log):
    logger, wrote = log
    name = "".join(["马", "建国"])  # whole only in the row, not in this line of the traceback
    try:
        with transaction.atomic():
            Area.objects.create(code="bad", level="village", name=name, display_name="x")
    except IntegrityError:
        logger.exception("failed")
    assert "area_code_is_digits" in wrote.getvalue()
    assert name not in wrote.getvalue()


def test_ids_and_times_stay_readable(log):
    logger, wrote = log
    line = "request 7d3f1c2e-0000-4000-8000-123456789012 household 1234567890 took 0.123456"
    logger.error(line)
    assert line in wrote.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_phone_number_typed_at_the_door_lies_in_no_table(client):
    for _ in range(3):
        client.post("/account/login/", {"login": PHONE, "password": "wrong, wrong, wrong"})
    url = databases.address("pairing_owner", str(connection.settings_dict["NAME"]))
    dump = [backups.program(connection, "pg_dump"), "--data-only", "--dbname", url]
    text = subprocess.run(dump, capture_output=True, text=True, check=True).stdout
    assert "sign_in" in text
    assert PHONE not in text
