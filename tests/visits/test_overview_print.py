"""One page: the same numbers as the overview, with the definitions below."""

import pytest
from django.urls import reverse

from tests import cast
from visits.reports.figures import FIGURES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["staff", "leader"])
def test_it_says_what_the_overview_says(who):
    client = cast.build().client(who)
    page, overview = (client.get(reverse(f"visits:{name}")) for name in ("overview_print", "overview_show"))
    assert [card.number for card in page.context["cards"]] == [c.number for c in overview.context["cards"]]
    for figure in FIGURES:
        assert str(figure.definition) in page.content.decode()
