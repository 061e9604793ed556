"""The facts of the year."""

from decimal import Decimal

from households.models import ChangeRequest, HouseholdYear
from pairing import clock
from tests.cast import World

YEAR = clock.today().year


def url(world: World, year: int = YEAR) -> str:
    return f"/households/{world.files['area'].public_id}/years/{year}/"


def data(**more: object) -> dict[str, object]:
    same = {"household_type": "lifted", "main_cause": "illness", "per_head_income": "9800.00", "version": "1"}
    return {**same, "reason": "yearly_update", **more}


def test_plain_facts_count_at_once_and_income_waits(world: World):
    answer = world.client("staff").post(url(world), data(main_cause="no_labour", per_head_income="10,500"))
    assert answer.status_code == 302
    row = HouseholdYear.everything.get(household=world.files["area"], year=YEAR)
    assert (row.main_cause, row.per_head_income) == ("no_labour", Decimal("9800.00"))
    asked = ChangeRequest.everything.filter(household=world.files["area"]).latest("pk").changes.get()
    assert (asked.field, Decimal(asked.new.open()), asked.year) == ("per_head_income", 10500, YEAR)


def test_an_earlier_year_is_offered_from_what_is_known(world: World):
    HouseholdYear.everything.filter(household=world.files["area"]).update(year=YEAR - 2)
    page = world.client("staff").get(url(world))
    assert page.context["carried_from"] == YEAR - 2
    assert f"显示{YEAR - 2}年度" in page.content.decode()
    assert page.context["form"].initial["household_type"] == "lifted"
    assert page.context["form"].initial["per_head_income"] is None


def test_mistakes_stand_at_their_fields(world: World):
    bad = data(other_causes=["illness", "no_land", "no_funds"], per_head_income="很多", known_on="2999-01-01")
    errors = world.client("staff").post(url(world), bad).context["form"].errors
    assert {"other_causes", "per_head_income", "known_on"} <= set(errors)


def test_a_stale_save_is_409_and_a_coming_year_404(world: World):
    client = world.client("staff")
    client.post(url(world), data(main_cause="no_labour"))
    assert client.post(url(world), data(main_cause="schooling")).status_code == 409
    assert client.get(url(world, YEAR + 1)).status_code == 404


def test_an_income_that_nobody_names_is_not_that_of_the_year_before(world: World):
    HouseholdYear.everything.filter(household=world.files["area"]).update(year=YEAR - 1)
    asked = ChangeRequest.everything.count()
    assert world.client("staff").post(url(world), data(per_head_income="", version="")).status_code == 302
    row = HouseholdYear.everything.get(household=world.files["area"], year=YEAR)
    assert (row.household_type, row.per_head_income) == ("lifted", None)
    assert ChangeRequest.everything.count() == asked
