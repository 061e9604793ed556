"""Pairing, ending, handing over: the rules, the counters, and two administrators at the same moment."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from households.actions import pairings as actions
from households.actions.handovers import Succession, hand_over
from households.actions.pairing_changes import Assignment
from households.models import Household, Pairing
from pairing import clock
from pairing.errors import Conflict, Refused
from pairing.models import AuditEvent
from pairing.roles import Role
from tests import cast, factories
from tests.visits import made

pytestmark = pytest.mark.django_db
TODAY = clock.today()


@pytest.fixture
def world():
    return cast.build()


def kept(household):
    """Lead helper and number of helpers as the file keeps them."""
    row = Household.everything.get(pk=household.pk)
    return row.lead_id, row.pairing_count


def test_pairing_keeps_lead_and_count_and_writes_one_audit_row(world):
    cadre, admin, file = world.people["cadre"], world.people["township_admin"], world.files["area"]
    before = AuditEvent.objects.count()
    row = actions.pair(household=file, cadre=cadre, started_on=TODAY, by=admin)
    assert kept(file) == (cadre.pk, 1)
    assert AuditEvent.objects.count() == before + 1
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.actor_role) == ("pairing.start", "administrator")
    assert {file.public_id, row.public_id} <= set(event.object_ids)


def test_a_second_helper_counts_but_does_not_lead(world):
    admin = world.people["township_admin"]
    second = factories.user("second", Role.CADRE, cast.TOWNSHIP)
    actions.pair(
        household=world.files["own"], cadre=second, started_on=TODAY, role=Pairing.Role.SECOND, by=admin
    )
    assert kept(world.files["own"]) == (world.people["cadre"].pk, 2)


@pytest.mark.parametrize(
    ("position", "who", "days", "field"),
    [
        ("area", "cadre", 1, "started_on"),  # tomorrow
        ("ended", "cadre", -31, "started_on"),  # before the helper before ended
        ("closed", "cadre", 0, "household"),  # closed file
        ("own", "cadre", 0, "household"),  # has its lead helper
        ("area", "staff", 0, "cadre"),  # no cadre
        ("area", "other_cadre", 0, "cadre"),  # a cadre of another township
    ],
)
def test_refusals_name_their_field_and_change_nothing(world, position, who, days, field):
    count = Pairing.everything.count()
    with pytest.raises(Refused) as refusal:
        actions.pair(
            household=world.files[position],
            cadre=world.people[who],
            started_on=TODAY + timedelta(days=days),
            by=world.people["township_admin"],
        )
    assert refusal.value.field == field
    assert Pairing.everything.count() == count


def test_the_load_has_a_limit(world, settings):
    settings.HOUSEHOLDS_PER_CADRE = 1
    with pytest.raises(Refused, match="1"):
        actions.pair(
            household=world.files["area"],
            cadre=world.people["cadre"],
            started_on=TODAY,
            by=world.people["township_admin"],
        )


def test_the_limit_counts_what_the_administrator_sees(world, settings):
    """A refusal that came of another township's households would tell of them."""
    settings.HOUSEHOLDS_PER_CADRE = 2
    cadre, admin = world.people["cadre"], world.people["township_admin"]
    factories.pairings([(world.files["other_township"], cadre, TODAY, None)], role="second")
    new = Assignment(world.files["area"], cadre)
    seen = {
        who: actions.preview_roster([new], started_on=TODAY, by=world.people[who])[0].kind
        for who in ("township_admin", "county_admin")
    }
    assert seen == {"township_admin": "pair", "county_admin": "refused"}
    actions.pair(household=new.household, cadre=cadre, started_on=TODAY, by=admin)


def test_ending_needs_the_version_that_was_seen_and_a_day_inside(world):
    admin, row = world.people["township_admin"], world.pairings["own"]
    with pytest.raises(Refused):
        actions.end_pairing(
            pairing=row, ended_on=row.started_on - timedelta(days=1), reason="retired", by=admin
        )
    with pytest.raises(Conflict):
        actions.end_pairing(pairing=row, ended_on=TODAY, reason="retired", version=9, by=admin)
    ended = actions.end_pairing(pairing=row, ended_on=TODAY, reason="retired", note="  in June ", by=admin)
    assert (ended.state, ended.end_note, ended.version) == (Pairing.State.ENDED, "in June", 2)
    assert kept(world.files["own"]) == (None, 0)
    with pytest.raises(Refused):
        actions.end_pairing(pairing=row, ended_on=TODAY, reason="retired", by=admin)


def test_only_a_mistake_of_today_is_taken_back(world):
    admin = world.people["township_admin"]
    row = actions.pair(household=world.files["area"], cadre=world.people["cadre"], started_on=TODAY, by=admin)
    actions.void_pairing(pairing=row, by=admin)
    assert kept(world.files["area"]) == (None, 0)
    Pairing.everything.filter(pk=world.pairings["own"].pk).update(recorded_at=clock.now() - timedelta(days=2))
    with pytest.raises(Refused):
        actions.void_pairing(pairing=world.pairings["own"], by=admin)


def test_handing_over_ends_starts_links_and_passes_promises_on(world):
    admin, file = world.people["township_admin"], world.files["own"]
    successor = factories.user("successor", Role.CADRE, cast.COUNTY)
    promise = made.promise(file, world.people["cadre"], what="seed", due_on=TODAY)
    started = hand_over(
        cadre=world.people["cadre"],
        successions=[Succession(world.pairings["own"], successor, "come in the evening")],
        handed_on=TODAY,
        reason="transferred",
        by=admin,
    )
    former = Pairing.everything.get(pk=world.pairings["own"].pk)
    assert (former.ended_on, former.end_reason) == (TODAY, "transferred")
    assert (started[0].started_on, started[0].previous_id) == (TODAY, former.pk)
    assert started[0].handover_note == "come in the evening"
    assert kept(file) == (successor.pk, 1)
    promise.refresh_from_db()
    assert (promise.holder_id, promise.made_by_id) == (successor.pk, world.people["cadre"].pk)


def test_a_handover_is_all_or_nothing(world):
    admin, cadre = world.people["township_admin"], world.people["cadre"]
    other = actions.pair(household=world.files["area"], cadre=cadre, started_on=TODAY, by=admin)
    successor = factories.user("successor", Role.CADRE, cast.TOWNSHIP)
    rows = [Succession(world.pairings["own"], successor), Succession(other, world.people["staff"])]
    with pytest.raises(Refused, match=world.files["area"].file_number):
        hand_over(cadre=cadre, successions=rows, handed_on=TODAY, by=admin)
    assert kept(world.files["own"]) == (cadre.pk, 1)


def test_a_roster_pairs_keeps_and_hands_over(world, django_assert_max_num_queries):
    admin = world.people["township_admin"]
    new = factories.user("new", Role.CADRE, cast.TOWNSHIP)
    rows = [Assignment(world.files[p], new) for p in ("own", "area", "ended", "other_village")]
    with django_assert_max_num_queries(20):
        started = actions.pair_roster(assignments=rows, started_on=TODAY, by=admin)
    assert len(started) == 4
    assert {kept(row.household) for row in started} == {(new.pk, 1)}
    assert actions.pair_roster(assignments=rows, started_on=TODAY, by=admin) == []


def test_a_household_stands_in_a_roster_once(world):
    rows = [Assignment(world.files["area"], world.people["cadre"])] * 2
    with pytest.raises(Refused, match=world.files["area"].file_number):
        actions.pair_roster(assignments=rows, started_on=TODAY, by=world.people["township_admin"])


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_never_make_two_leads():
    """Security target S35: whoever comes second gets a sentence; no overlap, no other error."""
    world = cast.build()
    admin = world.people["township_admin"]
    cadres = list(factories.users({f"c{i}": (Role.CADRE, cast.TOWNSHIP) for i in range(4)}).values())
    specs = [factories.FileSpec(cast.VILLAGE, listed_on=TODAY - timedelta(days=9)) for _n in range(12)]
    files = factories.households(specs)
    rounds = 12
    barrier, results = threading.Barrier(4), []

    def administrator(number):
        try:
            for turn in range(rounds):
                barrier.wait(20)
                order = files if number % 2 else files[::-1]
                try:
                    if turn % 3 == 2:
                        rows = [Assignment(row, cadres[number]) for row in order]
                        actions.pair_roster(assignments=rows, started_on=TODAY, by=admin)
                    else:
                        actions.pair(household=files[turn], cadre=cadres[number], started_on=TODAY, by=admin)
                    results.append("done")
                except Refused:
                    results.append("refused")
                except Exception as error:
                    results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=administrator, args=[n]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == rounds * 4
    assert set(results) == {"done", "refused"}, results
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM households_pairing a JOIN households_pairing b"
            " ON a.household_id = b.household_id AND a.id < b.id AND NOT a.voided AND NOT b.voided"
            " AND daterange(a.started_on, a.ended_on) && daterange(b.started_on, b.ended_on)"
            " WHERE a.role = 'lead' AND b.role = 'lead'"
        )
        assert cursor.fetchone() == (0,)
    for file in files:
        lead = Pairing.everything.open().filter(household=file, role="lead").values_list("cadre", flat=True)
        assert kept(file)[0] in lead
