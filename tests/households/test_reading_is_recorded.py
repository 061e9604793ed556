"""Every page of files that shows somebody's data leaves exactly one audit row, and refuses without one."""

import pytest

from pairing.models import AuditEvent
from tests.cast import World


def pages(world: World) -> list[tuple[str, str]]:
    """Who opens what."""
    file, closed, member = world.files["area"], world.files["closed"], world.spouses["area"]
    root = f"/households/{file.public_id}"
    return [
        *(("reviewer", f"{root}/{page}") for page in ("", "edit/", "close/", "history/", "years/2025/")),
        *(("reviewer", f"{root}/{page}/new/") for page in ("members", "absences", "changes")),
        ("reviewer", f"{root}/relations/"),
        ("reviewer", f"{root}/move/"),
        *(("reviewer", f"/members/{member.public_id}/{page}/") for page in ("edit", "remove", "year")),
        ("reviewer", "/households/"),
        ("reviewer", f"/households/{closed.public_id}/reopen/"),
        ("township_admin", f"{root}/listing/"),
        ("reviewer", f"/absences/{world.absences['area'].public_id}/end/"),
        ("reviewer", f"/questions/{world.questions['area'].public_id}/answer/"),
        ("reviewer", "/changes/"),
        ("reviewer", f"/changes/{world.requests['area'].public_id}/"),
        ("staff", f"/changes/{world.requests['area'].public_id}/withdraw/"),
    ]


def test_one_row_a_page(world: World) -> None:
    for who, url in pages(world):
        client, before = world.client(who), AuditEvent.objects.count()
        assert client.get(url).status_code == 200, url
        assert AuditEvent.objects.count() - before == 1, url


def test_a_form_that_comes_back_is_a_look_too(world: World) -> None:
    """Nobody need open a form before he sends one that is wrong: an old version, or nothing of use."""
    for who, url in pages(world):
        client = world.client(who)
        for sent in ({"x": "1"}, {"version": "999", "reason": "correction", "relation": "spouse"}):
            before = AuditEvent.objects.count()
            if client.post(url, sent).status_code in (200, 409, 422):
                assert AuditEvent.objects.count() == before + 1, (url, sent)


def test_no_row_no_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no audit")

    clients = {who: world.client(who) for who, _url in pages(world)}
    monkeypatch.setattr("pairing.audit.AuditEvent.objects.create", broken)
    for who, url in pages(world):
        with pytest.raises(RuntimeError):
            clients[who].get(url)
