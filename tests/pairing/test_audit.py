"""The audit log: one row for each look, deed and refusal, together with it; and what auditors find."""

import ast
import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import translation

from pairing import audit
from pairing.actions import people
from pairing.audit_words import NOUNS, OF_ONE_NOUN, VERBS, in_words
from pairing.models import Area, AuditEvent, Grant, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
ROOT = Path(__file__).resolve().parents[2]
_NAME = re.compile(r"([a-z_]+)\.([a-z_]*)")  # queue.… and figure.… end in what was asked for
_WRITERS = {"action", "read", "write", "_write", "moving", "changing", "record_shown", "_record"}
PAGES = ("audit_object", "audit_account", "audit_exports", "audit_rights", "sign_in_list")


@pytest.fixture
def written():
    """The events that a block has added."""

    def since(mark=None):
        return list(AuditEvent.objects.filter(pk__gt=mark or 0).order_by("pk"))

    return since


def mark():
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


# --- one row each -------------------------------------------------------------------------------------------


def test_a_look_leaves_one_row_with_who_where_and_what_but_no_value(cast, sign_in, written):
    before = mark()
    answer = sign_in(cast.town).get(reverse("pairing:person_detail", args=[cast.cadre.public_id]))
    (event,) = written(before)
    assert (event.action, event.actor_id, event.actor_role, event.actor_area) == (
        "person.show", cast.town.pk, "administrator", "620702101",
    )  # fmt: skip
    assert event.object_ids == [cast.cadre.public_id]
    assert event.object_area == "620702101"
    assert event.address == "127.0.0.1"
    assert str(event.request_id) == answer["X-Request-ID"]
    assert cast.cadre.name not in str(vars(event))


def test_a_list_is_one_row_with_the_ids_shown_and_the_names_of_the_filters(cast, sign_in, written):
    before = mark()
    sign_in(cast.town).get(reverse("pairing:person_list"), {"q": "张", "role": "cadre"})
    (event,) = written(before)
    assert event.object_ids == [cast.cadre.public_id]
    assert event.detail == {"filters": ["q", "role"]}


@pytest.mark.parametrize(
    ("who", "page", "whom", "status"),
    [
        ("cadre", "person_list", None, 403),
        ("town", "person_detail", "far_cadre", 404),
        ("staff", "audit_object", None, 403),
    ],
)
def test_a_refusal_leaves_one_row(cast, sign_in, written, who, page, whom, status):
    before = mark()
    args = [getattr(cast, whom).public_id] if whom else []
    assert sign_in(getattr(cast, who)).get(reverse(f"pairing:{page}", args=args)).status_code == status
    (event,) = written(before)
    assert (event.action, event.result, event.actor_id) == ("refused", "refused", getattr(cast, who).pk)
    assert event.detail["page"] == f"pairing:{page}"
    assert event.detail["status"] == status
    assert event.object_ids == args


def test_a_deed_and_its_parts_are_one_row(cast, written):
    place, before = Area.objects.get(pk="620702101"), mark()
    person = people.create_user(
        name="新人", area=place, role="cadre", role_area=place, phone="13800000001", by=cast.town
    )
    (event,) = written(before)
    assert event.action == "person.create"
    assert event.object_ids == [person.public_id]
    assert "phone" in event.fields
    assert "13800000001" not in str(vars(event))
    assert [right["role"] for right in event.detail["grants"]] == ["cadre"]


# --- no row, no deed and no page ----------------------------------------------------------------------------


@pytest.fixture
def full_log(monkeypatch):
    """A log that takes nothing more."""

    def refuse(*args, **kwargs):
        raise DatabaseError("the log is full")

    monkeypatch.setattr(AuditEvent.objects, "create", refuse)


def test_without_its_row_a_page_is_not_shown(cast, sign_in, full_log):
    client = sign_in(cast.town)
    client.raise_request_exception = False
    answer = client.get(reverse("pairing:person_detail", args=[cast.cadre.public_id]))
    assert answer.status_code == 500
    assert cast.cadre.name not in answer.content.decode()


def test_without_its_row_nothing_is_written(cast, full_log):
    with pytest.raises(DatabaseError), transaction.atomic():
        people.disable_user(person=cast.cadre, reason="-", by=cast.town)
    assert User.objects.get(pk=cast.cadre.pk).is_active


def test_without_its_row_nobody_signs_in(cast, client, full_log):
    client.raise_request_exception = False
    client.post("/account/login/", {"login": "cadre", "password": "windy plateau, seven sheep"})
    assert "_auth_user_id" not in client.session


def test_the_running_role_can_change_no_row(cast):
    audit.write("person.show", by=cast.town)
    for statement in (
        "UPDATE pairing_auditevent SET reason = ''",
        "DELETE FROM pairing_auditevent",
        "TRUNCATE pairing_auditevent",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- the auditors' pages ------------------------------------------------------------------------------------


def ask(client, page, **filters):
    return client.post(reverse(f"pairing:{page}"), {"reason": "letter of complaint"} | filters)


def rows(answer):
    table = answer.context["question"].table
    return list(table.rows) if table else None


@pytest.mark.parametrize("page", PAGES)
def test_opening_a_page_and_asking_leave_a_row_each(cast, sign_in, written, page):
    client, before = sign_in(cast.auditor), mark()
    client.get(reverse(f"pairing:{page}"))
    ask(client, page, subject=str(cast.cadre.public_id), account="cadre")
    opened, asked = written(before)
    assert (opened.action, asked.action) == ("audit.open", "audit.query")
    assert asked.detail["page"] == page
    assert asked.reason == "letter of complaint"


@pytest.mark.parametrize("page", PAGES)
def test_without_a_reason_nothing_is_shown(cast, sign_in, page):
    answer = ask(sign_in(cast.auditor), page, subject=str(cast.cadre.public_id), account="cadre", reason=" ")
    assert answer.context["question"].form.errors["reason"]
    assert rows(answer) is None


def test_who_opened_this_file(cast, sign_in):
    sign_in(cast.town).get(reverse("pairing:person_detail", args=[cast.cadre.public_id]))
    sign_in(cast.county).get(reverse("pairing:person_list"))
    url = reverse("pairing:person_detail", args=[cast.cadre.public_id])
    found = rows(ask(sign_in(cast.auditor), "audit_object", subject=f"https://example.cn{url}"))
    assert [(e.who, e.action) for e in found][1:] == [
        ("县管理 (county)", "person.list"),
        ("镇管理 (town)", "person.show"),
    ]


def test_what_this_account_did(cast, sign_in):
    client = sign_in(cast.town)
    client.get(reverse("pairing:person_list"))
    client.get(reverse("pairing:person_detail", args=[cast.far_cadre.public_id]))
    auditor = sign_in(cast.auditor)
    assert [e.action for e in rows(ask(auditor, "audit_account", account="town"))] == [
        "refused",
        "person.list",
    ]
    assert [e.action for e in rows(ask(auditor, "audit_account", account="镇管理", result="refused"))] == [
        "refused"
    ]
    assert rows(ask(auditor, "audit_account", account="town", until="2020-01-01")) == []


def test_changes_of_rights_keep_ended_roles(cast, sign_in):
    grant = people.grant_role(
        person=cast.cadre, role="staff", area=Area.objects.get(pk="620702101"), by=cast.town
    )
    people.end_grant(grant=grant, reason="moved to the county", by=cast.town)
    found = rows(ask(sign_in(cast.auditor), "audit_rights", account="cadre"))
    assert [(e.action, e.reason) for e in found] == [
        ("grant.end", "moved to the county"),
        ("grant.create", ""),
    ]
    assert "梁家墩镇" in found[0].right


def test_sign_ins_with_tries_under_unknown_names_from_county_level_on(cast, sign_in, client):
    for name in ("cadre", "nobody"):
        client.post("/account/login/", {"login": name, "password": "wrong password here"})
    assert [e.whom for e in rows(ask(sign_in(cast.auditor), "sign_in_list"))] == ["", "张帮扶"]
    assert [e.whom for e in rows(ask(sign_in(cast.system), "sign_in_list"))] == ["", "张帮扶"]
    assert [e.whom for e in rows(ask(sign_in(cast.town_auditor), "sign_in_list"))] == ["张帮扶"]


def test_an_auditor_sees_nothing_of_other_areas(cast, sign_in):
    sign_in(cast.far).get(reverse("pairing:person_detail", args=[cast.far_cadre.public_id]))
    sign_in(cast.neighbour).get(reverse("pairing:person_list"))
    client = sign_in(cast.town_auditor)
    for account in ("far", "neighbour", "外县管理", "nobody"):
        answer = ask(client, "audit_account", account=account)
        assert (
            answer.context["question"].form.errors["account"] == ["There is no such account in your area."]
            or rows(answer) is None
        )
    assert rows(ask(client, "audit_object", subject=str(cast.far_cadre.public_id))) is None
    seen = (
        rows(ask(client, "audit_rights"))
        + rows(ask(client, "audit_exports"))
        + rows(ask(client, "sign_in_list"))
    )
    assert not [e for e in seen if e.actor_id in (cast.far.pk, cast.neighbour.pk)]


def test_older_rows_are_one_question_further(cast, sign_in):
    for _n in range(60):
        audit.write("household.export", by=cast.county, object_area="620702")
    client = sign_in(cast.auditor)
    first = ask(client, "audit_exports")
    assert len(rows(first)) == 50
    second = ask(client, "audit_exports", older=first.context["question"].older)
    assert len(rows(second)) == 10
    assert not {e.pk for e in rows(first)} & {e.pk for e in rows(second)}
    for strange in ("x", "-1", "9" * 40, "\u0663"):
        assert ask(client, "audit_exports", older=strange).status_code == 200


def test_a_person_with_an_ended_grant_is_still_found(cast, sign_in):
    Grant.objects.filter(user=cast.cadre).update(ended_on="2026-01-01", started_on="2025-01-01")
    assert rows(ask(sign_in(cast.auditor), "audit_account", account="cadre")) == []


def code():
    """The syntax of every module of the three apps but the words themselves."""
    for app in ("pairing", "households", "visits"):
        for path in (ROOT / app).rglob("*.py"):
            if path.name != "audit_words.py" and "migrations" not in path.parts:
                yield ast.parse(path.read_text())


def written_names():
    """What is written as an action's name outright."""
    for node in (node for tree in code() for node in ast.walk(tree)):
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        module = getattr(getattr(node.func, "value", None), "id", "audit")
        if name in _WRITERS and module == "audit" and " " not in str(node.args[0].value):
            yield str(node.args[0].value)


def test_every_action_has_its_words_and_no_word_is_left_over():
    named = {name.partition(".")[::2] for name in written_names()}
    assert not {f"{noun}.{verb}" for noun, verb in named if noun not in NOUNS or verb not in VERBS}
    texts = (node.value for tree in code() for node in ast.walk(tree) if isinstance(node, ast.Constant))
    spoken = {match.groups() for text in texts if (match := _NAME.fullmatch(str(text)))} | named
    assert not NOUNS.keys() - {noun for noun, _verb in spoken}
    assert not VERBS.keys() - {verb for noun, verb in spoken if noun in NOUNS}
    assert not OF_ONE_NOUN.keys() - {f"{noun}.{verb}" for noun, verb in spoken}


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("household.close", "户档案：注销"),
        ("problem.close", "诉求：办结"),
        ("person.enable", "人员：重新启用"),
        ("problem.reopen", "诉求：重新办理"),
        ("promise.drop", "答应的事：作罢"),
        ("second_factor.drop", "动态口令：移除"),
    ],
)
def test_one_verb_of_code_is_the_right_word_for_each_noun(deed, words):
    with translation.override("zh-hans"):
        assert in_words(deed) == words


@pytest.mark.parametrize("page", ["audit_exports", "audit_rights", "sign_in_list", "audit_account"])
def test_an_unknown_account_is_said_beside_its_field(cast, sign_in, page):
    answer = ask(sign_in(cast.auditor), page, account="nobody of this name")
    assert answer.context["question"].form.errors["account"]
