"""Health, labour, schooling and work of a member this year."""

from households.models import PersonYear
from pairing import clock
from tests.cast import World


def url(world: World) -> str:
    return f"/members/{world.heads['area'].public_id}/year/"


def test_facts_are_written_for_this_year(world: World):
    world.client("staff").post(
        url(world), {"health": ["chronic", "disabled"], "labour": "weak", "work_months": "3"}
    )
    row = PersonYear.everything.get(person=world.heads["area"].person, year=clock.today().year)
    assert (row.health, row.labour, row.work_months, row.version) == (["chronic", "disabled"], "weak", 3, 2)


def test_who_is_at_school_has_reached_no_end_of_it(world: World):
    page = world.client("staff").post(url(world), {"education": "primary", "schooling": "primary"})
    assert page.context["form"].errors["schooling"]
    assert page.context["form"]["education"].value() == "primary"


def test_healthy_stands_alone_and_months_end_at_twelve(world: World):
    bad = {"health": ["healthy", "chronic"], "work_months": "13"}
    page = world.client("staff").post(url(world), bad)
    assert {"health", "work_months"} <= set(page.context["form"].errors)
