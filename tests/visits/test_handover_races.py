"""A handover and a visit at the same moment (security target S35): both are kept, or one gets a sentence."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connections

from households.actions.handovers import Succession, hand_over
from households.models import Household, Pairing
from pairing import clock
from pairing.errors import Refused
from pairing.roles import Role
from tests import cast, factories
from visits.actions.visits import VisitInput, save_visit
from visits.models import Visit

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20  # the most that one person may look after


def test_a_handover_and_a_visit_at_once():
    world = cast.build()
    leaver, admin = world.people["cadre"], world.people["township_admin"]
    successor = factories.user("successor", Role.CADRE, cast.TOWNSHIP)
    start, yesterday = clock.today() - timedelta(days=9), clock.today() - timedelta(days=1)
    specs = [factories.FileSpec(cast.VILLAGE) for _n in range(ROUNDS)]
    files = factories.households(specs)
    pairs = factories.pairings([(row, leaver, start, None) for row in files])
    by_file = {pairing.household_id: pairing for pairing in pairs}
    barrier, outcomes = threading.Barrier(2), []

    def transfer(row):
        hand_over(
            cadre=leaver,
            successions=[Succession(by_file[row.pk], successor)],
            handed_on=clock.today(),
            by=admin,
        )

    def visit(row):
        sent = VisitInput(client_id=uuid.uuid4(), visited_on=yesterday, met_others="son", said="words")
        save_visit(household=row, visit=sent, by=leaver)

    def run(deed):
        try:
            for row in files:
                barrier.wait(30)
                try:
                    deed(row)
                    outcomes.append("done")
                except Refused:
                    outcomes.append("refused")
                except Exception as error:
                    outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[deed]) for deed in (transfer, visit)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) == {"done"}, outcomes  # a visit dated inside the pairing is kept in either order
    assert Visit.everything.filter(visited_by=leaver).count() == ROUNDS
    assert Pairing.everything.open().filter(cadre=successor).count() == ROUNDS
    rows = Household.everything.filter(pk__in=by_file).values_list("lead", "pairing_count", "last_visit_on")
    assert set(rows) == {(successor.pk, 1, yesterday)}
