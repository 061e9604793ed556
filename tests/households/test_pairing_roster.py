"""A roster as it is pasted: every line is told, and it is paired as a whole or not at all."""

import pytest
from django.urls import reverse

from households.models import Household, Pairing
from pairing import clock
from pairing.roles import Role
from tests import cast, factories

pytestmark = pytest.mark.django_db
URL = reverse("households:pairing_roster")


def post(client, lines, **more):
    return client.post(URL, {"lines": "\n".join(lines), "started_on": clock.today().isoformat()} | more)


def test_it_reads_tabs_commas_and_blanks_and_pairs_and_hands_over():
    world = cast.build()
    new = factories.user("newcomer", Role.CADRE, cast.COUNTY)
    numbers = {p: world.files[p].file_number for p in ("area", "own", "other_village")}
    lines = [
        f"{numbers['area']}\t{new.name}",
        "",
        f"{numbers['own']}，newcomer",
        f"{numbers['other_village']} {new.name}",
    ]
    client = world.client("township_admin")
    page = post(client, lines)
    assert [outcome.kind for _line, outcome in page.context["rows"]] == ["pair", "hand_over", "pair"]
    assert page.context["ready"]
    assert Pairing.everything.filter(cadre=new).count() == 0
    assert post(client, lines, confirm="yes").status_code == 302
    assert Household.everything.filter(lead=new).count() == 3
    assert not post(client, lines).context["ready"]  # nothing left to do


def test_titles_and_full_width_digits_are_read_as_they_are_pasted():
    world = cast.build()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in world.files["area"].file_number)
    page = post(
        world.client("township_admin"), ["户编号\t帮扶责任人", f"{wide}　{world.people['cadre'].name}"]
    )
    assert [outcome.kind for _line, outcome in page.context["rows"]] == ["pair"]


def test_every_line_that_is_not_understood_says_why_and_nothing_is_paired():
    world = cast.build()
    number, twin = world.files["area"].file_number, world.people["cadre"].name
    for username in ("twin1", "twin2"):
        person = factories.user(username, Role.CADRE, cast.TOWNSHIP)
        person.set_name("孪生")
        person.save(update_fields=["name", "name_key"])
    lines = [
        f"{world.files['other_village'].file_number} {twin}",
        f"{world.files['other_township'].file_number} {twin}",
        f"{number}",
        f"{number} nobody",
        f"{number} 孪生",
        f"{world.files['closed'].file_number} {twin}",
    ]
    page = post(world.client("township_admin"), lines, confirm="yes")
    rows = page.context["rows"]
    assert [bool(outcome) for _line, outcome in rows] == [True, False, False, False, False, True]
    assert all(line.reason for line, outcome in rows if outcome is None)
    assert rows[-1][1].kind == "refused"
    assert page.context["refused"] == 5
    assert Household.everything.get(pk=world.files["other_village"].pk).lead_id is None
    assert lines[2] in page.content.decode()


def test_a_household_twice_is_refused_at_its_second_line():
    world = cast.build()
    line = f"{world.files['area'].file_number} {world.people['cadre'].name}"
    page = post(world.client("township_admin"), [line, line], confirm="yes")
    assert [outcome.kind for _line, outcome in page.context["rows"]] == ["pair", "refused"]


@pytest.mark.parametrize("lines", ["", "   ", "=1+1", "\u200b", "x" * 60_001, "，，，"])
def test_odd_texts_are_answered(lines):
    world = cast.build()
    assert post(world.client("township_admin"), [lines], confirm="yes").status_code == 200
