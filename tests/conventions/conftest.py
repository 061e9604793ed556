"""The ground of the sweeps is built once for each module, inside one transaction that is taken back."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conventions.ground import Ground

#: Made once in a process: the ground has the same identifiers each time.
_bodies: "dict[str, Any]" = {}


@pytest.fixture(scope="module")
def ground(django_db_setup, django_db_blocker) -> "Iterator[Ground]":
    """Tests that use it do not ask for `db`: each request is undone by the probe."""
    from django.db import transaction

    from tests.conventions import ground as built

    logging.disable(logging.ERROR)
    with django_db_blocker.unblock(), transaction.atomic():
        yield built.build()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def bodies(ground: "Ground") -> "dict[str, Any]":
    """A well-formed body for each address that takes one."""
    from tests.conventions.sweep import make_bodies

    if not _bodies:
        _bodies.update(make_bodies(ground))
    return _bodies
