"""Second texts under an id already used are kept for their author alone."""

import pytest
from django.urls import reverse

from pairing import clock
from pairing.errors import Conflict
from tests.visits.logged import visit as made
from visits.actions.facts import Asked, Away, FileChanges


def test_only_the_author_reads_what_was_kept(world):
    first = made(world, said="先说的话。")
    with pytest.raises(Conflict):
        made(world, said="后说的话。", client_id=first.client_id)
    url = reverse("visits:draft_list")
    assert "后说的话。" in world.client("cadre").get(url).content.decode()
    assert "后说的话。" not in world.client("other_cadre").get(url).content.decode()
    assert "后说的话。" not in world.client("staff").get(url).content.decode()
    assert world.client("leader").get(url).status_code == 403


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
