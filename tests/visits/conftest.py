"""The fixed cast, for every page of this floor."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cast import World


@pytest.fixture
def world(db) -> "World":
    from tests import cast

    return cast.build()
