"""What a production site must have before it starts; each finding is a sentence for the operator."""

import logging
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from pairing import crypto, grants

logger = logging.getLogger(__name__)


def refuse_to_start() -> None:
    """Raise ImproperlyConfigured with everything that is wrong; does nothing outside production."""
    if settings.PRODUCTION and (found := [*faults_of_settings(), *faults_of_files(), *faults_of_database()]):
        raise ImproperlyConfigured(" ".join(found))


def faults_of_settings() -> Iterator[str]:
    """Faults that the settings show: DEBUG, keys that are short, default or used twice, no host name."""
    if settings.DEBUG:
        yield "DEBUG must be off."
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield "PAIRING_ALLOWED_HOSTS must name the site's host."
    if (
        len(settings.SECRET_KEY) < 50
        or len(set(settings.SECRET_KEY)) < 12
        or "only-for" in settings.SECRET_KEY
    ):
        yield "PAIRING_SECRET_KEY must have at least 50 random characters."
    keys = {f"Field key {key_id}": key for key_id, key in settings.FIELD_KEYS.items()}
    keys["PAIRING_HMAC_KEY"] = settings.HMAC_KEY
    for name, key in keys.items():
        if len(key) != 32 or len(set(key)) < 12:
            yield f"{name} must be 32 random bytes in base64."
    if len(set(keys.values())) < len(keys):
        yield "Each key must be another one."
    try:
        crypto.seal("x", label="start", public_id="00000000-0000-4000-8000-000000000000")
    except (ImproperlyConfigured, ValueError) as error:
        yield str(error)


def faults_of_files() -> Iterator[str]:
    """What a checkout lacks after it was fetched: without the one no page opens, without the other none is in Chinese."""
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        yield "The static files are not there: run manage.py collectstatic --noinput."
    if not list(settings.LOCALE_PATHS[0].glob("*/LC_MESSAGES/django.mo")):
        yield "The catalogues are not there: run python -m pairing.translations compile."


def check(**_options: Any) -> list[checks.CheckMessage]:
    """The same for ``manage.py check --deploy``, before a start; the database is asked at the start."""
    if not settings.PRODUCTION:
        return []
    return [checks.Error(fault, id="pairing.E001") for fault in [*faults_of_settings(), *faults_of_files()]]


def faults_of_database() -> Iterator[str]:
    """Tables must be there, and not the application's own, or nothing keeps it from altering the audit log."""
    try:
        if grants.owns_tables(connection):
            yield "DATABASE_URL must name the runtime role, not the owner of the tables."
        if not connection.introspection.table_names():
            yield "There are no tables: run manage.py migrate with OWNER_DATABASE_URL."
    except OperationalError:
        logger.warning("The database is away; its role could not be checked.")
    finally:
        connection.close()
