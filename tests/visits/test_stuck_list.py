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


@pytest.mark.parametrize(("kinds", "shown", "total"), [((6, 6), {"6"}, "12"), ((4, 4, 4), {"<5"}, "—")])
def test_the_pages_side_by_side_tell_no_small_number(kinds, shown, total):
    """Twelve in two villages of six: were six and six told beside three small kinds, each would be four."""
    world = cast.build()
    waiting = [kind for kind, n in zip(("water", "land", "housing"), kinds, strict=False) for _n in range(n)]
    for n, kind in enumerate(waiting):
        village = ("own", "other_village")[n % 2]
        made.problem(world.files[village], world.people["cadre"], waits=20, kind=kind)
    leader = world.client("leader")
    assert {row["number"] for row in leader.get(URL).context["table"].rows} == shown
    villages = leader.get(reverse("visits:village_list")).context["table"].rows
    told = {row["referrals_late"] for row in villages}
    assert told == ({"—"} if total == "—" else {"6", "0"})
    overview = leader.get(reverse("visits:overview_show"))
    [number] = [c.number for c in overview.context["cards"] if c.figure.key == "referrals_late"]
    assert number == total


def test_the_narrower_place_stays_on_the_way_on_and_back():
    world, query = cast.build(), {"area": cast.VILLAGE}
    made.problem(world.files["own"], world.people["cadre"], waits=40)
    client, kept = world.client("staff"), f"?area={cast.VILLAGE}"
    page = client.get(URL, query).content.decode()
    assert f'{reverse("visits:overview_show")}{kept}"' in page
    assert f'{reverse("visits:figure_list", args=["referrals_late"])}{kept}"' in page
    villages = client.get(reverse("visits:village_list"), query).content.decode()
    assert f'{reverse("visits:overview_show")}{kept}"' in villages
