"""待补充: the township's question beside my words, which stay."""

from django.urls import reverse

from tests.visits.logged import visit as made
from visits.actions.reading import Question, ask
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
    stored = Visit.everything.get(pk=visit.pk)
    assert (stored.state, stored.said) == (Visit.State.ANSWERED, "今年种了玉米。")
    assert client.get(url).status_code == 403  # nothing is asked any more
