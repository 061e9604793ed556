"""A page asks the database as often for many rows as for a few."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.conventions.access_table import PAGES
from tests.conventions.crowd import settle
from tests.conventions.ground import Ground
from tests.conventions.probe import Probe
from tests.conventions.sweep import BY_WIDTH, path_of, positions_of


def asked(ground: Ground) -> dict[str, list[str]]:
    """What each page asks, by reader and address: of the pages that somebody can look at, his own file's."""
    found = {}
    for who in BY_WIDTH:
        browser = Probe(ground.world, who)
        for name, page in PAGES.items():
            position = positions_of(ground, page)[0]
            if "GET" in page.methods and who in page.who and page.expected(who, position, "GET") == (200,):
                path = path_of(ground, name, page, position) + page.query
                with CaptureQueriesContext(connection) as queries:
                    browser.send("GET", path)
                found[f"{who} {path}"] = [query["sql"] for query in queries]
    return found


@pytest.mark.slow
def test_queries_do_not_grow_with_rows(ground: Ground) -> None:
    with transaction.atomic():
        settle(cast.VILLAGE, 6, [ground.world.people["cadre"]])  # some of everything
        asked(ground)  # what a process reads once is read
        few = asked(ground)
        settle(cast.SECOND_VILLAGE, 12, [ground.world.people["cadre"]])
        many = asked(ground)
        transaction.set_rollback(True)
    grown = {page: len(many[page]) - len(few[page]) for page in few if len(many[page]) > len(few[page])}
    assert not grown, "\n".join(f"{page}: {more} more, {many[page]}" for page, more in grown.items())
