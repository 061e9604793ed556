"""What a file and a search cost does not grow with what is in them."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast, factories
from tests.cast import World
from tests.visits import made


def statements(client, url: str, **form: str) -> int:
    """How many statements the second opening of a page takes."""
    send = (lambda: client.post(url, form)) if form else (lambda: client.get(url))
    send()
    with CaptureQueriesContext(connection) as queries:
        assert send().status_code in (200, 302)
    return len(queries)


def test_a_file_costs_the_same_with_one_visit_or_twenty(world: World):
    file, cadre = world.files["own"], world.people["cadre"]
    url = f"/households/{file.public_id}/"
    before = {who: statements(world.client(who), url) for who in ("staff", "cadre")}
    for n in range(20):
        made.visit(file, cadre, days=n + 1)
        made.problem(file, cadre, waits=n)
    after = {who: statements(world.client(who), url) for who in ("staff", "cadre")}
    assert after == before
    assert max(after.values()) <= 10


def test_a_search_costs_the_same_with_one_household_or_forty(world: World):
    client, head = world.client("staff"), world.heads["own"].person
    before = statements(client, f"/households/?q={head.name[:2]}")
    number = statements(client, "/households/find/", number=head.id_number.open())
    factories.households(factories.FileSpec(cast.VILLAGE) for _ in range(40))
    assert statements(client, f"/households/?q={head.name[:2]}") == before <= 9
    assert statements(client, "/households/find/", number=head.id_number.open()) == number <= 8
