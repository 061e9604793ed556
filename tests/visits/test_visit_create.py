"""记走访: one page, four compulsory fields; what is wrong stands beside its field, nothing typed is lost."""

import gzip
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.models import Absence, ChangeField, ChangeRequest
from households.models.scoped import codes_of
from pairing import clock
from pairing.models.audit import AuditEvent
from tests import cast
from tests.visits import made
from visits.models import ConflictDraft, Help, Problem, Promise, Visit


@pytest.fixture
def world(db):
    return cast.build()


def address(world, position: str = "own") -> str:
    return reverse("visits:visit_create", args=[world.files[position].public_id])


def body(world, **more) -> dict:
    """What a phone sends for a common visit; names with a dash are written with two underscores."""
    common = {
        "client_id": str(uuid.uuid4()),
        "visited_on": clock.today().isoformat(),
        "method": "home",
        "met": [str(world.heads["own"].person.public_id)],
        "said": "玉米收完了，心情不错。",
    }
    return {name.replace("__", "-"): value for name, value in (common | more).items()}


def test_a_common_visit_is_five_fields_and_back_to_today(world):
    client, sent = world.client("cadre"), body(world)
    answer = client.post(address(world), sent, follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("visits:today"))
    assert "已保存" in answer.content.decode()
    visit = Visit.everything.get()
    assert (visit.visited_by, visit.author, visit.said) == (
        world.people["cadre"],
        world.people["cadre"],
        sent["said"],
    )


def test_a_script_gets_the_address_where_the_day_goes_on(world):
    sent = body(world)
    answer = world.client("cadre", accept="application/json").post(address(world), sent)
    assert answer.json() == {"to": f"/today/?saved={sent['client_id']}"}


def test_two_taps_store_one_visit_and_other_words_under_the_same_id_are_409(world):
    client, sent = world.client("cadre"), body(world)
    assert [client.post(address(world), sent).status_code for _ in range(2)] == [302, 302]
    again = client.post(address(world), sent | {"said": "换了说法。"})
    assert again.status_code == 409
    assert {"玉米收完了，心情不错。", "换了说法。"} <= set(
        again.content.decode().replace("<", "\n").replace(">", "\n").split("\n")
    )
    assert (Visit.everything.count(), ConflictDraft.everything.count()) == (1, 1)


def test_the_same_words_of_the_same_day_under_another_id_are_asked_about(world):
    """Without script a browser puts the words back into a fresh form when one goes back after saving."""
    client, sent = world.client("cadre"), body(world)
    client.post(address(world), sent)
    twice = sent | {"client_id": str(uuid.uuid4()), "met_others": "儿子"}
    answer = client.post(address(world), twice)
    assert answer.status_code == 422
    assert "当天第二次" in answer.content.decode()
    assert Visit.everything.count() == 1
    for sent in (twice | {"said": "又说了别的。"}, twice | {"client_id": str(uuid.uuid4()), "again": "on"}):
        assert client.post(address(world), sent).status_code == 302
    assert Visit.everything.count() == 3


def test_after_withdrawal_the_same_visit_is_410(world):
    client, sent = world.client("cadre"), body(world)
    client.post(address(world), sent)
    visit = Visit.everything.get()
    client.post(reverse("visits:visit_withdraw", args=[visit.public_id]), {"reason": "记错了"})
    assert client.post(address(world), sent).status_code == 410


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"visited_on": "other", "visited_on_day": "2999-01-01"}, "将来"),
        ({"visited_on": "other", "visited_on_day": ""}, "请选择日期"),
        ({"visited_on": "other", "visited_on_day": "2026-02-31"}, ""),
        ({"visited_on": "\x00"}, ""),
        ({"visited_on": "other", "visited_on_day": "0001-01-01"}, "两年"),
        ({"method": "flying"}, ""),
        ({"met": [], "met_others": ""}, "和谁谈"),
        ({"met": [str(uuid.uuid4())]}, ""),
        ({"said": ""}, "谈了什么"),
        ({"said": "字" * 4001}, "4000"),
        ({"client_id": "[]"}, ""),
        ({"problem0__kind": "water"}, "怎么办"),
        ({"problem0__kind": "water", "problem0__triage": "not_now"}, "理由"),
        ({"promise0__what": "帮忙问低保"}, "什么时候"),
        ({"promise0__what": "早了", "promise0__due_on": "2001-01-01"}, ""),
        ({"help0__amount": "9" * 40, "help0__kind": "condolence"}, ""),
        ({"help0__what": "大米"}, "哪类帮扶"),
        ({"tasks": ["nothing"]}, ""),
    ],
)
def test_a_wrong_field_is_told_at_its_place_and_nothing_typed_is_lost(world, wrong, sentence):
    sent = body(world, **{"met_others": "邻居老王", **wrong})
    answer = world.client("cadre").post(address(world), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="error"' in page
    assert sentence in page
    assert wrong.get("met_others", "邻居老王") in page
    assert sent["said"][:100] in page
    assert not Visit.everything.exists()


def test_a_visit_before_the_pairing_is_told_at_the_date(world):
    early = clock.today() - timedelta(days=250)
    answer = world.client("cadre").post(
        address(world), body(world, visited_on="other", visited_on_day=early.isoformat())
    )
    assert answer.status_code == 422
    assert 'id="id_visited_on_day_error"' in answer.content.decode()


def test_the_whole_form_is_one_save(world):
    due = made.promise(world.files["own"], world.people["cadre"], what="问低保", due_on=clock.today())
    later = clock.today() + timedelta(days=7)
    sent = body(
        world,
        **{
            f"answer-{due.public_id}-word": "kept",
            f"answer-{due.public_id}-done_what": "材料交到镇上了",
            "problem0-kind": "medical",
            "problem0-triage": "referred",
            "problem1-kind": "water",
            "problem1-triage": "mine",
            "problem1-words": "水管冻了",
            "promise0-what": "请水管员来",
            "promise0-due_on": later.isoformat(),
            "help0-kind": "condolence",
            "help0-quantity": "2袋",
            "help0-amount": "160",
            "tasks": ["policy", "company"],
            "restricted": "家里有难处",
        },
    )
    assert world.client("cadre").post(address(world), sent).status_code == 302
    referred, mine = Problem.everything.order_by("pk")
    assert (referred.office, referred.words) == (
        "township_health",
        sent["said"],
    )  # preset, and the talk's words
    assert Promise.everything.get(what="请水管员来").problem == mine
    assert Promise.everything.get(pk=due.pk).state == Promise.State.KEPT
    assert Help.everything.get().amount == 160
    assert (
        world.client("cadre").post(address(world), sent).status_code == 302
    )  # sent again: nothing is due now
    assert Problem.everything.count() == 2


def test_who_met_nobody_can_tell_neither_that_nothing_changed_nor_what_the_household_says(world):
    """A chip tapped before "not met" counts no more; a household's word would be somebody's invention."""
    client = world.client("cadre")
    sent = body(world, method="not_met", met=[], said="", no_change="on")
    assert client.post(address(world), sent).status_code == 302
    visit = Visit.everything.get()
    assert not visit.no_change
    due = made.promise(world.files["own"], world.people["cadre"], what="问低保", due_on=clock.today())
    answer = {f"answer-{due.public_id}-word": "kept", f"answer-{due.public_id}-done_what": "交了"}
    refused = client.post(address(world), body(world, method="not_met", met=[], said="", **answer))
    assert refused.status_code == 422
    assert "没见到人，问不到户里的话" in refused.content.decode()
    due.refresh_from_db()
    assert due.state == Promise.State.OPEN


def test_no_change_asks_one_question_the_third_time(world):
    client = world.client("cadre")
    for method in ("home", "call"):
        client.post(address(world), body(world, said="", no_change="on", method=method))
    page = client.get(address(world)).content.decode()
    key = next(part for part in page.split('"') if part.startswith("fact-") and part.endswith("-still"))
    third = body(world, said="", no_change="on", method="elsewhere")
    assert client.post(address(world), third).status_code == 422
    told = client.post(address(world), third | {key: "yes"})
    assert told.status_code == 302
    assert Visit.everything.filter(no_change=True).count() == 3


def test_a_fact_tapped_without_its_words_is_one_error_and_the_part_stays_open(world):
    client = world.client("cadre")
    page = client.get(address(world)).content.decode()
    key = next(
        part for part in page.split('"') if part.startswith("fact-absence") and part.endswith("-changed")
    )
    refused = client.post(address(world), body(world, said="", **{key: "on", "fact-x-words": ""}))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert page.count('class="error"') == 1
    assert 'data-local="changes" checked' in page
    first = page.split('href="#')[2].split('"')[0]  # after the one to the content
    assert f'class="error" id="{first}"' in page


def test_only_own_open_pairings_take_a_visit(world):
    client = world.client("cadre")
    expected = {
        "own": 200,
        "area": 404,
        "ended": 404,
        "closed": 404,
        "other_township": 404,
        "other_county": 404,
    }
    assert {p: client.get(address(world, p)).status_code for p in expected} == expected
    assert world.client("staff").get(address(world)).status_code == 403


def test_a_visit_dated_inside_an_ended_pairing_is_kept_and_shows_nothing(world):
    client = world.client("cadre")
    inside = (clock.today() - timedelta(days=40)).isoformat()
    sent = body(world, met=[], met_others="户主", visited_on="other", visited_on_day=inside)
    answer = client.post(address(world, "ended"), sent, follow=True)
    assert "canary-ended" not in answer.content.decode()
    assert Visit.everything.get().after_pairing
    outside = body(world, met=[], met_others="户主")
    assert client.post(address(world, "ended"), outside).status_code == 404
    assert client.post(address(world, "ended"), body(world, said="")).status_code == 404


def test_queries_do_not_grow_with_the_family_and_one_audit_row_is_written(world):
    client = world.client("cadre")
    client.get(address(world))
    rows = AuditEvent.objects.count()
    with CaptureQueriesContext(connection) as queries:
        client.get(address(world))
    assert len(queries) <= 12, [q["sql"][:90] for q in queries]
    assert AuditEvent.objects.count() == rows + 1


def test_the_first_load_is_light(world):
    page = world.client("cadre").get(address(world))
    assert len(gzip.compress(page.content)) < 14_000
    assert b" style=" not in page.content


@pytest.mark.parametrize(
    "more",
    [
        {"problem0__kind": "water", "problem0__triage": "mine"},
        {"promise0__what": "带一袋化肥", "promise0__due_on": clock.today().isoformat()},
        {"help0__kind": "condolence"},
    ],
)
def test_where_a_problem_a_promise_or_help_says_it_all_no_words_are_asked_for(world, more):
    answer = world.client("cadre").post(address(world), body(world, said="", **more))
    assert answer.status_code == 302
    assert Visit.everything.get().said == ""


def test_a_fact_tapped_as_changed_reaches_the_file(world):
    Absence.everything.filter(household=world.files["own"]).delete()
    ChangeRequest.everything.filter(household=world.files["own"]).update(state="withdrawn")
    head, today = world.heads["own"].person, clock.today().isoformat()
    away = Absence.everything.create(
        household=world.files["own"], person=head, away_from="2026-01-05", **codes_of(world.files["own"])
    )
    fact = f"fact__absence__{away.public_id}".replace("-", "__")
    told = {f"{fact}__changed": "on", f"{fact}__now": "back", f"{fact}__until": today}
    new = {"changes__who": ["family"], "changes__away_from": today, "changes__per_head_income": "9,100元"}
    client = world.client("cadre")
    assert client.post(address(world), body(world, said="", no_change="on", **told, **new)).status_code == 302
    away.refresh_from_db()
    assert away.until == clock.today()
    assert Absence.everything.get(household=world.files["own"], person=None).away_from == clock.today()
    change = ChangeField.everything.get(request__proposed_by=world.people["cadre"], field="per_head_income")
    assert (change.new.open(), change.year) == ("9100.00", clock.today().year - 1)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"changes__who": ["family"]}, "从哪天起"),
        ({"changes__expected_back": "春节"}, "谁外出"),
        ({"changes__name": "李四"}, "选择"),
        ({"changes__per_head_income": "很多"}, ""),
        ({"changes__id_number": "62999919610506001X"}, ""),
        (
            {
                "changes__who": ["family"],
                "changes__away_from": "other",
                "changes__away_from_day": "2999-01-01",
            },
            "",
        ),
        ({"changes__person": "the head", "changes__name": "canary-own-head"}, "无需变更"),
        ({f"fact__absence__{uuid.UUID(int=7)}__expected_back".replace("-", "__"): "x"}, None),
        ({f"fact__absence__{uuid.UUID(int=7)}__changed".replace("-", "__"): "on"}, None),
    ],
)
def test_a_wrong_change_is_told_at_its_place(world, wrong, sentence):
    head = str(world.heads["own"].person.public_id)
    wrong = {name: head if value == "the head" else value for name, value in wrong.items()}
    answer = world.client("cadre").post(address(world), body(world, **wrong))
    if sentence is None:  # a fact that was not tapped, or is not known here, does nothing
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Visit.everything.exists()
