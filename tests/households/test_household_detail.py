"""The file: which fields each role sees, what is masked, what it costs."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from households.actions.pairings import pair
from households.models import FileQuestion, HouseholdYear, Person
from households.models.scoped import codes_of
from households.rules import words
from households.rules.questions import SENTENCES
from households.views.files import MENDED_AT
from pairing import clock
from pairing.models import AuditEvent, Grant, User
from pairing.roles import Role
from tests.cast import OTHER_TOWNSHIP, TOWNSHIP, World, canary
from tests.visits.made import problem, promise, visit


def page_of(world: World, who: str, position: str):
    return world.client(who).get(f"/households/{world.files[position].public_id}/")


@pytest.mark.parametrize(
    ("who", "seen", "hidden"),
    [
        ("cadre", ["own"], ["area", "ended", "closed", "other_township", "other_county"]),
        ("clerk", ["own", "area", "ended", "closed"], ["other_village", "other_township", "other_county"]),
        ("staff", ["own", "area", "ended", "closed", "other_village"], ["other_township", "other_county"]),
        ("county_admin", ["own", "other_township"], ["other_county"]),
        ("other_staff", ["other_township"], ["own", "area"]),
    ],
)
def test_a_file_is_in_scope_or_not_there(world: World, who, seen, hidden):
    assert {page_of(world, who, position).status_code for position in seen} == {200}
    assert {page_of(world, who, position).status_code for position in hidden} == {404}


def test_a_page_shows_nothing_of_other_files(world: World):
    text = page_of(world, "staff", "own").content.decode()
    others = set().union(*(words for position, words in world.canaries.items() if position != "own"))
    assert not [word for word in others if word in text]


def test_numbers_are_masked_to_their_first_digits(world: World):
    text = page_of(world, "staff", "own").content.decode()
    file, head = world.files["own"], world.heads["own"].person
    for sealed in (file.phone, file.bank_account, head.id_number, world.spouses["own"].person.phone):
        assert sealed.open() not in text
        assert sealed.open()[-4:] not in text.replace(file.file_number, "")
    assert "629999•" in text


def test_clerk_and_helper_see_fewer_fields(world: World):
    office, clerk, helper = (
        page_of(world, who, "own").content.decode() for who in ("staff", "clerk", "cadre")
    )
    for word in ("629999", canary("own", "bank"), "9800"):
        assert word in office
        assert word not in clerk
        assert word not in helper
    illness = ("Illness", "因病")
    assert any(word in helper for word in illness)
    assert not any(word in clerk for word in illness)
    assert world.files["own"].phone.open()[:3] + "•" not in clerk


def test_last_years_facts_say_so(world: World):
    row = world.files["area"].years.get()
    row.year -= 1
    row.save()
    assert page_of(world, "staff", "area").context["facts"]["old"]


def test_a_closed_file_is_read_and_offers_no_change(world: World):
    text = page_of(world, "staff", "closed").content.decode()
    assert "/edit/" not in text
    assert "/reopen/" in text


@pytest.mark.parametrize("who", ["staff", "cadre"])
def test_one_audit_row_and_queries_that_do_not_grow_with_rows(world: World, who: str):
    household, cadre = world.files["own"], world.people["cadre"]
    client, url = world.client(who), f"/households/{household.public_id}/"
    client.get(url)
    numbers = []
    for _more in range(3):
        visit(household, cadre)
        problem(household, cadre)
        promise(household, cadre)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        numbers.append(len(queries))
    assert AuditEvent.objects.filter(action="household.show").count() == 4
    assert max(numbers) == min(numbers) <= 10


def test_a_clerk_who_is_a_helper_elsewhere_reads_a_file_as_a_clerk(world: World):
    """No brief, which tells birthdays, and no phone; what he is to other households does not matter."""
    today, person = clock.today(), world.heads["area"].person
    Grant.objects.create(user=world.people["clerk"], role=Role.CADRE, area_id=OTHER_TOWNSHIP)
    Person.everything.filter(pk=person.pk).update(birth_date=date(today.year - 60, 12, 31))
    page = page_of(world, "clerk", "area")
    assert page.context["phones"] == []
    assert "养老" not in page.content.decode()
    pair(
        household=world.files["area"],
        cadre=_helper(world),
        started_on=today,
        by=world.people["township_admin"],
    )
    page = page_of(world, "clerk", "area")
    assert page.context["phones"]
    assert "养老" in page.content.decode()


def _helper(world: World):
    """The clerk with a cadre's grant here, too."""
    Grant.objects.create(user=world.people["clerk"], role=Role.CADRE, area_id=TOWNSHIP)
    return User.objects.get(pk=world.people["clerk"].pk)


def test_an_income_has_its_unit_everywhere(world: World):
    file = world.files["area"]
    HouseholdYear.everything.filter(household=file).update(per_head_income=Decimal("14308"))
    assert "14308元" in page_of(world, "staff", "area").content.decode()
    assert words.say("per_head_income", "2211.37") == "2211.37元"  # as a change request keeps it


def test_each_question_leads_to_the_page_that_puts_it_right(world: World):
    assert set(MENDED_AT) == set(SENTENCES)
    file = world.files["area"]
    spouse = world.spouses["area"]
    codes, today = codes_of(file), clock.today()
    for rule in SENTENCES:
        FileQuestion.everything.get_or_create(
            household=file,
            rule=rule,
            subject=str(spouse.person.public_id),
            defaults={"raised_on": today, **codes},
        )
    client = world.client("staff")
    page = page_of(world, "staff", "area")
    urls = [line["url"] for line in page.context["questions"] if line["question"].subject]
    assert len(urls) == len(SENTENCES)
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)
    assert all(f'href="{url}"' in page.content.decode() for url in urls)
