"""One unit with the villages it is linked to: those of one's own area, wherever the unit itself stands."""

import pytest

from pairing import clock
from pairing.models import User, VillageLink

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


def test_people_of_other_places_are_not_counted(cast, sign_in):
    User.objects.filter(username__in=["cadre", "neighbour_cadre"]).update(unit=cast.unit)
    seen = {}
    for who in ("county", "town"):
        client = sign_in(getattr(cast, who))
        (row,) = client.get("/units/").context["table"].rows
        seen[who] = (client.get(f"/units/{cast.unit.public_id}/").context["people"], row.people_open)
    assert seen == {"county": (2, 2), "town": (1, 1)}
