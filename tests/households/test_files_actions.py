"""Files and members through their actions: what is kept, what is refused, what the counters say."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.utils.translation import override

from households.actions.counters import KEPT, counts
from households.actions.entries import MemberEntry, PersonYearEntry, YearEntry
from households.actions.households import (
    close_household,
    edit_household,
    put_on_list,
    register_household,
    reopen_household,
    take_off_list,
)
from households.actions.members import add_member, edit_member, end_absence, record_absence, remove_member
from households.actions.moves import move_household
from households.actions.questions import answer_question, refresh_questions
from households.actions.years import record_household_year
from households.models import (
    Absence,
    ChangeField,
    ChangeRequest,
    FileQuestion,
    Household,
    Membership,
    Person,
)
from households.models.scoped import ScopedModel
from pairing import clock
from pairing.errors import Conflict, Refused
from pairing.models import AuditEvent
from tests import cast, factories
from tests.cast import World

BORN = date(1970, 5, 4)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in one language."""
    with override("en"):
        yield


def register(world: World, **more):
    number = factories.identity_number(BORN)
    head = MemberEntry("单红梅", "head", "female", BORN, id_number=factories.identity_number(BORN, "female"))
    son = MemberEntry("李小军", "son", "male", date(1995, 1, 2), id_number=number)
    defaults = {"village_code": cast.VILLAGE, "members": [head, son], "by": world.people["staff"]}
    return register_household(**{**defaults, **more})


def test_a_registered_file_is_found_by_its_people_and_its_next_number(world: World):
    first = register(world, phone="13912345678", years=[YearEntry(2025, "lifted", main_cause="illness")])
    second = register(world, members=[])

    assert int(second.file_number) == int(first.file_number) + 1
    assert (first.head_name, first.head_key, first.head_initials) == ("单红梅", "shan hong mei", "shm")
    assert {"shm", "红梅", "李小", "lxj"} <= set(first.search_terms)
    assert (first.member_count, first.household_type, first.version) == (2, "lifted", 1)
    assert AuditEvent.objects.filter(action="household.register", object_ids=[first.public_id]).count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"village_code": cast.OTHER_VILLAGE}, "village"),  # out of the area of the one who registers
        ({"village_code": cast.VILLAGE[:9] + "299"}, "village"),  # no such village
        ({"listed_on": clock.today() + timedelta(days=1)}, "listed_on"),
    ],
)
def test_registering_is_refused_at_its_place(world: World, more, field):
    with pytest.raises(Refused) as refusal:
        register(world, **more)
    assert refusal.value.field == field


def test_a_file_number_stands_once_in_a_county(world: World):
    register(world, file_number="6207021")
    with pytest.raises(Refused, match="in use"):
        register(world, file_number="6207021", members=[])
    assert Household.everything.filter(file_number="6207021").count() == 1


def test_a_person_belongs_to_one_family_at_a_time_and_keeps_his_history_when_he_moves(world: World):
    old = register(world)
    son = Membership.everything.select_related("person").get(household=old, relation="son")
    same = MemberEntry(
        "李小军",
        "son_in_law",
        "male",
        date(1995, 1, 2),
        id_number=son.person.id_number.open(),
        joined_on=clock.today(),
    )
    with pytest.raises(Refused):
        add_member(household=world.files["own"], member=same, by=world.people["staff"])

    remove_member(membership=son, left_on=clock.today(), reason="married_out", by=world.people["staff"])
    moved = add_member(household=world.files["own"], member=same, by=world.people["staff"])

    assert moved.row.person_id == son.person_id
    old.refresh_from_db()
    assert (old.member_count, old.version) == (1, 2)


def test_a_family_has_one_head_and_only_a_review_changes_who_it_is(world: World):
    own, staff = world.files["own"], world.people["staff"]
    with pytest.raises(Refused, match="head already"):
        add_member(household=own, member=MemberEntry("王五", "head"), by=staff)
    with pytest.raises(Refused, match="after a review"):
        edit_member(membership=world.spouses["own"], relation="head", reason="survey", by=staff)


def test_identity_waits_for_a_second_person_and_the_phone_does_not(world: World):
    spouse, staff = world.spouses["area"], world.people["staff"]
    saved = edit_member(
        membership=spouse, values={"name": "新名字", "phone": "13800001111"}, reason="paper_seen", by=staff
    )
    person = Person.everything.get(pk=spouse.person_id)
    assert person.phone.open() == "13800001111"
    assert person.name == cast.canary("area", "spouse")
    assert saved.request is not None
    assert saved.request.state == ChangeRequest.State.WAITING
    assert [(c.model, c.field, c.new.open()) for c in saved.request.changes.all()] == [
        ("person", "name", "新名字")
    ]


def test_a_stale_save_keeps_both_texts(world: World):
    own, staff = world.files["own"], world.people["staff"]
    edit_household(household=own, values={"address": "新路1号"}, reason="survey", version=1, by=staff)
    with pytest.raises(Conflict) as conflict:
        edit_household(household=own, values={"address": "旧路2号"}, reason="survey", version=1, by=staff)
    assert list(conflict.value.stored.values()) == ["新路1号"]
    assert list(conflict.value.sent.values()) == ["旧路2号"]


def test_saving_what_stands_there_changes_and_records_nothing(world: World):
    own = world.files["own"]
    before = AuditEvent.objects.count()
    saved = edit_household(
        household=own, values={"address": own.address}, reason="survey", by=world.people["staff"]
    )
    assert saved.row.version == own.version
    assert AuditEvent.objects.count() == before


def test_a_closed_file_takes_nothing_until_it_is_reopened(world: World):
    closed, staff = world.files["closed"], world.people["staff"]
    with pytest.raises(Refused, match="closed"):
        edit_household(household=closed, values={"address": "x"}, reason="survey", by=staff)
    assert reopen_household(household=closed, reason="survey", by=staff).is_open


def test_a_file_with_a_helper_is_not_closed(world: World):
    with pytest.raises(Refused, match="helper"):
        close_household(
            household=world.files["own"], on=clock.today(), reason="moved", by=world.people["staff"]
        )
    closed = close_household(
        household=world.files["area"], on=clock.today(), reason="moved", by=world.people["staff"]
    )
    assert closed.closed_on == clock.today()


def test_the_pairing_list_keeps_the_day(world: World):
    admin, file = world.people["township_admin"], register(world)
    listed = put_on_list(household=file, on=date(2026, 1, 5), by=admin)
    assert put_on_list(household=listed, by=admin).listed_on == date(2026, 1, 5)
    assert take_off_list(household=listed, reason="adjusted", by=admin).listed_on is None


def test_the_first_facts_count_at_once_and_later_sensitive_ones_wait(world: World):
    staff, file = world.people["staff"], register(world)
    first = YearEntry(2025, "lifted", main_cause="illness", per_head_income=Decimal("9000"))
    assert record_household_year(household=file, facts=first, reason="survey", by=staff).request is None

    next_year = YearEntry(2026, "lifted", main_cause="no_labour", per_head_income=Decimal("9900"))
    saved = record_household_year(household=file, facts=next_year, reason="yearly_update", by=staff)

    assert (saved.row.household_type, saved.row.main_cause) == ("lifted", "no_labour")
    assert saved.row.per_head_income == Decimal("9000")  # that of the year before, until it is decided
    assert saved.request is not None
    assert [(c.field, c.new.open(), c.year) for c in saved.request.changes.all()] == [
        ("per_head_income", "9900", 2026)
    ]


def test_a_file_moves_with_all_its_rows_inside_the_county(world: World):
    own = world.files["own"]
    children = [
        model
        for model in apps.get_models()
        if issubclass(model, ScopedModel)
        and any(field.name == "household" for field in model._meta.concrete_fields)
    ]
    assert ChangeField.everything.filter(household=own).exists()  # one without a way back from the file
    move_household(
        household=own,
        village_code=cast.OTHER_VILLAGE,
        on=clock.today(),
        reason="moved",
        by=world.people["county_admin"],
    )
    for model in children:
        rows = model.everything.filter(household=own)
        assert set(rows.values_list("village_code", flat=True)) <= {cast.OTHER_VILLAGE}, model
    assert Person.everything.get(pk=world.heads["own"].person_id).township_code == cast.OTHER_TOWNSHIP


def test_who_is_away_comes_back(world: World):
    own, staff = world.files["own"], world.people["staff"]
    with pytest.raises(Refused, match="already"):
        record_absence(household=own, person=world.heads["own"].person, away_from=clock.today(), by=staff)
    absence = Absence.everything.get(household=own)
    assert end_absence(absence=absence, until=clock.today(), by=staff).until == clock.today()
    family = record_absence(household=own, away_from=clock.today(), where="xinjiang", by=staff)
    assert family.person is None


def test_questions_come_with_their_ground_and_go_with_it(world: World):
    staff = world.people["staff"]
    file = register(
        world,
        members=[
            MemberEntry("赵大", "head", "male", BORN, years=(PersonYearEntry(2026, health=("healthy",)),))
        ],
    )
    rules = set(FileQuestion.everything.filter(household=file).values_list("rule", flat=True))
    assert {"number_missing", "phone_missing", "year_missing", "health_missing"} <= rules

    edit_household(household=file, values={"phone": "13912345678"}, reason="survey", by=staff)
    phone = FileQuestion.everything.get(household=file, rule="phone_missing")
    assert phone.cleared_on == clock.today()

    number = FileQuestion.everything.get(household=file, rule="number_missing")
    answer_question(question=number, answer="正在补办身份证", by=staff)
    refresh_questions(file)
    assert FileQuestion.everything.filter(household=file, rule="number_missing").count() == 1
    with pytest.raises(Refused):
        answer_question(question=number, answer="再答", by=staff)


def test_what_files_keep_equals_a_recount(world: World):
    register(world)
    add_member(household=world.files["own"], member=MemberEntry("王小明", "son"), by=world.people["staff"])
    remove_member(
        membership=world.heads["area"], left_on=clock.today(), reason="death", by=world.people["staff"]
    )
    fresh = counts(Household.everything.values_list("pk", flat=True))
    for household in Household.everything.all():
        kept = {name: getattr(household, name) for name in KEPT}
        assert kept == fresh[household.pk], household
