"""One visit as it was written; the restricted part for its few readers, and one audit row that says so."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from households.actions.pairings import pair
from pairing import clock
from pairing.models import Grant
from pairing.models.audit import AuditEvent
from pairing.roles import Role
from tests import cast
from tests.visits.logged import visit as made
from visits.actions.counters import recount
from visits.actions.problems import ProblemInput
from visits.actions.promises import add_promise
from visits.actions.reading import Question, ask
from visits.actions.slips import print_slips
from visits.actions.visits import PromiseInput
from visits.models import Promise


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


def test_what_belongs_to_a_restricted_problem_bypasses_the_village_too(world):
    """The promise that was made for it, on each page where a clerk meets promises and on the slip, and questions."""
    problems = [ProblemInput("complaint", "对村里有意见", "mine")]
    promises = [PromiseInput("把意见带给镇长", clock.today() + timedelta(days=1), for_problem=True)]
    visit = made(world, problems=problems, promises=promises)
    asked = [
        Question("problem", "书记哪里不好"),
        Question("facts", "肝病何时确诊"),
        Question("promise", "镇长怎么答的"),
        Question("said", "哪一天"),
    ]
    ask(visit=visit, questions=asked, by=world.people["staff"])
    cadre = world.people["cadre"]
    slip = print_slips(households=[world.files["own"]], cadre=cadre, by=cadre)[0]
    file, enter = (
        f"/households/{visit.household.public_id}/",
        reverse("visits:visit_enter", args=[slip.public_id]),
    )
    clerk, staff = world.client("clerk"), world.client("staff")
    for path in (file, enter):
        assert "把意见带给镇长" not in clerk.get(path).content.decode(), path
        assert "把意见带给镇长" in staff.get(path).content.decode(), path
    register = reverse("households:household_list") + "?state=promise"
    head = visit.household.head_name
    assert head not in clerk.get(register).content.decode()
    add_promise(visit.household, "修路", clock.today() + timedelta(days=9), clock.today(), cadre)
    recount([visit.household_id])
    assert head in clerk.get(register).content.decode()
    text = page(world, "clerk", visit).content.decode()
    assert not [
        words for words in ("把意见带给镇长", "书记哪里不好", "肝病何时确诊", "镇长怎么答的") if words in text
    ]
    assert "哪一天" in text
    answer = {
        "client_id": str(slip.public_id),
        "visited_on": str(clock.today()),
        "method": "home",
        "said": "好",
    }
    key = f"answer-{visit.promises.get().public_id}"
    sent = answer | {"met_others": "户主", f"{key}-word": "kept", f"{key}-done_what": "带到了"}
    clerk.post(enter, sent)
    assert visit.promises.get().state == Promise.State.OPEN
    paper = world.client("cadre").post(
        reverse("visits:slip_print"), {"households": [str(world.files["own"].public_id)]}
    )
    assert "带给镇长" not in PdfReader(io.BytesIO(paper.content)).pages[0].extract_text().replace("\n", "")


def test_out_of_scope_is_404_and_auditors_are_403(world):
    visit = made(world)
    expected = {"other_staff": 404, "other_cadre": 404, "far_admin": 404, "auditor": 403, "leader": 403}
    assert {who: page(world, who, visit).status_code for who in expected} == expected
