"""Second texts under an id already used are kept for their author alone."""

import pytest
from django.urls import reverse

from pairing.errors import Conflict
from tests.visits.logged import visit as made


def test_only_the_author_reads_what_was_kept(world):
    first = made(world, said="先说的话。")
    with pytest.raises(Conflict):
        made(world, said="后说的话。", client_id=first.client_id)
    url = reverse("visits:draft_list")
    assert "后说的话。" in world.client("cadre").get(url).content.decode()
    assert "后说的话。" not in world.client("other_cadre").get(url).content.decode()
    assert "后说的话。" not in world.client("staff").get(url).content.decode()
    assert world.client("leader").get(url).status_code == 403
