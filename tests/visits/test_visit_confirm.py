"""A visit typed by the clerk counts when its helper has looked and confirmed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from households.actions.households import close_household
from households.actions.pairings import end_pairing, pair
from households.models import Household
from pairing import clock
from pairing.models import Grant, User
from pairing.wording import short_day
from tests.cast import TOWNSHIP
from tests.visits.logged import visit as made
from visits.actions.problems import ProblemInput, solve
from visits.actions.promises import move_promise, record_done
from visits.actions.reading import Question, answer_question, ask
from visits.actions.visits import PromiseInput
from visits.models import Visit


def test_two_taps_confirm_once(world):
    visit, client = made(world, who="clerk", visited_by="cadre"), world.client("cadre")
    url = reverse("visits:visit_confirm", args=[visit.public_id])
    assert [client.post(url).status_code for _ in range(2)] == [302, 302]
    assert Visit.everything.get(pk=visit.pk).version == visit.version + 1


def test_a_former_helper_reads_what_was_typed_and_nothing_that_became_of_it(world):
    tomorrow = clock.today() + timedelta(days=1)
    visit = made(
        world,
        who="clerk",
        visited_by="cadre",
        problems=[ProblemInput("water", "缺水", "mine")],
        promises=[PromiseInput("问水管的事", tomorrow), PromiseInput("问低保", tomorrow)],
    )
    household, admin = world.files["own"], world.people["township_admin"]
    end_pairing(pairing=world.pairings["own"], ended_on=clock.today(), reason="transferred", by=admin)
    Grant.objects.filter(user=world.people["other_cadre"]).update(area=TOWNSHIP)
    successor = User.objects.get(pk=world.people["other_cadre"].pk)
    pair(household=household, cadre=successor, started_on=clock.today(), by=admin)
    solve(problem=visit.problems.get(), outcome="接通了", by=successor)
    first, second = visit.promises.order_by("pk")
    record_done(promise=first, what="水管接好了", by=successor)
    move_promise(promise=second, due_on=tomorrow + timedelta(days=9), reason="再等等", by=successor)
    ask(visit=visit, questions=[Question("said", "谁家的水管")], by=world.people["staff"])
    answer_question(question=visit.questions.get(), answer="他大哥家的", by=successor)
    for name in ("visit_confirm", "visit_withdraw", "visit_correct"):
        text = world.client("cadre").get(reverse(f"visits:{name}", args=[visit.public_id])).content.decode()
        if name == "visit_confirm":
            assert all(words in text for words in ("缺水", "问水管的事", "问低保"))
        first.refresh_from_db()
        second.refresh_from_db()
        later = [
            *(visit.problems.get().get_state_display(), first.get_state_display(), "接好了", "接通了"),
            *(short_day(second.due_on), "谁家的水管", "他大哥家的"),
        ]
        assert not [words for words in later if str(words) in text], name


def test_the_helper_looks_and_confirms(world):
    visit = made(world, who="clerk", visited_by="cadre")
    url = reverse("visits:visit_confirm", args=[visit.public_id])
    client = world.client("cadre")
    assert url in client.get(reverse("visits:today")).content.decode()
    assert "玉米" in client.get(url).content.decode()
    assert world.client("clerk").post(url).status_code == 403
    assert client.post(url).status_code == 302
    assert Household.everything.get(pk=visit.household_id).last_visit_on == clock.today()
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("how", ["handed over", "closed"])
def test_who_has_left_the_household_still_confirms_what_was_typed_for_him(world, how):
    """His today leads there; afterwards, and of everything else, he sees nothing more."""
    visit, other = made(world, who="clerk", visited_by="cadre"), made(world, who="clerk", visited_by="cadre")
    household, admin = world.files["own"], world.people["township_admin"]
    if how == "closed":
        close_household(household=household, reason="moved", on=clock.today(), by=admin)
    else:
        end_pairing(pairing=world.pairings["own"], ended_on=clock.today(), reason="transferred", by=admin)
    client, today = world.client("cadre"), reverse("visits:today")
    url = reverse("visits:visit_confirm", args=[visit.public_id])
    assert url in client.get(today).content.decode()
    assert "玉米" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    assert client.get(url).status_code == 404
    assert Household.everything.get(pk=visit.household_id).last_visit_on == clock.today()
    withdraw = reverse("visits:visit_withdraw", args=[other.public_id])
    answer = client.post(withdraw, {"reason": "不是我的"}, follow=True)
    assert answer.redirect_chain[-1][0] == today
    assert Visit.everything.get(pk=other.pk).state == Visit.State.WITHDRAWN
    assert household.head_name not in answer.content.decode()
    assert client.get(reverse("visits:visit_detail", args=[visit.public_id])).status_code == 404
