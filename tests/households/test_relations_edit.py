"""After a new head all relations are asked at once; what follows from the former ones is filled in."""

import pytest

from households.actions.change_values import head_value
from households.actions.changes import FieldChange, propose_change
from households.models import FileQuestion, Membership
from households.rules.relations import suggested
from pairing.models import AuditEvent
from tests.cast import World


def grown(world: World) -> dict[str, Membership]:
    """The family of ``own`` with a son and a daughter; the spouse asks to lead, a second person approves."""
    own, staff = world.files["own"], world.client("staff")
    for name, relation, sex in (("小强", "son", "male"), ("小红", "daughter", "female")):
        new = {"name": name, "relation": relation, "sex": sex, "birth_date": "1990-02-03", "certificate": "other",
               "joined_on": "2020-01-01", "joined_reason": "registered"}  # fmt: skip
        assert staff.post(f"/households/{own.public_id}/members/new/", new).status_code in {200, 302}
    return {m.person.name: m for m in own.memberships.present().select_related("person")}


def lead_anew(world: World):
    own, spouse = world.files["own"], world.spouses["own"].person
    request = propose_change(
        household=own,
        changes=[FieldChange("household", "head", head_value(spouse, "spouse"), spouse)],
        reason="member_change",
        by=world.people["staff"],
    )
    key = request.changes.get().public_id
    sent = {"version": 1, "step": "decide", f"field_{key}": "approve"}
    return world.client("reviewer").post(f"/changes/{request.public_id}/", sent)


def test_approving_a_new_head_leads_to_the_relations(world: World):
    family, own = grown(world), world.files["own"]
    url = f"/households/{own.public_id}/relations/"
    assert lead_anew(world).url == url
    question = FileQuestion.everything.get(household=own, rule="relations_missing")
    page = world.client("reviewer").get(url)
    rows = {m.person.name: field.value() for m, field, *_more in page.context["rows"]}
    assert rows == {"小强": "son", "小红": "daughter", world.heads["own"].person.name: "spouse"}
    sent = {f"relation_{m.public_id}": rows[name] for name, m in family.items() if name in rows}
    missing = sent | {f"relation_{family['小强'].public_id}": ""}
    version = page.context["form"].initial["version"]
    bad = world.client("reviewer").post(url, missing | {"reason": "member_change", "version": version})
    assert list(bad.context["form"].errors) == [f"relation_{family['小强'].public_id}"]
    head = sent | {f"relation_{family['小强'].public_id}": "head"}
    assert world.client("reviewer").post(url, head | {"reason": "x", "version": version}).status_code == 200
    good = world.client("reviewer").post(url, sent | {"reason": "member_change", "version": version})
    assert good.status_code == 302
    assert Membership.everything.get(pk=family["小强"].pk).relation == "son"
    question.refresh_from_db()
    assert question.cleared_on is not None
    assert AuditEvent.objects.filter(action="member.relations").count() == 1
    stale = world.client("reviewer").post(url, sent | {"reason": "member_change", "version": version})
    assert stale.status_code == 409


@pytest.mark.parametrize(
    ("was", "head_was", "becomes"),
    [
        ("son", "spouse", "son"),
        ("father", "spouse", "husbands_father"),
        ("wifes_mother", "spouse", "mother"),
        ("brother", "spouse", ""),
        ("spouse", "son", "mother"),
        ("daughter", "son", "sister"),
        ("grandson", "son", ""),
        ("son", "other", ""),
    ],
)
def test_what_follows(was: str, head_was: str, becomes: str):
    assert suggested(was, sex="female", head_was=head_was, head_sex="female") == becomes


def test_a_lone_member_without_relation_is_asked_on_his_page(world: World):
    lead_anew(world)
    rules = set(FileQuestion.everything.filter(household=world.files["own"]).values_list("rule", flat=True))
    assert "relations_missing" not in rules
