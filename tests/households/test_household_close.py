"""Closing a file."""

from datetime import timedelta

from households.models import ChangeRequest, Household, Pairing
from pairing import clock, wording
from pairing.models import AuditEvent
from tests.cast import World
from tests.visits import logged, made
from visits.models import Promise


def test_a_file_closes_from_a_day_on(world: World):
    file = world.files["area"]
    answer = world.client("staff").post(
        f"/households/{file.public_id}/close/", {"on": clock.today().isoformat(), "reason": "moved"}
    )
    assert answer.status_code == 302
    assert Household.everything.get(pk=file.pk).closed_on == clock.today()


def test_staff_cannot_end_a_pairing_by_closing(world: World):
    url = f"/households/{world.files['own'].public_id}/close/"
    page = world.client("staff").post(url, {"on": clock.today().isoformat(), "reason": "moved"})
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()


def test_an_administrator_closes_and_ends_the_pairing_in_one_step(world: World):
    file, client = world.files["own"], world.client("township_admin")
    url = f"/households/{file.public_id}/close/"
    assert world.people["cadre"].name in client.get(url).content.decode()
    assert client.post(url, {"on": clock.today().isoformat(), "reason": "moved"}).status_code == 302
    closed = Household.everything.get(pk=file.pk)
    assert (closed.is_open, closed.lead_id, closed.pairing_count) == (False, None, 0)
    ended = Pairing.everything.get(pk=world.pairings["own"].pk)
    assert (ended.ended_on, ended.end_reason) == (clock.today(), "household_moved")
    assert AuditEvent.objects.filter(action__in=["household.close", "pairing.end"]).count() == 1


def test_a_closed_file_cannot_be_closed(world: World):
    assert (
        world.client("staff").get(f"/households/{world.files['closed'].public_id}/close/").status_code == 403
    )


def test_what_waits_on_the_file_is_settled_and_said_before(world: World):
    file, client = world.files["own"], world.client("township_admin")
    promise = logged.promise(world)
    problem = made.problem(file, world.people["cadre"], state="mine")
    url = f"/households/{file.public_id}/close/"
    said = client.get(url).content.decode()
    assert all(f"有1{words}" in said for words in ("件变更申请", "件承诺事项", "件诉求"))
    client.post(url, {"on": clock.today().isoformat(), "reason": "death"})
    request = ChangeRequest.everything.get(pk=world.requests["own"].pk)
    assert (request.state, request.decided_by) == ("withdrawn", None)
    for language, words in (
        ("zh-hans", "死亡"),
        ("en", "Death"),
    ):  # in the reader's language, not the closer's
        reader = world.client("staff")
        reader.post("/language/", {"language": language})
        assert words in reader.get(f"/changes/{request.public_id}/").content.decode()
        assert words in reader.get(f"/households/{file.public_id}/").content.decode()
    promise.refresh_from_db()
    assert (promise.state, promise.dropped_reason) == (Promise.State.DROPPED, request.remark)
    problem.refresh_from_db()
    assert problem.state == "mine"
    closed = Household.everything.get(pk=file.pk)
    assert (closed.open_promises, closed.open_problems) == (0, 1)
    row = AuditEvent.objects.get(action="household.close")
    assert {file.public_id, request.public_id, promise.public_id} <= set(row.object_ids)
    staff = world.client("staff")  # without a helper the township goes on with the problem
    answer = staff.post(
        f"/problems/{problem.public_id}/explained/", {"reason": "全家已不在", "version": problem.version}
    )
    assert answer.status_code == 302


def test_a_closing_that_is_refused_leaves_what_waits(world: World):
    answer = world.client("staff").post(
        f"/households/{world.files['own'].public_id}/close/",
        {"on": clock.today().isoformat(), "reason": "death"},
    )
    assert answer.context["form"].non_field_errors()
    assert ChangeRequest.everything.get(pk=world.requests["own"].pk).state == "waiting"


def test_a_file_does_not_close_before_what_is_known_of_it(world: World):
    file, client, today = world.files["area"], world.client("staff"), clock.today()
    url = f"/households/{file.public_id}/close/"
    opened = clock.now() - timedelta(days=90)
    Household.everything.filter(pk=file.pk).update(created_at=opened, listed_on=None)
    for field, ago in {"created_at": 90, "listed_on": 60, "last_visit_on": 30}.items():
        day = today - timedelta(days=ago)
        if field != "created_at":
            Household.everything.filter(pk=file.pk).update(**{field: day})
        page = client.post(url, {"on": (day - timedelta(days=1)).isoformat(), "reason": "moved"})
        assert wording.day(day) in str(page.context["form"].errors["on"]), field
    assert client.post(url, {"on": day.isoformat(), "reason": "moved"}).status_code == 302
    assert Household.everything.get(pk=file.pk).closed_on == day
