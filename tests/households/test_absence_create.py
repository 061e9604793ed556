"""Somebody, or the whole family, is away."""

from households.models import Absence
from pairing import clock
from tests.cast import World


def test_the_whole_family_or_one_member(world: World):
    file, staff = world.files["area"], world.client("staff")
    url, day = f"/households/{file.public_id}/absences/new/", clock.today().isoformat()
    staff.post(url, {"who": "family", "away_from": day, "where": "xinjiang", "expected_back": "11月底"})
    spouse = world.spouses["area"].person
    staff.post(url, {"who": str(spouse.public_id), "away_from": day})
    people = Absence.everything.filter(household=file, away_from=clock.today()).values_list(
        "person_id", flat=True
    )
    assert set(people) == {None, spouse.pk}


def test_a_second_absence_of_the_same_person_and_a_stranger_are_refused(world: World):
    url = f"/households/{world.files['area'].public_id}/absences/new/"
    head, stranger = world.heads["area"].person, world.heads["own"].person
    for person, field in ((head, "away_from"), (stranger, "who")):
        data = {"who": str(person.public_id), "away_from": clock.today().isoformat()}
        page = world.client("staff").post(url, data)
        assert field in page.context["form"].errors
