"""Shut an account at once and open it again; the reason is kept."""

import pytest

from pairing.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_shut_and_open(cast, sign_in, client):
    url = f"/people/{cast.cadre.public_id}/"
    sign_in(cast.town)
    assert client.post(url + "disable/", {"reason": ""}).context["form"].errors["reason"]
    assert client.post(url + "disable/", {"reason": "手机丢失"}).status_code == 302
    cast.cadre.refresh_from_db()
    assert not cast.cadre.is_active
    assert cast.cadre.grants.get().ended_on is None
    assert AuditEvent.objects.get(action="person.disable").reason == "手机丢失"
    assert "already" in str(client.post(url + "disable/", {"reason": "again"}).context["form"].errors)
    client.post(url + "enable/")
    cast.cadre.refresh_from_db()
    assert cast.cadre.is_active
