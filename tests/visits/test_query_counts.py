"""The overview costs the same with few households and many."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from pairing import clock
from tests import cast, factories
from tests.cast import World
from tests.visits import made


def test_the_overview_costs_the_same_with_more_households_visits_and_promises(world: World):
    client = world.client("staff")
    client.get("/overview/")
    with CaptureQueriesContext(connection) as few:
        client.get("/overview/")
    listed = clock.today() - timedelta(days=300)
    for file in factories.households(factories.FileSpec(cast.VILLAGE, listed_on=listed) for _ in range(20)):
        made.visit(file, world.people["cadre"], days=9)
    with CaptureQueriesContext(connection) as many:
        client.get("/overview/")
    assert len(many) == len(few) <= 6
