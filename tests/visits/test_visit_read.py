"""Reading a visit: on to the next one, a question at its field, the restricted part for its few readers."""

import pytest
from django.urls import reverse

from households.actions.pairing_changes import Assignment
from households.actions.pairings import end_pairing, pair, pair_roster
from pairing import clock
from pairing.models import AuditEvent, Grant
from tests import cast
from tests.visits import made
from visits.models import Visit, VisitQuestion

pytestmark = pytest.mark.django_db
SECRET = "what nobody else may read"


@pytest.fixture
def world():
    return cast.build()


def url(visit):
    return reverse("visits:visit_read", args=[visit.public_id])


def test_read_goes_on_to_the_next_and_at_the_end_to_the_queue(world):
    first, second = (made.visit(world.files[p], world.people["cadre"]) for p in ("own", "ended"))
    client = world.client("staff")
    done = client.post(url(first), {"version": 1, "read": "yes"})
    assert done.url == url(second)
    assert client.post(url(second), {"version": 1, "read": "yes"}).url == reverse("visits:queue_list")
    assert set(Visit.everything.values_list("state", "read_by")) == {("read", world.people["staff"].pk)}


def test_a_question_stands_at_its_field(world):
    visit = made.visit(world.files["own"], world.people["cadre"])
    world.client("staff").post(url(visit), {"version": 1, "ask": "yes", "ask_said": "since when?"})
    question = VisitQuestion.everything.get(visit=visit)
    assert (question.field, question.question) == ("said", "since when?")


def test_a_written_question_is_not_lost_by_the_wrong_button_nor_an_empty_one_sent(world):
    visit = made.visit(world.files["own"], world.people["cadre"])
    client = world.client("staff")
    page = client.post(url(visit), {"version": 1, "read": "yes", "ask_said": "since when?"})
    assert page.status_code == 422
    assert "since when?" in page.content.decode()
    assert client.post(url(visit), {"version": 1, "ask": "yes"}).status_code == 422
    assert Visit.everything.get().state == "to_read"


def test_a_stale_page_is_409_with_both_texts(world):
    visit = made.visit(world.files["own"], world.people["cadre"])
    world.client("reviewer").post(url(visit), {"version": 1, "read": "yes"})
    page = world.client("staff").post(url(visit), {"version": 1, "ask": "yes", "ask_said": "since when?"})
    assert page.status_code == 409
    assert "since when?" in page.content.decode()
    assert VisitQuestion.everything.count() == 0


def test_enter_in_the_line_of_a_question_asks_and_in_an_empty_one_does_not_read(world):
    visit = made.visit(world.files["own"], world.people["cadre"])
    client = world.client("staff")
    assert client.post(url(visit), {"version": 1}).status_code == 422
    assert Visit.everything.get().state == "to_read"
    assert client.post(url(visit), {"version": 1, "ask_said": "since when?"}).status_code == 302
    assert Visit.everything.get().state == "asked"


def test_what_a_colleague_has_read_meanwhile_does_not_stop_the_row(world):
    first, second, third = (
        made.visit(world.files[p], world.people["cadre"]) for p in ("own", "ended", "own")
    )
    world.client("reviewer").post(url(first), {"version": 1, "read": "yes"})
    client = world.client("staff", **{"accept-language": "en"})
    page = client.post(url(first), {"version": 1, "read": "yes"}, follow=True)
    assert page.redirect_chain == [(url(second), 302)]
    assert "Somebody else has read it meanwhile. 2 more to read." in page.content.decode()
    first.refresh_from_db()
    assert (first.read_by, third.read_by) == (world.people["reviewer"], None)


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999"])
def test_a_broken_version_is_refused_without_a_word_lost(world, version):
    visit = made.visit(world.files["own"], world.people["cadre"])
    page = world.client("staff").post(
        url(visit), {"version": version, "ask": "yes", "ask_said": "since when?"}
    )
    assert page.status_code == 422
    assert "since when?" in page.content.decode()


def test_the_restricted_part_is_for_author_successor_and_named_reader(world):
    """Whoever may open the page sees that there is one; only the few see the words, and it is recorded."""
    visit = made.visit(world.files["own"], world.people["cadre"], restricted=SECRET, has_restricted=True)
    for who in ("staff", "township_admin", "county_admin"):
        page = world.client(who).get(url(visit))
        assert page.status_code == 200
        assert SECRET not in page.content.decode()
        assert AuditEvent.objects.latest("pk").fields == []
    reviewer = world.people["reviewer"]
    Grant.objects.filter(user=world.people["reader"]).update(user=reviewer)
    assert SECRET in world.client("reviewer").get(url(visit)).content.decode()
    assert AuditEvent.objects.latest("pk").fields == ["restricted"]
    Grant.objects.filter(user=world.people["clerk"], role="clerk").update(user=reviewer)
    Grant.objects.filter(user=reviewer).exclude(role__in=["clerk", "reader"]).update(
        user=world.people["clerk"]
    )
    in_village = world.client("reviewer").get(reverse("visits:visit_detail", args=[visit.public_id]))
    assert in_village.status_code == 200
    assert SECRET not in in_village.content.decode()
    detail = reverse("visits:visit_detail", args=[visit.public_id])
    assert SECRET in world.client("cadre").get(detail).content.decode()
    end_pairing(
        pairing=world.pairings["own"],
        ended_on=clock.today(),
        reason="retired",
        by=world.people["county_admin"],
    )
    assert world.client("cadre").get(detail).status_code == 404
    successor = Grant.objects.get(user=world.people["other_cadre"])
    Grant.objects.filter(pk=successor.pk).update(area=cast.TOWNSHIP)
    pair(
        household=world.files["own"], cadre=world.people["other_cadre"], started_on=clock.today(),
        by=world.people["county_admin"],
    )  # fmt: skip
    assert SECRET in world.client("other_cadre").get(detail).content.decode()


def test_a_second_helper_beside_the_author_is_no_successor(world):
    """He reads the restricted part when he takes the author's place, and not before."""
    visit = made.visit(world.files["own"], world.people["cadre"], restricted=SECRET, has_restricted=True)
    admin, second = world.people["county_admin"], world.people["other_cadre"]
    Grant.objects.filter(user=second).update(area=cast.TOWNSHIP)
    today, detail = clock.today(), reverse("visits:visit_detail", args=[visit.public_id])
    pair(household=world.files["own"], cadre=second, started_on=today, role="second", by=admin)
    for _author in ("there", "gone"):
        assert SECRET not in world.client("other_cadre").get(detail).content.decode()
        if _author == "there":
            end_pairing(pairing=world.pairings["own"], ended_on=today, reason="retired", by=admin)
    pair_roster(assignments=[Assignment(world.files["own"], second)], started_on=today, by=admin)
    assert SECRET in world.client("other_cadre").get(detail).content.decode()


def test_out_of_scope_is_not_found(world):
    visit = made.visit(world.files["other_township"], world.people["other_cadre"])
    client = world.client("staff")
    assert client.get(url(visit)).status_code == 404
    assert client.post(url(visit), {"version": 1, "read": "yes"}).status_code == 404
    assert world.client("cadre").get(url(visit)).status_code == 403


def test_nobody_is_asked_at_a_visit_of_a_closed_file(world):
    visit = made.visit(world.files["closed"], world.people["cadre"])
    client = world.client("staff")
    page = client.get(url(visit)).content.decode()
    assert ('name="read"' in page, 'name="ask"' in page) == (True, False)
    asked = client.post(url(visit), {"version": 1, "ask": "yes", "ask_said": "since when?"})
    assert asked.status_code == 422
    assert client.post(url(visit), {"version": 1, "read": "yes"}).status_code == 302


def test_whom_the_helper_met_stands_by_name_with_a_line_to_ask(world):
    head = world.heads["own"].person
    visit = made.visit(
        world.files["own"], world.people["cadre"], met=[str(head.public_id)], met_others="邻居"
    )
    page = world.client("staff").get(url(visit)).content.decode()
    assert f"<p>{head.name}、邻居</p>" in page
    assert 'name="ask_met"' in page
