"""待补充: the township's question beside my words, which stay."""

import uuid
from decimal import Decimal

from django.urls import reverse

from households.actions.pairings import pair
from households.models import Pairing
from pairing import clock
from pairing.models import Grant
from pairing.roles import Role
from tests import cast
from tests.visits.logged import visit as made
from visits.actions.help import HelpInput
from visits.actions.reading import Question, ask, mark_read
from visits.actions.visits import VisitInput, save_visit
from visits.models import Visit


def test_the_answer_stands_beside_the_words(world):
    visit, client = made(world, said="今年种了玉米。"), world.client("cadre")
    ask(visit=visit, questions=[Question("said", "种了几亩？")], by=world.people["staff"])
    url = reverse("visits:visit_answer", args=[visit.public_id])
    assert url in client.get(reverse("visits:today")).content.decode()
    page = client.get(url).content.decode()
    assert "种了几亩？" in page
    assert "今年种了玉米。" in page
    name = f"answer-{visit.questions.get().public_id}"
    assert client.post(url, {name: ""}).status_code == 422
    assert client.post(url, {name: "三亩半"}).status_code == 302
    assert client.post(url, {name: "三亩半"}).status_code == 302  # a second tap
    assert client.post(url, {name: "四亩"}).status_code == 422
    stored = Visit.everything.get(pk=visit.pk)
    assert (stored.state, stored.said) == (Visit.State.ANSWERED, "今年种了玉米。")
    assert client.get(url).status_code == 403  # nothing is asked any more


def test_each_question_stands_at_the_words_that_it_is_about(world):
    own, cadre = world.files["own"], world.people["cadre"]
    typed = VisitInput(
        client_id=uuid.uuid4(),
        visited_on=clock.today(),
        met_others="户主",
        said="今年种了玉米。",
        help=[HelpInput("condolence", "大米", "2袋", Decimal("160.00"), "helper")],
    )
    visit = save_visit(household=own, visit=typed, by=cadre)
    ask(visit=visit, questions=[Question("help", "谁出的钱？")], by=world.people["staff"])
    page = world.client("cadre").get(reverse("visits:visit_answer", args=[visit.public_id])).content.decode()
    question = page[page.index('class="beside"') :]
    assert question.index("帮扶") < question.index("大米 2袋 160元") < question.index("谁出的钱？")
    assert "今年种了玉米。" not in question


def test_after_a_handover_the_helper_of_today_is_asked(world):
    visit = made(world, said="今年种了玉米。")
    ask(visit=visit, questions=[Question("said", "种了几亩？")], by=world.people["staff"])
    own, former, successor = world.files["own"], world.people["cadre"], world.people["nobody"]
    url = reverse("visits:visit_answer", args=[visit.public_id])
    Grant.objects.create(user=successor, role=Role.CADRE, area_id=cast.TOWNSHIP)
    pair(
        household=own,
        cadre=successor,
        started_on=clock.today(),
        role="second",
        by=world.people["township_admin"],
    )
    client = world.client("nobody")
    today = reverse("visits:today")
    assert url not in client.get(today).content.decode()  # the visitor still helps there: it is his to answer
    Pairing.everything.filter(household=own, cadre=former).update(ended_on=clock.today())
    assert url in client.get(today).content.decode()
    assert "种了几亩？" in client.get(url).content.decode()
    name = f"answer-{visit.questions.get().public_id}"
    assert client.post(url, {name: "三亩半"}).status_code == 302
    assert visit.questions.get().answered_by == successor


def test_the_township_may_read_a_visit_whose_question_nobody_answers(world):
    visit, staff = made(world), world.people["staff"]
    ask(visit=visit, questions=[Question("said", "种了几亩？")], by=staff)
    page = world.client("staff").get(reverse("visits:visit_read", args=[visit.public_id]))
    assert (page.context["may_read"], page.context["may_ask"]) == (True, False)
    assert mark_read(visit=visit, by=staff).state == Visit.State.READ
