"""A visit that comes after its pairing ended: kept to be read, and nothing in the file follows from it."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from households.actions.households import close_household
from households.models import Pairing
from pairing import clock
from tests import cast, factories
from tests.visits import logged, made
from visits.models import ConflictDraft, Help, Problem, Promise, Visit

DAYS_AGO = timedelta(days=3)


def sent(world, **more) -> dict:
    day = (clock.today() - DAYS_AGO).isoformat()
    common = {
        "client_id": str(uuid.uuid4()),
        "visited_on": "other",
        "visited_on_day": day,
        "method": "home",
        "met": [str(world.heads["own"].person.public_id)],
        "said": "路上没有信号。",
    }
    return common | more


def send(world, **more):
    url = reverse("visits:visit_create", args=[world.files["own"].public_id])
    return world.client("cadre").post(url, sent(world, **more), follow=True)


@pytest.fixture
def left(world):
    """The cadre's pairing ended yesterday; somebody else helps the household, and holds its promise."""
    promise = logged.promise(world, what="问低保")
    yesterday = clock.today() - timedelta(days=1)
    mine = Pairing.everything.filter(household=world.files["own"], cadre=world.people["cadre"])
    mine.update(ended_on=yesterday)
    successor = factories.user("successor", "cadre", cast.TOWNSHIP)
    factories.pairings([(world.files["own"], successor, yesterday, None)])
    Promise.everything.filter(pk=promise.pk).update(holder=successor)
    return promise


def test_what_a_former_helper_tells_is_read_and_settles_nothing(world, left):
    later = (clock.today() + timedelta(days=7)).isoformat()
    page = send(
        world,
        **{
            f"answer-{left.public_id}-word": "kept",
            f"answer-{left.public_id}-done_what": "材料交到镇上了",
            "problem0-kind": "water",
            "problem0-triage": "mine",
            "problem0-words": "水管冻了",
            "promise0-what": "请水管员来",
            "promise0-due_on": later,
            "help0-kind": "condolence",
            "help0-what": "面粉",
            "help0-amount": "160",
        },
    )
    assert "您已不再联系这户" in page.content.decode()
    left.refresh_from_db()
    assert (left.state, left.household_word, left.asked_on) == (Promise.State.OPEN, "", None)
    assert not Problem.everything.filter(words="水管冻了").exists()
    assert not Promise.everything.filter(what="请水管员来").exists()
    assert not Help.everything.exists()
    visit = Visit.everything.get()
    assert {"after_pairing", "problem", "money"} <= set(visit.reading_reasons)
    office = world.client("staff")
    for name in ("visit_read", "visit_detail"):
        text = office.get(reverse(f"visits:{name}", args=[visit.public_id])).content.decode()
        for words in ("问低保", "材料交到镇上了", "水管冻了", "请水管员来", "面粉", "160"):
            assert words in text, (name, words)


def test_another_files_promise_is_not_even_told(world, left):
    other = made.promise(world.files["area"], world.people["staff"])
    page = send(
        world, **{f"answer-{other.public_id}-word": "kept", f"answer-{other.public_id}-done_what": "x"}
    )
    other.refresh_from_db()
    assert other.state == Promise.State.OPEN
    assert all(other.what not in visit.facts.open() for visit in Visit.everything.all())
    assert page.status_code in (200, 404)


def test_a_visit_of_a_day_before_the_file_closed_is_kept(world):
    household = world.files["own"]
    close_household(household=household, reason="moved", on=clock.today(), by=world.people["township_admin"])
    assert send(world).status_code == 200
    visit = Visit.everything.get()
    assert (visit.after_pairing, visit.state) == (True, Visit.State.TO_READ)
    today = {"visited_on": clock.today().isoformat(), "visited_on_day": ""}
    assert send(world, **today).status_code == 404
    page = world.client("staff").get(reverse("visits:visit_read", args=[visit.public_id]))
    assert "路上没有信号。" in page.content.decode()


def test_the_words_of_a_household_no_longer_his_do_not_come_back(world):
    """The same id with other words is 409 with both texts, yet only while he may read the first ones."""
    key = str(uuid.uuid4())
    send(world, client_id=key)
    assert "路上没有信号。" in send(world, client_id=key, said="一换").content.decode()
    Pairing.everything.filter(household=world.files["own"]).update(ended_on=clock.today())
    refused = send(world, client_id=key, said="二换")
    assert refused.status_code == 409
    assert "路上没有信号。" not in refused.content.decode()
    assert "二换" in refused.content.decode()
    assert ConflictDraft.everything.count() == 2


@pytest.mark.parametrize(("back", "method", "refused"), [(3, "home", True), (4, "home", True), (2, "home", False),
                                                         (0, "home", False), (4, "call", False)])  # fmt: skip
def test_a_pairing_does_not_end_before_a_home_visit_under_it(world, back, method, refused):
    visit = made.visit(world.files["own"], world.people["cadre"], days=3, method=method)
    made.visit(world.files["own"], world.people["staff"], days=0)  # somebody else's: no matter
    day = clock.today() - timedelta(days=back)
    pairing = world.pairings["own"]
    sent = {"ended_on": day.isoformat(), "reason": "adjusted", "note": "", "version": pairing.version}
    url = reverse("households:pairing_end", args=[pairing.public_id])
    answer = world.client("township_admin").post(url, sent)
    assert ("到过这户" in answer.content.decode()) is refused
    pairing.refresh_from_db()
    assert pairing.ended_on == (None if refused else day), visit
