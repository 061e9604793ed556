"""One person's page offers what the reader may do, and says why where he may not."""

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_what_a_township_administrator_may_do(cast, sign_in):
    client = sign_in(cast.town)
    page = client.get(f"/people/{cast.cadre.public_id}/").content.decode()
    for action in ("edit", "invitation", "disable", "sign-out", "second-factor", "grants/new"):
        assert f"/people/{cast.cadre.public_id}/{action}/" in page
    page = client.get(f"/people/{cast.town_auditor.public_id}/").content.decode()
    assert "not yours to give" in page
    assert "disable" not in page


def test_roles_elsewhere_are_not_shown(cast, sign_in):
    cast.cadre.grants.create(role="cadre", area_id="620721101")
    page = sign_in(cast.town).get(f"/people/{cast.cadre.public_id}/").content.decode()
    assert "红湾寺镇" not in page
    assert "not yours to give" in page


@pytest.mark.parametrize("deed", ["sign-out", "enable"])
def test_refused_deeds_say_why(cast, sign_in, deed):
    answer = sign_in(cast.town).post(f"/people/{cast.town_auditor.public_id}/{deed}/", follow=True)
    assert "not yours to give" in answer.content.decode()


def test_the_phone_is_there_and_masked(cast, sign_in):
    cast.cadre.phone = "19900001234"
    cast.cadre.save(update_fields=["phone", "phone_hmac"])
    page = sign_in(cast.town).get(f"/people/{cast.cadre.public_id}/").content.decode()
    assert "199•" in page
    assert "19900001234" not in page
