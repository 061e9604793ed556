"""Getting in and staying in: lock-outs, silence about accounts, sessions, second factors, other sites."""

import pytest
from django.urls import reverse

from tests.pairing.conftest import PASSWORD

LOGIN = "/account/login/"


def attempt(client, name, password="wrong password here", address="10.0.0.1", **headers):
    return client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address, **headers)


@pytest.mark.django_db
def test_a_cadre_signs_in_by_user_name_or_phone(client, cast):
    cast.cadre.phone = "13893600001"
    cast.cadre.save()
    for name in ("cadre", "CADRE ", "13893600001", "138 9360 0001"):
        client.logout()
        answer = attempt(client, name, PASSWORD)
        assert answer.status_code == 302, name
        assert client.session["_auth_user_id"] == str(cast.cadre.pk)
        assert "13893600001" not in str(dict(client.session))
