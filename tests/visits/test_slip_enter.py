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


def test_a_slip_is_looked_up_not_saved_and_its_day_is_read_from_the_paper(world):
    own, cadre, client = world.files["own"], world.people["cadre"], world.client("clerk")
    slip = print_slips(households=[own], cadre=cadre, by=cadre)[0]
    wrong = client.post(reverse("visits:slip_enter"), {"number": ""}).content.decode()
    assert "请输入走访单编号。" in wrong
    assert "还没有保存" not in wrong
    url = reverse("visits:visit_enter", args=[slip.public_id])
    page = client.get(url).content.decode()
    assert slip.printed_number in page
    day, method = (page[page.index(f'name="{name}"') :][:400] for name in ("visited_on", "method"))
    assert " checked" not in day
    assert " checked" in method
    refused = client.post(url, {"client_id": str(slip.public_id), "method": "home", "said": "收成好。"})
    assert "请选走访日期。" in refused.content.decode()


def test_every_single_mistyped_digit_is_found():
    number = checks.slip_number(1234567)
    assert checks.is_slip_number(number)
    for place in range(8):
        for digit in set("0123456789") - {number[place]}:
            assert not checks.is_slip_number(number[:place] + digit + number[place + 1 :])
