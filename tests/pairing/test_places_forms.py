"""A place in a county or a province is chosen a level at a time; a step saves nothing and loses nothing."""

import pytest

from pairing.forms import places
from pairing.models import Grant, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _long(monkeypatch):
    monkeypatch.setattr(places, "MOST_AT_ONCE", 2)


def offered(page):
    return [value for value, _label in page.context["form"].fields["role_area"].choices if value]


def test_one_level_is_shown_and_steps_lead_down_and_up(cast, sign_in):
    client = sign_in(cast.county)
    assert offered(client.get("/people/new/")) == ["620702", "620702101", "620702102"]
    typed = {
        "name": "新来的",
        "duty": "teacher",
        "role": "clerk",
        "role_area": "620702101",
        "within": "620702",
    }
    people = User.objects.count()
    page = client.post("/people/new/", typed | {"place_step": "below"})
    assert (page.status_code, User.objects.count()) == (200, people)
    assert offered(page) == ["620702101", "620702101201"]
    assert not page.context["form"].errors
    assert "新来的" in page.content.decode()
    again = client.post("/people/new/", typed | {"place_step": "above", "within": "620702101"})
    assert offered(again) == ["620702", "620702101", "620702102"]
    done = client.post("/people/new/", typed | {"role_area": "620702101201", "within": "620702101"})
    assert done.status_code == 302
    assert Grant.objects.filter(user__name="新来的", area="620702101201", role="clerk").exists()


@pytest.mark.parametrize("within", ["6207", "620721", "x", "6207021012011", "620702101201"])
def test_no_step_leads_out_of_the_area(cast, sign_in, within):
    page = sign_in(cast.county).post("/people/new/", {"within": within, "place_step": "x"})
    assert all(code.startswith("620702") for code in offered(page))
    page = sign_in(cast.county).post("/people/new/", {"within": within, "place_step": "above"})
    assert all(code.startswith("620702") for code in offered(page))
    page = sign_in(cast.county).post("/people/new/", {"role_area": within, "place_step": "below"})
    assert all(code.startswith("620702") for code in offered(page))


def test_no_level_below_those_of_the_form_is_offered(cast, sign_in, monkeypatch):
    monkeypatch.setattr(places, "MOST_AT_ONCE", 1)
    page = sign_in(cast.county).post("/units/new/", {"area": "620702101201", "name": "某单位"})
    assert "area" in page.context["form"].errors
    assert {code for code, _label in page.context["form"].fields["area"].choices} == {"", "620702101"}
