"""One unit with the villages it is linked to: those of one's own area, wherever the unit itself stands."""

import pytest

from pairing import clock
from pairing.models import VillageLink

pytestmark = pytest.mark.django_db


def test_links_of_other_places_are_not_shown(cast, sign_in):
    for village in ("620702101201", "620702102201"):
        VillageLink.objects.create(unit=cast.unit, village_id=village, started_on=clock.today())
    url = f"/units/{cast.unit.public_id}/"
    seen = {}
    for who in ("county", "town", "neighbour"):
        client = sign_in(getattr(cast, who))
        page = client.get(url).content.decode()
        (row,) = client.get("/units/").context["table"].rows
        seen[who] = ("清凉寺村" in page, "缪家堡村" in page, row.villages_open)
    assert seen == {"county": (True, True, 2), "town": (True, False, 1), "neighbour": (False, True, 1)}
    assert sign_in(cast.far).get(url).status_code == 404
