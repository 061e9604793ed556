"""The clerk's form: the same questions without the restricted part; the helper confirms; once a slip."""

import pytest
from django.urls import reverse

from pairing import clock
from pairing.errors import Refused
from visits.actions.corrections import withdraw_visit
from visits.actions.slips import print_slips
from visits.actions.visits import VisitInput, save_visit
from visits.models import Slip, Visit


@pytest.fixture
def slip(world):
    cadre = world.people["cadre"]
    return print_slips(households=[world.files["own"]], cadre=cadre, by=cadre)[0]


def body(world, slip, **more):
    return {
        "client_id": str(slip.public_id),
        "visited_on": clock.today().isoformat(),
        "method": "home",
        "met": [str(world.heads["own"].person.public_id)],
        "said": "收成好。",
    } | more


def test_a_clerk_types_and_the_helper_is_asked(world, slip):
    client, url = world.client("clerk"), reverse("visits:visit_enter", args=[slip.public_id])
    page = client.get(url).content.decode()
    assert "canary-own-head" in page
    assert 'name="restricted"' not in page
    assert "629999" not in page
    sent = body(world, slip, restricted="偷偷写一句")
    assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302]
    visit = Visit.everything.get()
    assert (visit.author, visit.visited_by) == (world.people["clerk"], world.people["cadre"])
    assert visit.confirmed_at is None
    assert not visit.has_restricted
    assert client.get(url).status_code == 403  # one slip, one visit


def test_two_who_opened_the_same_slip_do_not_both_enter_it(world, slip):
    common = {"visited_on": clock.today(), "met_others": "户主", "said": "收成好。"}
    cadre = world.people["cadre"]

    def enter(who):
        visit = VisitInput(client_id=slip.public_id, **common)
        same = Slip.everything.get(pk=slip.pk) if who == "clerk" else slip  # read before the other one saved
        return save_visit(
            household=slip.household, visit=visit, visited_by=cadre, slip=same, by=world.people[who]
        )

    first = enter("clerk")
    with pytest.raises(Refused):
        enter("staff")
    assert list(Visit.everything.all()) == [first]


def test_wrong_input_stays_and_other_places_are_404(world, slip):
    url = reverse("visits:visit_enter", args=[slip.public_id])
    wrong = world.client("staff").post(url, body(world, slip, said="", met_others="邻居"))
    assert wrong.status_code == 422
    assert "邻居" in wrong.content.decode()
    assert world.client("other_staff").get(url).status_code == 404
    assert world.client("cadre").get(url).status_code == 403


def test_a_withdrawn_visit_leaves_its_slip_free(world, slip):
    client, url = world.client("clerk"), reverse("visits:visit_enter", args=[slip.public_id])
    client.post(url, body(world, slip))
    wrong = Visit.everything.get()
    withdraw_visit(visit=wrong, reason="填错了", by=world.people["clerk"])
    number = {"number": slip.number}
    assert client.post(reverse("visits:slip_enter"), number)["Location"] == url
    form = client.get(url).context["form"]
    fresh = body(world, slip, client_id=str(form["client_id"].value()), said="收成一般。")
    assert [client.post(url, fresh).status_code for _ in range(2)] == [302, 302]
    assert Visit.everything.exclude(pk=wrong.pk).get().said == "收成一般。"
    assert client.get(url).status_code == 403
