"""Stuck: late referrals by office and kind, without households."""

import pytest
from django.urls import reverse

from tests import cast
from tests.visits import made

pytestmark = pytest.mark.django_db
URL = reverse("visits:stuck_list")


def test_it_groups_by_office_and_kind_and_names_no_household():
    world = cast.build()
    for _n in range(6):
        made.problem(world.files["own"], world.people["cadre"], waits=20, words="words of a household")
    made.problem(world.files["own"], world.people["cadre"], waits=40, kind="land")
    made.problem(world.files["own"], world.people["cadre"], waits=2, kind="housing")
    staff, leader = (world.client(who).get(URL) for who in ("staff", "leader"))
    assert [(row["number"], row["days"]) for row in staff.context["table"].rows] == [(1, 40), (6, 20)]
    assert [row["number"] for row in leader.context["table"].rows] == ["<5", "6"]
    for page in (staff, leader):
        text = page.content.decode()
        assert "words of a household" not in text
        assert world.files["own"].head_name not in text
    overview = world.client("leader").get(reverse("visits:overview_show"))
    [total] = [c.number for c in overview.context["cards"] if c.figure.key == "referrals_late"]
    assert total == "—"  # seven, less the six that are shown, would be the one
