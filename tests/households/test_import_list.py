"""All registers that came in for one's area."""

from django.urls import reverse

from tests.households import register_files as files
from tests.households.importing import staged

URL = reverse("households:import_list")


def test_nothing_imported_yet(world):
    page = world.client("county_admin").get(URL)
    assert page.status_code == 200
    assert not page.context["table"].rows


def test_batches_stand_in_the_list_of_their_area_only(world):
    batch = staged(world.client("county_admin"), files.good())
    assert batch.file_name in world.client("county_admin").get(URL).content.decode()
    assert not world.client("far_admin").get(URL).context["table"].rows
    assert not world.client("township_admin").get(URL).context["table"].rows
    assert world.client("staff").get(URL).status_code == 403
