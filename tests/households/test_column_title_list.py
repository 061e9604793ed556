"""A place's own column titles are listed, and removed."""

import pytest
from django.urls import reverse

from households.models import ColumnAlias

URL = reverse("households:column_title_list")


@pytest.fixture
def alias(world):
    return ColumnAlias.everything.create(area_id="620702", county_code="620702", title="户长", field="name")


def test_ones_own_titles_are_listed_and_removed(world, alias):
    client = world.client("county_admin")
    assert "户长" in client.get(URL).content.decode()
    client.post(URL, {"remove": str(alias.public_id)})
    assert not ColumnAlias.everything.exists()


@pytest.mark.parametrize("who", ["far_admin", "township_admin"])
def test_others_neither_see_nor_remove_them(world, alias, who):
    client = world.client(who)
    assert "户长" not in client.get(URL).content.decode()
    assert client.post(URL, {"remove": str(alias.public_id)}).status_code == 404
    assert client.post(URL, {"remove": "nonsense"}).status_code == 404
    assert ColumnAlias.everything.exists()
