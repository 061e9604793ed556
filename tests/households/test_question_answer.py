"""Answering a question of the rules."""

from households.models import FileQuestion
from tests.cast import World


def test_an_answer_settles_it_once(world: World):
    question, staff = world.questions["area"], world.client("staff")
    url = f"/questions/{question.public_id}/answer/"
    assert staff.post(url, {"answer": "户主不用电话，联系邻居"}).status_code == 302
    kept = FileQuestion.everything.get(pk=question.pk)
    assert (kept.answer, kept.answered_by) == ("户主不用电话，联系邻居", world.people["staff"])
    assert staff.get(url).status_code == 404


def test_an_empty_answer_stays_on_the_page(world: World):
    page = world.client("staff").post(
        f"/questions/{world.questions['area'].public_id}/answer/", {"answer": " "}
    )
    assert "answer" in page.context["form"].errors


def test_scope(world: World):
    assert (
        world.client("staff")
        .get(f"/questions/{world.questions['other_township'].public_id}/answer/")
        .status_code
        == 404
    )
    assert (
        world.client("cadre").get(f"/questions/{world.questions['own'].public_id}/answer/").status_code == 403
    )
