"""Large demo counties, set by set, hold what the actions hold."""

from households.actions import counters as files
from households.models import Household, Pairing, Person
from pairing import clock
from tests import cast, factories
from visits.actions import counters
from visits.demo import scale
from visits.models import Visit

KEPT = ("last_visit_on", "open_problems", "open_promises")


def test_what_files_keep_equals_a_recount_and_numbers_open(db):
    factories.codes()
    factories.areas(cast.AREAS)
    for part in range(2):
        scale.fill(70, part, 2)
    rows = Household.everything.order_by("pk")
    counted = files.counts([row.pk for row in rows])
    for row in rows:
        wanted = counted[row.pk]
        assert {name: getattr(row, name) for name in wanted} == wanted
    before = list(rows.values_list(*KEPT))
    counters.recount(rows.values_list("pk", flat=True))
    assert list(rows.values_list(*KEPT)) == before
    assert len(before) == 70
    assert Pairing.everything.count() == rows.filter(lead__isnull=False).count() > 30
    assert Visit.everything.filter(visited_on__gte=clock.today()).count() == 0 < Visit.everything.count()
    assert all(person.id_number.open().startswith("629999") for person in Person.everything.all())
