"""The link of a unit to a village ends with day and reason, and stays readable."""

import pytest

from pairing import clock
from pairing.models import AuditEvent
from tests.pairing.test_village_link_create import link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_it_ends_with_a_reason(cast, sign_in):
    row, client = link(cast), sign_in(cast.town)
    url = f"/linked-villages/{row.public_id}/end/"
    end = {"ended_on": clock.today().isoformat(), "reason": "units rearranged"}
    assert "reason" in client.post(url, end | {"reason": " "}).context["form"].errors
    assert "ended_on" in client.post(url, end | {"ended_on": "2000-01-01"}).context["form"].errors
    assert client.post(url, end).status_code == 302
    row.refresh_from_db()
    assert (row.ended_on, row.end_reason) == (clock.today(), "units rearranged")
    assert AuditEvent.objects.get(action="village_link.end").reason == "units rearranged"
    assert "units rearranged" in client.get(f"/units/{cast.unit.public_id}/").content.decode()
    assert "already ended" in str(client.post(url, end).context["form"].errors)


def test_only_where_one_pairs(cast, sign_in):
    url = f"/linked-villages/{link(cast).public_id}/end/"
    assert sign_in(cast.neighbour).get(url).status_code == 404
    assert sign_in(cast.staff).get(url).status_code == 403
    assert sign_in(cast.system).get(url).status_code == 403
