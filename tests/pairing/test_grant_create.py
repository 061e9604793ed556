"""Give a further role from the page, and end it with a reason."""

import pytest

from pairing.models import Grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_give_and_end(cast, sign_in):
    client = sign_in(cast.town)
    url = f"/people/{cast.cadre.public_id}/grants/new/"
    assert client.post(url, {"role": "clerk", "role_area": "620702101201"}).status_code == 302
    grant = Grant.objects.get(user=cast.cadre, role="clerk")
    end = f"/grants/{grant.public_id}/end/"
    assert client.post(end, {"reason": ""}).context["form"].errors["reason"]
    assert client.post(end, {"reason": "调整分工"}).status_code == 302
    grant.refresh_from_db()
    assert grant.ended_on
    assert grant.ended_by == cast.town
    assert "already" in str(client.post(end, {"reason": "再来"}).context["form"].errors)


def test_only_what_one_may_give_is_offered(cast, sign_in):
    form = sign_in(cast.town).get(f"/people/{cast.cadre.public_id}/grants/new/").context["form"]
    assert {value for value, _label in form.fields["role"].choices} == {
        "",
        "cadre",
        "clerk",
        "staff",
        "reader",
    }
    offered = set(form.fields["role_area"].queryset.values_list("code", flat=True))
    assert offered == {"620702101", "620702101201"}


@pytest.mark.parametrize(
    ("role", "area"), [("staff", "620702102"), ("auditor", "620702101"), ("administrator", "620702101")]
)
def test_what_is_not_offered_is_not_taken(cast, sign_in, role, area):
    url = f"/people/{cast.cadre.public_id}/grants/new/"
    assert sign_in(cast.town).post(url, {"role": role, "role_area": area}).status_code == 200
    assert not Grant.objects.filter(user=cast.cadre, role=role).exists()
