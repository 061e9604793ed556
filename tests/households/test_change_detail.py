"""Reviewing a change: old beside new, field by field, by a second person."""

from households.actions.changes import FieldChange, propose_change
from households.models import ChangeField, ChangeRequest, Household, HouseholdYear
from households.models.scoped import codes_of
from pairing import clock, codelists
from pairing.fields import DOTS
from pairing.models import Grant
from pairing.roles import Role
from tests.cast import OTHER_TOWNSHIP, World, canary

ENGLISH = {"accept-language": "en"}


def url(world: World, position: str = "area") -> str:
    return f"/changes/{world.requests[position].public_id}/"


def field(world: World) -> ChangeField:
    return world.requests["area"].changes.get()


def ticked(world: World, tick: str, **more: str) -> dict[str, str]:
    return {"version": "1", f"field_{field(world).public_id}": tick, "step": "decide", **more}


def test_an_approved_field_is_written_at_once(world: World):
    answer = world.client("reviewer").post(url(world), ticked(world, "approve"))
    assert answer.status_code == 302
    file = Household.everything.get(pk=world.files["area"].pk)
    assert (file.bank_name, file.version) == (canary("area", "new"), 2)
    assert field(world).decision == ChangeField.Decision.APPROVED
    request = ChangeRequest.everything.get(pk=world.requests["area"].pk)
    assert (request.state, request.decided_by) == ("decided", world.people["reviewer"])


def test_the_history_tells_why_an_approved_field_changed(world: World):
    world.client("reviewer").post(url(world), ticked(world, "approve"))
    page = world.client("reviewer").get(f"/households/{world.files['area'].public_id}/history/")
    reason = codelists.label("change_reason", world.requests["area"].reason)
    assert reason in [step.reason for step in page.context["steps"]]


def test_the_next_request_follows_and_at_the_end_the_list(world: World):
    rest = ChangeRequest.everything.exclude(pk__in=[world.requests[p].pk for p in ("area", "own")])
    rest.update(state="withdrawn")
    client = world.client("reviewer", **{"accept-language": "en"})
    answer = client.post(url(world), ticked(world, "approve"), follow=True)
    assert answer.redirect_chain == [(url(world, "own"), 302)]
    assert "1 more to review." in answer.content.decode()
    own = world.requests["own"].changes.get()
    data = {"version": "1", f"field_{own.public_id}": "approve", "step": "decide"}
    assert client.post(url(world, "own"), data).url == "/changes/"


def test_nobody_reviews_his_own_request(world: World):
    page = world.client("staff").get(url(world))
    assert page.context["form"] is None
    assert world.client("staff").post(url(world), ticked(world, "approve")).status_code == 403
    assert Household.everything.get(pk=world.files["area"].pk).version == 1


def test_a_value_that_moved_is_blocked_and_both_are_shown(world: World):
    Household.everything.filter(pk=world.files["area"].pk).update(bank_name="中途改过的银行")
    page = world.client("reviewer").get(url(world)).content.decode()
    assert "中途改过的银行" in page
    world.client("reviewer").post(url(world), ticked(world, "approve"))
    assert field(world).decision == ChangeField.Decision.BLOCKED
    assert Household.everything.get(pk=world.files["area"].pk).bank_name == "中途改过的银行"


def test_the_whole_list_is_decided_and_a_refusal_has_a_reason(world: World):
    client = world.client("reviewer")
    for data, where in ((ticked(world, ""), "field_"), (ticked(world, "refuse"), "remark_")):
        page = client.post(url(world), data)
        assert f"{where}{field(world).public_id}" in page.context["form"].errors
    remark = {f"remark_{field(world).public_id}": "存折上不是这家银行"}
    client.post(url(world), ticked(world, "refuse", **remark))
    assert field(world).decision == ChangeField.Decision.REFUSED
    assert Household.everything.get(pk=world.files["area"].pk).version == 1


def test_it_is_returned_once_with_all_remarks(world: World):
    client, data = world.client("reviewer"), {"version": "1", "step": "return", "remark": "请附存折照片页"}
    client.post(url(world), data)
    assert ChangeRequest.everything.get(pk=world.requests["area"].pk).state == "returned"
    ChangeRequest.everything.filter(pk=world.requests["area"].pk).update(state="waiting", round=2)
    page = client.post(url(world), {**data, "version": "2"})
    assert page.context["form"].non_field_errors()


def test_a_stale_review_is_409(world: World):
    ChangeRequest.everything.filter(pk=world.requests["area"].pk).update(version=5)
    assert world.client("reviewer").post(url(world), ticked(world, "approve")).status_code == 409


def test_scope(world: World):
    assert world.client("reviewer").get(url(world, "other_township")).status_code == 404
    assert world.client("cadre").get(url(world, "own")).status_code == 404
    assert world.client("leader").get(url(world)).status_code == 403


def test_a_reviewer_elsewhere_is_a_helper_here(world: World):
    """He reads his own request without a way to numbers, and is told that only a reviewer of this area decides."""
    cadre, file = world.people["cadre"], world.files["own"]
    Grant.objects.create(user=cadre, role=Role.STAFF, area_id=OTHER_TOWNSHIP)
    name = FieldChange("person", "name", "王小明", world.heads["own"].person)
    request = propose_change(household=file, changes=[name], reason="survey", by=cadre)
    client, address = world.client("cadre"), f"/changes/{request.public_id}/"
    page = client.get(address)
    assert (page.context["may_reveal"], page.context["form"]) == (False, None)
    refused = client.post(address, {"version": "1", "step": "return", "remark": "x"}, headers=ENGLISH)
    assert refused.status_code == 403
    assert "Only a reviewer of this area" in refused.content.decode()


def test_a_helper_reads_in_his_request_no_more_than_in_the_file(world: World):
    file, year, cadre = world.files["own"], clock.today().year - 1, world.people["cadre"]
    HouseholdYear.everything.update_or_create(
        household=file, year=year, defaults={"per_head_income": "7654.32", **codes_of(file)}
    )
    request = propose_change(
        household=file,
        changes=[
            FieldChange("household_year", "per_head_income", "8000.00", year=year),
            FieldChange("person", "sex", "male", world.spouses["own"].person),
        ],
        reason="survey",
        by=cadre,
    )
    HouseholdYear.everything.filter(household=file, year=year).update(per_head_income="6543.21")
    page = world.client("cadre").get(f"/changes/{request.public_id}/")
    income, sex = page.context["rows"]
    assert (income["old"], income["new"], income["now"]) == (DOTS, "8000元", DOTS)
    assert sex["old"] == "女"
    assert not any(told in page.content.decode() for told in ("7654.32", "7,654.32", "6543.21", "6,543.21"))
    income, _sex = world.client("staff").get(f"/changes/{request.public_id}/").context["rows"]
    assert (income["old"], income["now"]) == ("7654.32元", "6543.21元")


def test_a_list_handed_in_too_early_says_so_at_each_field(world: World):
    changes = [FieldChange("household", name, "新的") for name in ("bank_name", "bank_account")]
    changes[1] = FieldChange("household", "bank_account", "6217000012345678901")
    ChangeRequest.everything.filter(pk=world.requests["area"].pk).update(state="withdrawn")
    request = propose_change(
        household=world.files["area"], changes=changes, reason="survey", by=world.people["staff"]
    )
    first, second = request.changes.order_by("pk")
    client, address = world.client("reviewer"), f"/changes/{request.public_id}/"
    errors = client.post(address, {"version": "1", "step": "decide"}).context["form"].errors
    assert set(errors) == {f"field_{first.public_id}", f"field_{second.public_id}"}
    ticks = {f"field_{c.public_id}": "refuse" for c in (first, second)}
    errors = client.post(address, {"version": "1", "step": "decide", **ticks}).context["form"].errors
    assert set(errors) == {f"remark_{first.public_id}", f"remark_{second.public_id}"}
