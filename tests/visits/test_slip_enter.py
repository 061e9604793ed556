"""代录 begins with the number on the paper; a mistyped or foreign one says nothing of other places."""

from django.urls import reverse

from visits import checks
from visits.actions.slips import print_slips


def test_the_number_leads_to_the_form(world):
    own, cadre = world.files["own"], world.people["cadre"]
    slip = print_slips(households=[own], cadre=cadre, by=cadre)[0]
    url = reverse("visits:slip_enter")
    typed = f"{slip.number[:4]}-{slip.number[4:]}"
    answer = world.client("clerk").post(url, {"number": typed})
    assert answer["Location"] == reverse("visits:visit_enter", args=[slip.public_id])
    assert world.client("clerk").post(url, {"number": "12"}).status_code == 422
    foreign = world.client("other_staff").post(url, {"number": slip.number})
    unknown = world.client("other_staff").post(url, {"number": checks.slip_number(1)})
    assert (foreign.status_code, unknown.status_code) == (422, 422)
    assert "canary" not in foreign.content.decode()
    assert world.client("cadre").get(url).status_code == 403


def test_every_single_mistyped_digit_is_found():
    number = checks.slip_number(1234567)
    assert checks.is_slip_number(number)
    for place in range(8):
        for digit in set("0123456789") - {number[place]}:
            assert not checks.is_slip_number(number[:place] + digit + number[place + 1 :])
