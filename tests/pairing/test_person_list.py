"""People are found by name, pinyin, initials and user name; nobody sees those of other areas."""

import pytest

from pairing.models import Grant, User
from pairing.roles import P

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "/people/"


def names(answer):
    return {row.username for row in answer.context["table"].rows}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("town", {"town", "staff", "clerk", "cadre", "town_auditor"}),
        ("neighbour", {"neighbour", "neighbour_cadre"}),
        ("far", {"far", "far_cadre"}),
    ],
)
def test_each_administrator_sees_the_people_of_his_area(cast, sign_in, who, sees):
    assert names(sign_in(getattr(cast, who)).get(URL)) == sees


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "帮扶"}, {"cadre"}),
        ({"q": "zhangbang"}, {"cadre"}),
        ({"q": "zbf"}, {"cadre"}),
        ({"q": "ZHANG"}, {"cadre"}),
        ({"q": "sta"}, {"staff"}),
        ({"q": "外县"}, set()),
        ({"role": "clerk"}, {"clerk"}),
        ({"state": "shut"}, {"clerk"}),
        ({"q": "\x00", "role": "nonsense"}, {"town", "staff", "clerk", "cadre", "town_auditor"}),
    ],
)
def test_filters(cast, sign_in, filters, found):
    cast.clerk.is_active = False
    cast.clerk.save()
    answer = sign_in(cast.town).get(URL, filters)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert names(answer) == found


def test_the_filter_by_role_tells_of_no_role_elsewhere(cast, sign_in):
    """What the list does not show beside a name, no filter tells either."""
    Grant.objects.create(user=cast.cadre, role="clerk", area_id="620702102201")
    assert names(sign_in(cast.town).get(URL, {"role": "clerk"})) == {"clerk"}
    assert names(sign_in(cast.county).get(URL, {"role": "clerk"})) == {"clerk", "cadre"}


def test_only_units_of_here_count_as_there_being_units(cast, sign_in):
    assert sign_in(cast.town).get(URL).context["has_units"] is True
    assert sign_in(cast.far).get(URL).context["has_units"] is False


def test_queries_do_not_grow_with_the_list(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.county)
    client.get(URL)
    with django_assert_max_num_queries(12):
        client.get(URL)


def test_whoever_leaves_for_another_area_is_seen_there_only(cast, sign_in):
    """The administrator who ends the only role here goes back to the list; the auditor still finds the account."""
    theirs = cast.neighbour_cadre
    here = Grant.objects.create(user=theirs, role="cadre", area_id="620702101", granted_by=cast.town)
    client = sign_in(cast.town)
    assert client.get(f"/people/{theirs.public_id}/").status_code == 200
    ended = client.post(f"/grants/{here.public_id}/end/", {"reason": "went back"})
    assert (ended.status_code, ended.url) == (302, URL)
    assert "neighbour_cadre" not in names(client.get(URL))
    assert client.get(f"/people/{theirs.public_id}/").status_code == 404
    assert User.objects.visible_to(cast.town_auditor, P.AUDIT_VIEW).filter(pk=theirs.pk).exists()
