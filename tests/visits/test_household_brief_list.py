"""联系户: all my households with the time since the last home visit in words."""

from datetime import timedelta

from django.urls import reverse

from households.models import Household
from pairing import clock


def test_my_households_with_the_gap_in_words(world):
    day = clock.today() - timedelta(days=107)
    Household.everything.filter(pk=world.files["own"].pk).update(last_visit_on=day)
    page = world.client("cadre").get(reverse("visits:household_brief_list")).content.decode()
    assert "canary-own-head" in page
    assert "已隔107天" in page
    assert "canary-ended" not in page
