"""What every test stands on: the settings of the profile `test` and a database of the runtime role.

A plain `db` test runs in a transaction that is rolled back. A transactional one gets a fresh clone
afterwards, since the runtime role may not truncate. `live` serves a clone through a real gunicorn.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import django
import pytest

from tests import databases, site

if TYPE_CHECKING:
    from tests import cast

pytest_plugins = ["tests.spilled"]
os.environ["PAIRING_PROFILE"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "pairing.settings"

running = contextlib.ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the server once, before workers start and before Django reads DATABASE_URL."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        try:
            running.enter_context(databases.session())
        except RuntimeError as error:
            raise pytest.UsageError(str(error)) from None
    if databases.SERVER in os.environ:
        os.environ["DATABASE_URL"] = databases.address("pairing_app", databases.own_name())
    django.setup()


def pytest_unconfigure() -> None:
    """Drop what this run made, and stop the server unless another run still uses it."""
    running.close()


def use(name: str) -> None:
    """Make a fresh clone under this name the database of the process and of all that it starts."""
    from django.db import connection

    connection.close()
    os.environ["DATABASE_URL"] = databases.clone(name)
    connection.settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    """Give this worker its clone; replaces pytest-django's set-up, which would need a superuser."""
    from django.db import connection
    from django.test import TransactionTestCase

    def renew(_self: TransactionTestCase) -> None:
        use(str(connection.settings_dict["NAME"]))

    TransactionTestCase._fixture_teardown = renew  # type: ignore[attr-defined]
    with django_db_blocker.unblock():
        use(databases.own_name())
        yield
        connection.close()


@pytest.fixture
def world(db: None) -> "cast.World":
    """The fixed cast: see tests/cast.py."""
    from tests import cast

    return cast.build()


@pytest.fixture(scope="session")
def gunicorn() -> Iterator[site.Site]:
    """A real gunicorn, started once in a process by the first module that asks for ``live``."""
    with site.serve() as running:
        yield running


@pytest.fixture(scope="module")
def live(request: pytest.FixtureRequest, django_db_setup, django_db_blocker) -> Iterator[site.Site]:
    """The site behind gunicorn, with a fresh clone under it for all tests of one module.

    The ORM of the test speaks to the same clone and commits at once: do not ask for `db` beside it.
    """
    from django.db import connection

    from tests import spilled  # not above: it is a plugin of the run

    name = str(connection.settings_dict["NAME"])
    with django_db_blocker.unblock():
        use(f"{databases.own_name()}_live")
        try:
            yield request.getfixturevalue("gunicorn")  # not a parameter: it starts on the clone's address
        finally:
            spilled.look_at_tables(os.environ["DATABASE_URL"])
            connection.close()
            databases.drop(f"{databases.own_name()}_live")
            connection.settings_dict["NAME"] = name
            os.environ["DATABASE_URL"] = databases.address("pairing_app", name)


def pytest_runtest_setup() -> None:
    """No test begins in the language in which the one before it left off: requests leave theirs active."""
    from django.utils import translation

    translation.deactivate()
