"""One page: the same numbers as the overview, with the definitions below."""

import pytest
from django.urls import reverse

from tests import cast
from tests.visits import made
from visits.reports.figures import FIGURES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["staff", "leader"])
def test_it_says_what_the_overview_says(who):
    client = cast.build().client(who)
    page, overview = (client.get(reverse(f"visits:{name}")) for name in ("overview_print", "overview_show"))
    assert [card.number for card in page.context["cards"]] == [c.number for c in overview.context["cards"]]
    for figure in FIGURES:
        assert str(figure.definition) in page.content.decode()


def test_two_papers_with_one_check_say_the_same():
    world = cast.build()
    page = reverse("visits:overview_print")
    staff, leader = world.client("staff"), world.client("leader")
    first = staff.get(page).context["check"]
    assert first == staff.get(page).context["check"]
    assert first != leader.get(page).context["check"], "another place, another paper"
    assert f"校验码{first}" in staff.get(page).content.decode()
    made.problem(world.files["own"], world.people["cadre"], waits=60)
    assert first != staff.get(page).context["check"]
