"""Visits and promises of the cast's cadre for tests, through the same actions as the pages."""

import uuid
from typing import Any

from pairing import clock
from tests.cast import World
from visits.actions.promises import make_promise
from visits.actions.visits import VisitInput, save_visit
from visits.models import Promise, Visit


def visit(world: World, *, who: str = "cadre", visited_by: str = "", **more: Any) -> Visit:
    """A common visit of today, unless told otherwise."""
    common = {
        "client_id": uuid.uuid4(),
        "visited_on": clock.today(),
        "met": [world.heads["own"].person.public_id],
        "said": "今年玉米长得好。",
    }
    return save_visit(
        household=world.files["own"],
        visit=VisitInput(**common | more),
        visited_by=world.people[visited_by] if visited_by else None,
        by=world.people[who],
    )


def promise(world: World, **more: Any) -> Promise:
    """A promise to the cadre's household, due today."""
    common = {"household": world.files["own"], "what": "问低保", "due_on": clock.today()}
    return make_promise(**common | more, by=world.people["cadre"])
