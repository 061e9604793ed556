"""One visit as it was written; the restricted part for its few readers, and one audit row that says so."""

import pytest
from django.urls import reverse

from households.actions.pairings import pair
from pairing import clock
from pairing.models import Grant
from pairing.models.audit import AuditEvent
from pairing.roles import Role
from tests import cast
from tests.visits.logged import visit as made
from visits.actions.problems import ProblemInput


def page(world, who, visit):
    return world.client(who).get(reverse("visits:visit_detail", args=[visit.public_id]))


@pytest.mark.parametrize(
    ("who", "reads"), [("cadre", True), ("staff", False), ("clerk", False), ("township_admin", False)]
)
def test_the_restricted_part_is_for_its_author_not_for_the_office(world, who, reads):
    visit = made(world, restricted="家里有难处", problems=[ProblemInput("complaint", "对村里有意见", "mine")])
    answer = page(world, who, visit)
    assert answer.status_code == 200
    assert ("家里有难处" in answer.content.decode()) is reads
    assert AuditEvent.objects.latest("pk").fields == (["restricted"] if reads else [])
    assert ("对村里有意见" in answer.content.decode()) is (who != "clerk")  # bypasses the village


def test_a_clerk_who_helps_elsewhere_stays_a_clerk_here(world):
    clerk = world.people["clerk"]
    Grant.objects.create(user=clerk, role=Role.CADRE, area_id=cast.TOWNSHIP)
    visit = made(world, problems=[ProblemInput("complaint", "对村里有意见", "mine")])
    file = f"/households/{visit.household.public_id}/"
    assert "对村里有意见" not in page(world, "clerk", visit).content.decode()
    assert "对村里有意见" not in world.client("clerk").get(file).content.decode()
    pair(
        household=visit.household,
        cadre=clerk,
        started_on=clock.today(),
        role="second",
        by=world.people["township_admin"],
    )
    assert "对村里有意见" in page(world, "clerk", visit).content.decode()
    assert "对村里有意见" in world.client("clerk").get(file).content.decode()


def test_out_of_scope_is_404_and_auditors_are_403(world):
    visit = made(world)
    expected = {"other_staff": 404, "other_cadre": 404, "far_admin": 404, "auditor": 403, "leader": 403}
    assert {who: page(world, who, visit).status_code for who in expected} == expected
