"""Changes waiting for review, and one's own."""

from households.actions.pairings import end_pairing
from households.forms.changes import what_changes
from households.models import ChangeRequest
from pairing import clock
from tests.cast import World, canary

URL = "/changes/"


def test_reviewers_see_their_area_and_others_their_own(world: World):
    page = world.client("reviewer").get(URL).content.decode()
    assert canary("own", "head") in page
    assert canary("other_township", "head") not in page
    assert canary("own", "head") not in world.client("reviewer").get(URL + "?show=mine").content.decode()
    assert canary("own", "head") in world.client("staff").get(URL + "?show=mine").content.decode()
    assert canary("own", "head") not in world.client("cadre").get(URL).content.decode()


def test_ones_own_about_a_file_out_of_reach_by_now_are_gone(world: World):
    cadre, request, pairing = world.people["cadre"], world.requests["own"], world.pairings["own"]
    ChangeRequest.everything.filter(pk=request.pk).update(proposed_by=cadre, state="returned")
    pages = (URL + "?show=mine", f"/changes/{request.public_id}/", f"/changes/{request.public_id}/edit/")
    client = world.client("cadre")
    assert [canary("own", "head") in client.get(page).content.decode() for page in pages] == [True] * 3
    admin = world.people["township_admin"]
    end_pairing(pairing=pairing, ended_on=clock.today(), reason="transferred", by=admin)
    assert [canary("own", "head") in client.get(page).content.decode() for page in pages] == [False] * 3
    assert [client.get(page).status_code for page in pages] == [200, 404, 404]


def test_roles_without_changes_are_refused(world: World):
    for who in ("leader", "auditor", "system", "nobody"):
        assert world.client(who).get(URL).status_code == 403


def test_it_says_what_changes_before_one_opens_a_request(world: World):
    facts = [what_changes(request) for request in world.requests.values()]
    pages = [world.client("reviewer").get(url).content.decode() for url in (URL, "/queue/?tab=changes")]
    assert all(facts)
    for page in pages:
        assert what_changes(world.requests["own"]) in page


def test_nobody_is_asked_to_review_his_own(world: World):
    staff = world.client("staff")
    assert [row.proposed_by for row in staff.get(URL).context["pager"].rows] == []
    assert len(staff.get(URL + "?show=mine").context["pager"].rows) > 0
