"""Its author is done with a kept text: only then does it go."""

import pytest
from django.urls import reverse

from pairing.errors import Conflict
from tests.visits.logged import visit as made
from visits.models import ConflictDraft


def test_a_kept_text_leads_to_its_visit_and_goes_when_its_author_is_done(world):
    first = made(world, said="先说的话。")
    with pytest.raises(Conflict):
        made(world, said="后说的话。", client_id=first.client_id)
    kept = ConflictDraft.everything.get()
    client, url = world.client("cadre"), reverse("visits:draft_list")
    assert reverse("visits:visit_detail", args=[first.public_id]) in client.get(url).content.decode()
    assert url in client.get(reverse("visits:today")).content.decode()
    discard = reverse("visits:draft_discard", args=[kept.public_id])
    assert world.client("clerk").post(discard).status_code == 404
    assert client.post(discard).status_code == 302
    assert not ConflictDraft.everything.exists()
    assert url not in client.get(reverse("visits:today")).content.decode()
