"""Second texts under an id already used are kept for their author alone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from households.actions.pairings import end_pairing
from households.models import Pairing
from pairing import clock, codelists
from pairing.errors import Conflict
from pairing.wording import day
from tests.visits.logged import visit as made
from visits.actions.facts import Asked, Away, FileChanges
from visits.actions.help import HelpInput
from visits.actions.visits import PromiseInput


def test_only_the_author_reads_what_was_kept(world):
    first = made(world, said="先说的话。")
    with pytest.raises(Conflict):
        made(world, said="后说的话。", client_id=first.client_id)
    url = reverse("visits:draft_list")
    assert "后说的话。" in world.client("cadre").get(url).content.decode()
    assert "后说的话。" not in world.client("other_cadre").get(url).content.decode()
    assert "后说的话。" not in world.client("staff").get(url).content.decode()
    assert world.client("leader").get(url).status_code == 403


def test_after_the_pairing_his_own_words_stay_and_the_saved_visit_is_gone(world):
    first = made(world, said="先说的话。")
    with pytest.raises(Conflict):
        made(world, said="后说的话。", client_id=first.client_id)
    client, url = world.client("cadre"), reverse("visits:draft_list")
    assert world.files["own"].head_name in client.get(url).content.decode()
    admin = world.people["township_admin"]
    end_pairing(pairing=world.pairings["own"], ended_on=clock.today(), reason="transferred", by=admin)
    page = client.get(url).content.decode()
    assert "后说的话。" in page
    assert not [words for words in ("先说的话。", world.files["own"].head_name) if words in page]


def test_facts_that_changed_are_kept_too_with_numbers_masked(world):
    first = made(world, said="先说的话。")
    away = Away([None], clock.today(), expected_back="收完麦子")
    asked = [
        Asked("household", "bank_name", "甘州农商行"),
        Asked("household", "bank_account", "6217001234567890123"),
    ]
    with pytest.raises(Conflict):
        made(world, client_id=first.client_id, changes=FileChanges(away, asked=asked, proof="新存折"))
    page = world.client("cadre").get(reverse("visits:draft_list")).content.decode()
    assert all(words in page for words in ("收完麦子", "甘州农商行", "新存折"))
    assert "6217001234567890123" not in page


def test_today_tells_of_them_also_when_no_household_is_left(world):
    first = made(world, said="先说的话。")
    with pytest.raises(Conflict):
        made(world, said="后说的话。", client_id=first.client_id)
    Pairing.everything.filter(cadre=world.people["cadre"]).update(ended_on=clock.today())
    page = world.client("cadre").get(reverse("visits:today")).content.decode()
    assert reverse("visits:draft_list") in page


def test_every_thing_that_was_typed_is_kept_readable(world):
    first, until = made(world, said="先说的话。"), clock.today() + timedelta(days=9)
    with pytest.raises(Conflict):
        made(
            world,
            client_id=first.client_id,
            met_others="隔壁邻居",
            tasks=["policy"],
            promises=[PromiseInput("问低保", until)],
            help=[HelpInput("condolence", "面粉", "2袋", Decimal("80"))],
        )
    page = world.client("cadre").get(reverse("visits:draft_list")).content.decode()
    kinds = [codelists.label("visit_task", "policy"), codelists.label("help_kind", "condolence")]
    for words in ("隔壁邻居", "问低保", day(until), "面粉", "2袋", "80", *kinds):
        assert words in page
