"""Visits and promises of the cast's cadre for tests, through the same actions as the pages."""

import uuid
from typing import Any

from pairing import clock
from tests.cast import World
from tests.visits import made
from visits.actions.visits import VisitInput, save_visit
from visits.models import Promise, Visit


def visit(world: World, *, who: str = "cadre", visited_by: str = "", **more: Any) -> Visit:
    """A common visit of today, unless told otherwise."""
    common = {
        "client_id": uuid.uuid4(),
        "visited_on": clock.today(),
        "met": [world.heads["own"].person.public_id],
        "said": "今年玉米长得好。",
        "again": True,
    }
    return save_visit(
        household=world.files["own"],
        visit=VisitInput(**common | more),
        visited_by=world.people[visited_by] if visited_by else None,
        by=world.people[who],
    )


def promise(world: World, **more: Any) -> Promise:
    """A promise to the cadre's household, due today."""
    return made.promise(world.files["own"], world.people["cadre"], **more)
