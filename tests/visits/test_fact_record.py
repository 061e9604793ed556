"""A changed fact told at a visit goes into the file in one step, and the visit says so."""

import pytest
from django.urls import reverse

from households.models import ChangeRequest, HouseholdYear, PersonYear
from pairing import clock
from pairing.models import AuditEvent
from tests.visits import logged
from visits.actions import recording
from visits.actions.facts import Fact
from visits.models import Visit
from visits.sections.subjects import subject_of

YEAR = clock.today().year


@pytest.fixture
def told(world):
    """What each kind of fact of the file has become: kind to key, told at one visit."""
    file, head = world.files["own"], world.heads["own"].person
    PersonYear.everything.filter(person=head).update(
        year=YEAR - 1,
        health=["chronic"],
        labour="weak",
        work_place="county",
        work_months=4,
        schooling="primary",
    )
    HouseholdYear.everything.filter(household=file).update(year=YEAR - 1, housing_grade="A", water_safe=True)
    facts = [fact for fact in subject_of(file, day=clock.today()).facts if not fact.key.startswith("absence")]
    visit = logged.visit(world, facts=[Fact(f.key, f.sentence, False, "不一样了") for f in facts])
    return visit, {fact.key.partition("-")[0]: fact.key for fact in facts}


def url(visit: Visit, key: str) -> str:
    return reverse("visits:fact_record", args=[visit.public_id, key])


def test_every_fact_that_the_form_asks_about_has_its_place(world, told):
    visit, keys = told
    page = world.client("staff").get(reverse("visits:visit_read", args=[visit.public_id])).content.decode()
    assert len(keys) == 4  # five are asked about, one of them who is away
    assert all(url(visit, key) in page for key in keys.values())
    assert set(keys) | {"water"} == recording.OF_PERSON.keys() | recording.OF_HOUSEHOLD.keys()


def test_a_persons_fact_is_recorded_for_the_year_of_the_visit_and_the_visit_says_so(world, told):
    visit, keys = told
    client, head = world.client("staff"), world.heads["own"].person
    page = client.get(url(visit, keys["health"])).content.decode()
    assert "不一样了" in page
    assert list(client.get(url(visit, keys["health"])).context["form"].fields) == ["health", "labour"]
    rows = AuditEvent.objects.count()
    answer = client.post(url(visit, keys["health"]), {"health": ["serious"], "labour": "none"})
    assert answer.url == reverse("visits:visit_read", args=[visit.public_id])
    assert AuditEvent.objects.count() == rows + 1
    row = PersonYear.everything.get(person=head, year=YEAR)
    assert (row.health, row.labour, row.work_place, row.work_months) == (["serious"], "none", "county", 4)
    assert (row.known_on, row.fact_source) == (visit.visited_on, "household")
    assert PersonYear.everything.get(person=head, year=YEAR - 1).health == ["chronic"]
    page = client.get(answer.url).content.decode()
    assert "已记入户档案" in page
    assert url(visit, keys["health"]) not in page


def test_a_households_fact_carries_no_income_into_the_new_year(world, told):
    visit, keys = told
    asked = ChangeRequest.everything.count()
    client = world.client("township_admin")
    sent = {"housing_grade": "D", "dangerous_housing": "yes"}
    assert client.post(url(visit, keys["housing"]), sent).status_code == 302
    row = HouseholdYear.everything.get(household=visit.household, year=YEAR)
    assert (row.housing_grade, row.dangerous_housing, row.per_head_income) == ("D", True, None)
    assert (row.household_type, row.known_on) == ("lifted", visit.visited_on)
    assert ChangeRequest.everything.count() == asked


def test_once_only_and_only_while_visit_file_and_member_stand(world, told):
    visit, keys = told
    client, sent = world.client("staff"), {"health": ["serious"], "labour": "none"}
    assert client.get(url(visit, "health-00000000-0000-4000-8000-000000000000")).status_code == 404
    assert client.post(url(visit, keys["health"]), sent).status_code == 302
    assert client.post(url(visit, keys["health"]), sent).status_code == 403
    assert client.get(url(visit, keys["work"])).status_code == 200
    world.heads["own"].left_on = clock.today()
    world.heads["own"].save(update_fields=["left_on"])
    assert client.get(url(visit, keys["work"])).status_code == 403
    Visit.everything.filter(pk=visit.pk).update(state="withdrawn")
    assert client.get(url(visit, keys["housing"])).status_code == 403
    assert world.client("clerk").get(url(visit, keys["housing"])).status_code == 403
    assert world.client("other_staff").get(url(visit, keys["housing"])).status_code == 404


def test_a_mistake_stands_at_its_field_and_nothing_is_recorded(world, told):
    visit, keys = told
    page = world.client("staff").post(
        url(visit, keys["health"]), {"health": ["healthy", "chronic"], "labour": "x"}
    )
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"health", "labour"})
    assert not visit.effects.exists()


@pytest.mark.parametrize(
    "key", ["health-x", "health-", "../x", "income-00000000-0000-4000-8000-000000000000", ""]
)
def test_a_key_that_nobody_made_is_shown_and_leads_nowhere(world, key):
    visit = logged.visit(world, facts=[Fact(key, "a fact", False, "changed")])
    page = world.client("staff").get(reverse("visits:visit_read", args=[visit.public_id]))
    assert page.status_code == 200
    assert "/facts/" not in page.content.decode()
