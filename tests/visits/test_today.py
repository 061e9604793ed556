"""今天: whom to see and why, in order of need; five queries whatever the number of households."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, TextField, When
from django.db.models.functions import Cast, JSONObject
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.actions.households import close_household
from households.models import ChangeRequest, Household, Membership, Pairing
from households.models.members import HEAD
from pairing import clock
from pairing.models.audit import AuditEvent
from pairing.roles import P
from tests import cast, factories
from tests.visits import made
from visits.actions.counters import recount
from visits.models import ConflictDraft, Problem, Promise, Visit
from visits.models.today import rows_of


@pytest.fixture
def world(db):
    return cast.build()


def test_a_cadre_sees_his_open_pairings_and_nothing_else(world):
    page = world.client("cadre").get(reverse("visits:today")).content.decode()
    assert "canary-own-head" in page
    for position in world.files.keys() - {"own"}:
        assert f"canary-{position}-" not in page


def test_neither_type_nor_illness_nor_income_stands_on_a_card(world):
    page = world.client("cadre").get(reverse("visits:today")).content.decode()
    for word in ("脱贫", "因病", "9800", world.files["own"].file_number, "canary-own-address"):
        assert word not in page


def test_need_orders_the_households(world):
    today, cadre = clock.today(), world.people["cadre"]
    names = ["promise", "gap", "never", "fresh"]
    files = factories.households(
        factories.FileSpec(cast.VILLAGE, [factories.MemberSpec(f"户-{name}")], today - timedelta(days=400))
        for name in names
    )
    factories.pairings((row, cadre, today - timedelta(days=300), None) for row in files)
    last = {"promise": 3, "gap": 200, "fresh": 2}
    for name, row in zip(names, files, strict=True):
        if name in last:
            Household.everything.filter(pk=row.pk).update(last_visit_on=today - timedelta(days=last[name]))
    made.promise(files[0], cadre, what="问低保", due_on=today)
    page = world.client("cadre").get(reverse("visits:today")).content.decode()
    assert sorted(names, key=lambda name: page.index(f"户-{name}")) == ["promise", "never", "gap", "fresh"]
    assert "问低保" not in page  # neighbours look


def test_an_answer_waits_on_top_until_the_household_has_heard_it(world):
    problem = made.problem(world.files["own"], world.people["staff"], state="answered", outcome="问题的答复")
    recount([world.files["own"].pk])
    client, link = world.client("cadre"), reverse("visits:problem_detail", args=[problem.public_id])
    page = client.get(reverse("visits:today")).content.decode()
    assert link in page
    assert "问题的答复" not in page  # neighbours look
    told = reverse("visits:problem_move", args=[problem.public_id, "told"])
    data = {"version": problem.version, "told_on": clock.today().isoformat(), "household_view": "同意"}
    assert client.post(told, data).status_code == 302
    assert link not in client.get(reverse("visits:today")).content.decode()


@pytest.mark.parametrize("extra", [0, 12])
def test_five_queries_and_one_audit_row_for_any_number_of_households(world, extra):
    today, cadre = clock.today(), world.people["cadre"]
    files = factories.households(factories.FileSpec(cast.VILLAGE) for _ in range(extra))
    factories.pairings((row, cadre, today, None) for row in files)
    client = world.client("cadre")
    client.get(reverse("visits:today"))
    rows = AuditEvent.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(reverse("visits:today"))
    assert page.status_code == 200
    assert len(queries) <= 5, [q["sql"][:80] for q in queries]
    assert AuditEvent.objects.count() == rows + 1
    assert len(AuditEvent.objects.latest("pk").object_ids) == extra + 1


def test_without_households_the_page_says_what_comes(world):
    world.pairings["own"].__class__.everything.filter(pk=world.pairings["own"].pk).update(
        ended_on=clock.today()
    )
    page = world.client("cadre").get(reverse("visits:today"), headers={"accept-language": "en"})
    assert "no households yet" in page.content.decode()


def test_the_statement_by_hand_reads_what_the_querysets_say(world):
    """Rows of a cadre with promises, questions and visits typed for him, and of one who has nothing."""
    cadre, staff, today = world.people["cadre"], world.people["staff"], clock.today()
    files = factories.households(factories.FileSpec(cast.VILLAGE) for _ in range(6))
    factories.pairings((row, cadre, today - timedelta(days=9), None) for row in files[:4])
    factories.pairings([(files[4], cadre, today - timedelta(days=9), today)])
    made.promise(files[0], cadre, what="问低保", due_on=today + timedelta(days=3))
    made.promise(files[0], cadre, what="送药", due_on=today)
    files[1].phone = "13900000001"
    files[1].save()
    for row, state in (
        (files[0], "answered"),
        (files[2], "solved"),
        (files[2], "explained"),
        (files[3], "mine"),
        (files[5], "answered"),
    ):
        made.problem(row, staff, state=state)
    made.problem(files[0], staff, state="told", told_on=today)
    recount([row.pk for row in files])
    for n, row in enumerate(files):
        for state in ("asked", "to_read", "withdrawn"):
            made.visit(row, cadre, state=state, author=staff, confirmed_at=clock.now() if n % 2 else None)
            made.visit(row, staff, state=state)
    world.requests["own"].__class__.everything.filter(pk=world.requests["own"].pk).update(
        state="returned", proposed_by=cadre
    )
    for who in ("cadre", "other_cadre", "staff"):
        found = sorted(rows_of(world.people[who]), key=lambda row: row["head_key"])
        said = sorted(by_querysets(world.people[who]), key=lambda row: row["head_key"])
        assert found == [row | {"closed": []} for row in said]  # no open file has closed
    assert (
        sum(len(row["asked"]) for row in rows_of(cadre)) == 8
    )  # his own, and those of somebody who does not help there
    assert sum(len(row["owed"]) for row in rows_of(cadre)) == 2


def by_querysets(user):
    """The same rows, said with the querysets that every other page uses."""
    of_it = {"household": OuterRef("pk")}
    promises = Promise.objects.visible_to(user, P.VISIT_LOG).filter(**of_it).open().order_by("due_on")
    visits = Visit.objects.visible_to(user, P.VISIT_LOG).filter(**of_it).order_by("pk")
    helping = Pairing.everything.valid().filter(
        household=OuterRef("household"), cadre=OuterRef("visited_by"), ended_on=None
    )
    to_answer = visits.asked().filter(Q(visited_by=user) | ~Exists(helping))
    heads = Membership.objects.visible_to(user, P.TODAY).present().filter(**of_it, relation=HEAD)
    as_json = JSONObject(id="public_id", on="visited_on", by=F("author__name"))
    mine = ChangeRequest.objects.visible_to(user, P.CHANGE_PROPOSE).filter(proposed_by=user)
    owed = Problem.objects.visible_to(user, P.VISIT_LOG).filter(**of_it).answer_owed()
    owed = owed.exclude(state__in=["explained", "not_now"]).order_by("pk")
    rows = Household.objects.visible_to(user, P.TODAY).open()
    rows = rows.annotate(
        call=Case(
            When(phone="", then=heads.exclude(person__phone="").values("person__public_id")[:1]),
            default=F("public_id"),
        ),
        promise_due=Subquery(promises.values("due_on")[:1]),
        promise_short=Exists(Promise.objects.visible_to(user, P.VISIT_LOG).filter(**of_it).short()),
        kept=Exists(ConflictDraft.kept_for(user)),
        owed=ArraySubquery(owed.values(text=Cast("public_id", TextField()))),
        asked=ArraySubquery(to_answer.values(json=as_json)),
        unconfirmed=ArraySubquery(visits.unconfirmed().filter(visited_by=user).values(json=as_json)),
        returned=ArraySubquery(
            mine.filter(**of_it, state="returned").order_by("pk").values(text=Cast("public_id", TextField()))
        ),
    )
    return rows.values(
        "public_id", "village_code", "head_name", "head_key", "group_name", "listed_on", "last_visit_on",
        "best_time", "call", "promise_due", "promise_short", "owed", "asked", "unconfirmed", "returned", "kept",
    )  # fmt: skip


def test_a_former_helper_reads_why_his_request_went_with_the_file(world):
    """He can open neither file nor request any more; what was to change is not said again."""
    own, cadre = world.files["own"], world.people["cadre"]
    ChangeRequest.everything.filter(pk=world.requests["own"].pk).update(proposed_by=cadre)
    close_household(household=own, on=clock.today(), reason="death", by=world.people["township_admin"])
    client = world.client("cadre")
    page = client.get(reverse("visits:today")).content.decode()
    assert "您为canary-own-head提交的变更已撤回。" in page
    assert "户档案已注销：死亡" in page
    assert own.public_id.hex not in page.replace("-", "")
    # What counts is when somebody closed it, not the day that the file then bears.
    Household.everything.filter(pk=own.pk).update(closed_on=clock.today() - timedelta(days=61))
    assert "canary-own" in client.get(reverse("visits:today")).content.decode()
    withdrawn = ChangeRequest.everything.filter(pk=world.requests["own"].pk)
    withdrawn.update(withdrawn_at=clock.now() - timedelta(days=61))
    assert "canary-own" not in client.get(reverse("visits:today")).content.decode()
    assert "canary-own" not in world.client("other_cadre").get(reverse("visits:today")).content.decode()


def test_saved_is_said_of_ones_own_visit_only(world):
    """Anybody can send an address: without a visit of this author under the id, no word and no draft goes."""
    mine, theirs = (
        made.visit(world.files["own"], world.people["cadre"]),
        made.visit(world.files["own"], world.people["staff"]),
    )
    client = world.client("cadre")
    for key, said in [
        (mine.client_id, True),
        (theirs.client_id, False),
        (uuid.uuid4(), False),
        ("x\0", False),
    ]:
        page = client.get(reverse("visits:today"), {"saved": str(key)}).content.decode()
        assert ("已保存" in page, f'data-saved="{key}"' in page) == (said, said)
        slip = world.client("staff").get(reverse("visits:slip_enter"), {"saved": str(key)}).content.decode()
        assert (f'data-saved="{key}"' in slip) == (key == theirs.client_id)


def test_next_is_whose_gap_closes_first(world):
    """The gap runs from the listing where that is later than the visit, as ``next_on`` says."""
    today, cadre = clock.today(), world.people["cadre"]
    Pairing.everything.filter(cadre=cadre).update(ended_on=today)
    listed, visited = factories.households([factories.FileSpec(cast.VILLAGE)] * 2)
    for row, since, last in ((listed, 5, 80), (visited, 300, 30)):
        listed_on, last_visit_on = today - timedelta(days=since), today - timedelta(days=last)
        Household.everything.filter(pk=row.pk).update(listed_on=listed_on, last_visit_on=last_visit_on)
    factories.pairings((row, cadre, today - timedelta(days=90), None) for row in (listed, visited))
    page = world.client("cadre").get(reverse("visits:today"))
    assert page.context["next"].row["public_id"] == visited.public_id
    assert page.context["next_on"] == today + timedelta(days=60)
