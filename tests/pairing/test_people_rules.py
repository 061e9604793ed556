"""Nobody gives or manages anything above his level or outside his area: every giver, role and place."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from pairing import rules
from pairing.actions import people
from pairing.errors import Refused
from pairing.models import Area, AuditEvent, Grant
from pairing.roles import Role
from tests.pairing.conftest import PLACES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


HOME, TOWN, OTHER_TOWN, VILLAGE = "620702", "620702101", "620702102", "620702101201"
TOWN_GIVES = {(r, TOWN) for r in ("cadre", "staff", "reader")} | {("clerk", VILLAGE)}
COUNTY_GIVES = (
    {(r, t) for r in ("cadre", "staff", "reader", "administrator") for t in (TOWN, OTHER_TOWN)}
    | {("cadre", HOME)}
    | {("clerk", VILLAGE), ("clerk", "620702102201")}
)
SYSTEM_GIVES = {("administrator", HOME)} | {
    (r, a) for r in ("leader", "auditor") for a in (HOME, TOWN, OTHER_TOWN)
}


@pytest.mark.parametrize(
    ("giver", "gives"),
    [("town", TOWN_GIVES), ("county", COUNTY_GIVES), ("system", SYSTEM_GIVES)]
    + [(who, set()) for who in ("cadre", "clerk", "staff", "leader", "auditor")],
)
def test_each_giver_gives_exactly_the_roles_of_the_table(cast, giver, gives):
    by = getattr(cast, giver)
    for role in Role.values:
        for code, _level, _name in PLACES:
            grant = Grant(user=cast.far_cadre, role=role, area=Area.objects.get(pk=code))
            assert rules.can(rules.check_can_grant, grant, by=by) is ((role, code) in gives), (role, code)


def test_nobody_changes_his_own_rights(cast):
    place = Area.objects.get(pk=TOWN)
    with pytest.raises(Refused):
        people.grant_role(person=cast.town, role="staff", area=place, by=cast.town)
    with pytest.raises(Refused):
        people.end_grant(grant=cast.county.grants.get(), reason="-", by=cast.county)
    with pytest.raises(Refused):
        people.disable_user(person=cast.county, reason="-", by=cast.county)


MANAGES = {
    "town": {"staff", "clerk", "cadre"},
    "county": {"town", "staff", "clerk", "cadre", "neighbour", "neighbour_cadre"},
    "system": {"county", "leader", "auditor", "town_auditor"},
    "neighbour": {"neighbour_cadre"},
    "far": {"far_cadre"},
    "staff": set(),
    "leader": set(),
    "auditor": set(),
}


@pytest.mark.parametrize(("giver", "reach"), MANAGES.items())
def test_each_giver_manages_exactly_the_people_whose_roles_are_his_to_give(cast, giver, reach):
    by = getattr(cast, giver)
    everybody = {name: user for name, user in vars(cast).items() if name != "unit"}
    can = {name for name, user in everybody.items() if rules.can(rules.check_can_manage, user, by=by)}
    assert can == reach


def test_a_role_elsewhere_takes_a_person_out_of_a_townships_hands(cast):
    Grant.objects.create(user=cast.cadre, role="cadre", area_id=OTHER_TOWN)
    assert not rules.can(rules.check_can_manage, cast.cadre, by=cast.town)
    assert rules.can(rules.check_can_manage, cast.cadre, by=cast.county)


def test_somebody_with_roles_of_two_givers_is_the_system_administrators(cast):
    Grant.objects.create(user=cast.cadre, role="auditor", area_id=HOME)
    assert not rules.can(rules.check_can_manage, cast.cadre, by=cast.county)
    assert rules.can(rules.check_can_manage, cast.cadre, by=cast.system)


def test_one_reader_a_township_and_each_role_once(cast):
    place = Area.objects.get(pk=TOWN)
    people.grant_role(person=cast.staff, role="reader", area=place, by=cast.town)
    with pytest.raises(Refused, match="reader"):
        people.grant_role(person=cast.cadre, role="reader", area=place, by=cast.town)
    with pytest.raises(Refused, match="already"):
        people.grant_role(person=cast.cadre, role="cadre", area=place, by=cast.town)


def test_a_village_clerk_is_no_reader_of_restricted_parts(cast):
    """They bypass the village, whoever gives the roles and in whichever order."""
    place, village = Area.objects.get(pk=TOWN), Area.objects.get(pk=cast.clerk.grants.get().area_id)
    with pytest.raises(Refused, match="clerk"):
        people.grant_role(person=cast.clerk, role="reader", area=place, by=cast.town)
    people.grant_role(person=cast.staff, role="reader", area=place, by=cast.town)
    with pytest.raises(Refused, match="clerk"):
        people.grant_role(person=cast.staff, role="clerk", area=village, by=cast.town)


def test_the_end_of_a_duty_waits_for_who_is_pairing_its_holder(cast):
    """Else a pairing could begin while the duty ends, and its helper see a household without one."""
    with CaptureQueriesContext(connection) as queries:
        people.end_grant(grant=cast.cadre.grants.get(), reason="moved", by=cast.town)
    locking = [q["sql"] for q in queries if "FOR UPDATE" in q["sql"]]
    assert 'FROM "pairing_user"' in locking[0]


def test_a_role_ended_today_can_be_given_again_today(cast):
    place = Area.objects.get(pk=TOWN)
    people.end_grant(grant=cast.cadre.grants.get(), reason="moved", by=cast.town)
    people.grant_role(person=cast.cadre, role="cadre", area=place, by=cast.town)
    assert cast.cadre.grants.count() == 2


def test_a_refused_action_leaves_nothing(cast):
    before = AuditEvent.objects.count(), Grant.objects.count()
    with pytest.raises(Refused):
        people.create_user(
            name="新人",
            area=Area.objects.get(pk=TOWN),
            role="administrator",
            role_area=Area.objects.get(pk=TOWN),
            by=cast.town,
        )
    assert (AuditEvent.objects.count(), Grant.objects.count()) == before


def test_user_names_come_from_pinyin_and_do_not_collide(cast):
    place = Area.objects.get(pk=TOWN)
    names = [
        people.create_user(name=name, area=place, role="cadre", role_area=place, by=cast.town).username
        for name in ("张伟", "张伟", "单红梅")
    ]
    assert names == ["zhangwei", "zhangwei2", "shanhongmei"]
