"""Each step of a problem by its own small form."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pairing import clock
from tests import cast
from tests.visits import made
from visits.models import Problem

pytestmark = pytest.mark.django_db
LATER = (clock.today() + timedelta(days=30)).isoformat()
STEPS = [
    ("mine", "solved", {"outcome": "x"}),
    ("mine", "referred", {"office": "county_water"}),
    ("mine", "explained", {"reason": "x"}),
    ("mine", "not_now", {"reason": "x", "look_again_on": LATER}),
    ("referred", "mine", {}),
    ("not_now", "mine", {}),
    ("answered", "told", {"told_on": clock.today().isoformat(), "household_view": "x"}),
    ("told", "closed", {}),
    ("closed", "mine", {"reason": "x"}),
]


@pytest.fixture
def world():
    return cast.build()


def url(problem, to):
    return reverse("visits:problem_move", args=[problem.public_id, to])


def test_an_office_goes_on_with_its_inbox_and_a_helper_with_the_household(world):
    problem = made.problem(world.files["own"], world.people["cadre"])
    done = world.client("staff").post(url(problem, "answered"), {"version": problem.version, "outcome": "x"})
    assert done.url == reverse("visits:referral_list")
    problem.refresh_from_db()
    data = {"version": problem.version, "told_on": clock.today().isoformat(), "household_view": "x"}
    done = world.client("cadre").post(url(problem, "told"), data)
    assert done.url == reverse("visits:problem_detail", args=[problem.public_id])


def test_every_step_of_the_helper_has_its_form(world):
    client = world.client("cadre")
    for state, to, words in STEPS:
        problem = made.problem(world.files["own"], world.people["cadre"], state=state)
        assert client.get(url(problem, to)).status_code == 200
        done = client.post(url(problem, to), {"version": 1} | words)
        assert done.status_code == 302, (state, to)
        assert Problem.everything.get(pk=problem.pk).state == to
        again = client.post(url(problem, to), {"version": 1} | words)  # a second tap
        assert (again.status_code, problem.steps.count()) == (302, 1), (state, to)
        if words:  # the words of a step are compulsory
            other = made.problem(world.files["own"], world.people["cadre"], state=state)
            page = client.post(url(other, to), {"version": 1} | dict.fromkeys(words, ""))
            assert page.status_code == 422
            assert page.context["form"].errors


def test_the_office_answers_and_a_stale_answer_is_409_with_its_words(world):
    problem = made.problem(world.files["own"], world.people["cadre"])
    client = world.client("staff")
    page = client.post(url(problem, "answered"), {"version": 8, "outcome": "pipe mended"})
    assert page.status_code == 409
    assert "pipe mended" in page.content.decode()
    assert client.post(url(problem, "answered"), {"version": 1, "outcome": "pipe mended"}).status_code == 302


def test_a_step_that_is_not_open_is_403_and_no_state_is_404(world):
    problem = made.problem(world.files["own"], world.people["cadre"], state="mine")
    assert world.client("cadre").get(url(problem, "closed")).status_code == 403
    assert world.client("staff").get(url(problem, "solved")).status_code == 403
    assert world.client("cadre").get(url(problem, "nonsense")).status_code == 404
