"""走访单: two on an A4, each with its number; nothing restricted is asked on paper."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from households.actions.pairings import end_pairing
from pairing import clock
from pairing.errors import Refused
from visits.actions.slips import print_slips
from visits.models import Slip


def test_a_slip_carries_number_people_and_questions(world):
    client, own = world.client("cadre"), world.files["own"]
    url = reverse("visits:slip_print")
    assert "canary-own-head" in client.get(url).content.decode()
    assert client.post(url, {}).status_code == 422
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(url, {"households": [str(own.public_id)]})
    assert not any("personyear" in query["sql"] for query in queries)  # facts are not on paper
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = pages[0].extract_text().replace("\n", "")
    number = Slip.everything.get().number
    for word in (f"{number[:4]}-{number[4:]}", "canary-own-spouse", "走访单", "没见到人"):
        assert word in text
    assert "不便公开" not in text
    assert round(float(pages[0].mediabox.width)) == 595
    assert len(pages) == 1


def test_a_second_tap_prints_the_same_slip_and_a_second_printing_another(world):
    client, url = world.client("cadre"), reverse("visits:slip_print")
    for opened in ("once", "again"):
        print_id = client.get(url).context["form"]["print_id"].value()
        for _tap in range(2):
            client.post(url, {"households": [str(world.files["own"].public_id)], "print_id": print_id})
        assert Slip.everything.count() == {"once": 1, "again": 2}[opened]


def test_nobody_prints_for_a_household_that_is_not_his(world):
    other = str(world.files["area"].public_id)
    assert (
        world.client("cadre").post(reverse("visits:slip_print"), {"households": [other]}).status_code == 422
    )
    assert not Slip.everything.exists()


def test_a_pairing_that_has_ended_meanwhile_gives_no_slip(world):
    """The page let him in; before the action holds its lock somebody else has the household."""
    file, cadre = world.files["own"], world.people["cadre"]
    end_pairing(
        pairing=world.pairings["own"],
        ended_on=clock.today(),
        reason="retired",
        by=world.people["county_admin"],
    )
    with pytest.raises(Refused):
        print_slips(households=[file], cadre=cadre, by=cadre)
    assert not Slip.everything.exists()


def test_markup_in_a_name_is_text(world):
    from households.models import Household

    name = '#read("/etc/passwd") *x*'
    Household.everything.filter(pk=world.files["own"].pk).update(head_name=name)
    sent = {"households": [str(world.files["own"].public_id)]}
    pdf = world.client("cadre").post(reverse("visits:slip_print"), sent).content
    assert "#read" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
