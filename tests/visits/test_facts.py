"""Facts told at a visit: absences stand in the file at once, the rest waits for a second person; all goes back."""

import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from households.actions.changes import decide_change
from households.actions.members import end_absence, record_absence
from households.actions.pairings import pair
from households.models import Absence, ChangeRequest, Household
from households.rules import words
from pairing import clock
from pairing.errors import Refused
from pairing.models.audit import AuditEvent
from pairing.roles import Role
from tests import factories
from tests.cast import TOWNSHIP
from tests.visits.logged import visit as made
from visits.actions.corrections import correct_visit, withdraw_visit
from visits.actions.facts import Asked, Away, Back, FileChanges
from visits.actions.visits import VisitInput, save_visit
from visits.models import Visit, VisitEffect


def head_of(world):
    return world.heads["own"].person


def of_own(world, model=Absence):
    return model.everything.filter(household=world.files["own"])


@pytest.fixture
def away(world):
    of_own(world).delete()
    return record_absence(
        household=world.files["own"],
        person=head_of(world),
        away_from=clock.today() - timedelta(days=90),
        expected_back="11月",
        where="xinjiang",
        by=world.people["staff"],
    )


def bank(text: str = "甘州农商行") -> FileChanges:
    return FileChanges(asked=[Asked("household", "bank_name", text)], proof="新存折")


def test_an_absence_told_at_a_visit_stands_in_the_file_with_one_audit_row(world):
    of_own(world).delete()
    rows = AuditEvent.objects.count()
    since = clock.today() - timedelta(days=3)
    going = Away([head_of(world).public_id, None], since, "xinjiang", "春节")
    visit = made(world, changes=FileChanges(going))
    found = {absence.person_id: absence for absence in of_own(world)}
    assert set(found) == {head_of(world).pk, None}
    assert (found[None].away_from, found[None].where, found[None].expected_back) == (
        since,
        "xinjiang",
        "春节",
    )
    assert (visit.state, "change" in visit.reading_reasons) == (Visit.State.TO_READ, True)
    assert [fact["sentence"] for fact in json.loads(visit.facts.open())] == [head_of(world).name, "全家"]
    assert AuditEvent.objects.count() == rows + 1
    assert AuditEvent.objects.latest("pk").object_type == "visits.visit"


def test_who_is_back_is_back_and_who_comes_later_is_expected_then(world, away):
    made(world, changes=FileChanges(back=[Back(away.public_id, None, "春节")]))
    away.refresh_from_db()
    assert (away.until, away.expected_back) == (None, "春节")
    made(world, changes=FileChanges(back=[Back(away.public_id, clock.today())]))
    away.refresh_from_db()
    assert away.until == clock.today()
    with pytest.raises(Refused) as caught:
        made(world, changes=FileChanges(back=[Back(away.public_id, clock.today())]))
    assert caught.value.field == f"fact-absence-{away.public_id}-until"
    assert Visit.everything.count() == 2


def test_a_sensitive_fact_waits_for_a_second_person_and_says_from_which_visit(world):
    number = "6222" + "0" * 11 + "1"
    ChangeRequest.everything.filter(household=world.files["own"]).update(state="withdrawn")
    told = [
        Asked("household_year", "per_head_income", "9100.00", None, clock.today().year - 1),
        Asked("person", "name", "李改名", head_of(world).public_id),
        Asked("household", "bank_account", number),
    ]
    visit = made(world, changes=FileChanges(asked=told, proof="存折"))
    request = VisitEffect.everything.get(visit=visit).request
    assert (request.state, request.proposed_by, request.proof) == ("waiting", world.people["cadre"], "存折")
    assert {change.new.open() for change in request.changes.all()} == {"9100.00", "李改名", number}
    assert number not in visit.facts.open()
    assert "李改名" in visit.facts.open()
    page = world.client("staff").get(reverse("households:change_detail", args=[request.public_id]))
    assert reverse("visits:visit_detail", args=[visit.public_id]) in page.content.decode()
    decisions = {change.public_id: (True, "") for change in request.changes.all()}
    decide_change(request=request, decisions=decisions, by=world.people["staff"])
    assert Household.everything.get(pk=request.household_id).bank_account.open() == number


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_nobody_is_said_to_be_born_on_an_impossible_day(world, day):
    of_own(world, ChangeRequest).update(state="withdrawn")
    born = FileChanges(asked=[Asked("person", "birth_date", day, head_of(world).public_id)])
    with pytest.raises(Refused) as refused:
        made(world, changes=born)
    assert refused.value.field == "changes-birth_date"
    assert not Visit.everything.exists()


def test_the_same_visit_again_asks_nothing_twice(world):
    ChangeRequest.everything.filter(household=world.files["own"]).update(state="withdrawn")
    before = ChangeRequest.everything.count()
    sent = {"client_id": uuid.uuid4(), "changes": bank()}
    assert made(world, **sent) == made(world, **sent)
    assert ChangeRequest.everything.count() == before + 1
    with pytest.raises(
        Refused
    ):  # in review already: the whole second visit is told so, nothing is half-saved
        made(world, changes=bank("另一家银行"))
    assert Visit.everything.count() == 1


def test_another_helper_reads_of_a_told_fact_no_more_than_in_the_file(world):
    """Income and bank are the office's, and whose visit it is; who helps beside him sees that they were told."""
    year = clock.today().year - 1
    income = Asked("household_year", "per_head_income", "9137.00", None, year)
    type_now = Asked("household_year", "household_status", "stable", None, year)
    visit = made(world, changes=FileChanges(asked=[income, type_now]))
    second = factories.user("beside", Role.CADRE, TOWNSHIP)
    pair(household=world.files["own"], cadre=second, started_on=clock.today(), role="second",
         by=world.people["township_admin"])  # fmt: skip
    world.people["beside"] = second
    address = reverse("visits:visit_detail", args=[visit.public_id])
    pages = {who: world.client(who).get(address).content.decode() for who in ("cadre", "staff", "beside")}
    assert ["9137" in text for text in pages.values()] == [True, True, False]
    assert words.say("household_status", "stable") in pages["beside"]


def test_a_withdrawn_visit_takes_back_what_nobody_has_built_on(world, away):
    ChangeRequest.everything.filter(household=world.files["own"]).update(state="withdrawn")
    cadre, today = world.people["cadre"], clock.today()
    changes = FileChanges(Away([None], today), [Back(away.public_id, today)], bank().asked)
    visit = made(world, changes=changes)
    withdraw_visit(visit=visit, reason="记错了户", by=cadre)
    away.refresh_from_db()
    assert (away.until, away.expected_back) == (None, "11月")
    assert not of_own(world).on(today).filter(person=None).exists()
    assert {effect.request.state for effect in visit.effects.filter(kind="asked")} == {"withdrawn"}
    assert visit.effects.filter(taken_back_at__isnull=True).count() == 0


def test_what_somebody_has_changed_since_stays(world, away):
    visit = made(world, changes=FileChanges(back=[Back(away.public_id, clock.today())]))
    earlier = clock.today() - timedelta(days=2)
    end_absence(absence=away, until=earlier, by=world.people["staff"])
    withdraw_visit(visit=visit, reason="记错了", by=world.people["cadre"])
    away.refresh_from_db()
    assert away.until == earlier
    assert visit.effects.get().taken_back_at is None


def test_who_went_away_again_is_not_away_twice(world, away):
    visit = made(world, changes=FileChanges(back=[Back(away.public_id, clock.today() - timedelta(days=1))]))
    record_absence(
        household=away.household, person=away.person, away_from=clock.today(), by=world.people["staff"]
    )
    withdraw_visit(visit=visit, reason="记错了", by=world.people["cadre"])
    assert of_own(world).on(clock.today()).count() == 1


def test_a_correction_takes_back_what_it_names_and_only_that(world, away):
    ChangeRequest.everything.filter(household=world.files["own"]).update(state="withdrawn")
    visit = made(world, changes=FileChanges(None, [Back(away.public_id, clock.today())], bank().asked))
    back = visit.effects.get(kind="back")
    client, url = world.client("cadre"), reverse("visits:visit_correct", args=[visit.public_id])
    assert str(back.public_id) in client.get(url).content.decode()
    page = client.post(url, {"text": "他还没回来。", "take_back": [str(back.public_id)]}, follow=True)
    away.refresh_from_db()
    assert away.until is None
    assert visit.effects.get(kind="asked").request.state == "waiting"
    assert "已撤回" in page.content.decode()
    correct_visit(visit=visit, text="再写一次", take_back=[back.public_id], by=world.people["cadre"])  # once


def test_a_former_helper_and_a_typist_change_no_file(world):
    before = ChangeRequest.everything.count()
    inside = clock.today() - timedelta(days=40)
    common = VisitInput(uuid.uuid4(), inside, met_others="户主", said="话", changes=bank())
    visit = save_visit(household=world.files["ended"], visit=common, by=world.people["cadre"])
    assert visit.after_pairing
    assert "甘州农商行" in visit.facts.open()
    assert (ChangeRequest.everything.count(), visit.effects.count()) == (before, 0)
