"""A correction stands beside the old words."""

from django.urls import reverse

from tests.visits.logged import visit as made


def test_old_and_new_words_stand_side_by_side(world):
    visit, client = made(world, said="今年种了玉米。"), world.client("cadre")
    url = reverse("visits:visit_correct", args=[visit.public_id])
    assert client.post(url, {"text": " "}).status_code == 422
    page = client.post(url, {"text": "是小麦。", "reason": "听错了"}, follow=True).content.decode()
    assert "今年种了玉米。" in page
    assert "是小麦。" in page


def test_two_taps_write_one_correction(world):
    visit, client = made(world), world.client("cadre")
    url = reverse("visits:visit_correct", args=[visit.public_id])
    assert [client.post(url, {"text": "是小麦。"}).status_code for _ in range(2)] == [302, 302]
    assert visit.corrections.count() == 1


def test_nobody_corrects_another_persons_words(world):
    visit = made(world)
    url = reverse("visits:visit_correct", args=[visit.public_id])
    assert world.client("staff").get(url).status_code == 403
    assert world.client("staff").post(url, {"text": "别的话"}).status_code == 403
    assert not visit.corrections.exists()
