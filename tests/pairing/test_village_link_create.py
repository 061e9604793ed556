"""Units linked to villages: begun from either side, ended with a reason, seen from both."""

from datetime import timedelta

import pytest

from pairing import clock
from pairing.models import AuditEvent, VillageLink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
VILLAGE, NEW = "620702101201", "/linked-villages/new/"


def sent(cast, **more):
    return {"unit": cast.unit.public_id, "village": VILLAGE, "started_on": clock.today().isoformat()} | more


def link(cast, days=30):
    began = clock.today() - timedelta(days=days)
    return VillageLink.objects.create(unit=cast.unit, village_id=VILLAGE, started_on=began)


def test_a_township_links_a_unit_of_the_county_to_its_village(cast, sign_in):
    client = sign_in(cast.town)
    answer = client.post(NEW, sent(cast))
    assert answer.url == f"/units/{cast.unit.public_id}/"
    assert AuditEvent.objects.get(action="village_link.start").object_area == VILLAGE
    assert "清凉寺村" in client.get(answer.url).content.decode()
    assert "甘州区水务局" in client.get("/linked-villages/").content.decode()
    assert "清凉寺村" not in client.get("/linked-villages/?show=without").content.decode()


def test_either_side_is_chosen_already(cast, sign_in):
    client = sign_in(cast.county)
    page = client.get(NEW, {"unit": str(cast.unit.public_id), "village": VILLAGE}).content.decode()
    assert page.count(" selected") == 2


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"village": "620702102201"}, "village"),
        ({"village": "620702101"}, "village"),
        ({"unit": "x"}, "unit"),
        ({"started_on": "2999-01-01"}, "started_on"),
        ({"started_on": "0900-01-01"}, "started_on"),
        ({"started_on": "soon"}, "started_on"),
    ],
)
def test_errors_stand_beside_their_fields(cast, sign_in, more, field):
    page = sign_in(cast.town).post(NEW, sent(cast, **more))
    assert field in page.context["form"].errors
    assert not VillageLink.objects.exists()


def test_a_unit_is_linked_to_a_village_once_at_a_time(cast, sign_in):
    first, client = link(cast), sign_in(cast.town)
    assert "already" in str(client.post(NEW, sent(cast)).context["form"].errors)
    first.ended_on = clock.today()
    first.save()
    before = (clock.today() - timedelta(days=3)).isoformat()
    assert "started_on" in client.post(NEW, sent(cast, started_on=before)).context["form"].errors
    assert client.post(NEW, sent(cast)).status_code == 302
