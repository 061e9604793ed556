"""Nothing changes from another site: no deed without this site's own token and origin (S16)."""

import copy
from typing import Any

import pytest
from django.db import transaction

from tests.conventions.access_table import PAGES
from tests.conventions.ground import Ground
from tests.conventions.probe import Probe, recorded
from tests.conventions.sweep import BY_WIDTH, path_of, positions_of

HARMLESS = {"django_session", "pairing_auditevent", "pairing_cache"}
FORGERIES: dict[str, dict[str, Any]] = {
    "no token": {},
    "a foreign token": {"headers": {"X-CSRFToken": "a" * 64}},
    "another origin": {"headers": {"Origin": "https://evil.example"}},
    "a script without a token": {"headers": {"X-Requested-With": "XMLHttpRequest"}},
}


@pytest.fixture(scope="module")
def strict(ground: Ground) -> dict[str, Probe]:
    """Browsers before whom the token is asked for, unlike the test client's habit."""
    return {who: Probe(ground.world, who, enforce_csrf_checks=True) for who in BY_WIDTH}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged(ground: Ground, strict: dict[str, Probe], bodies: dict[str, Any], forgery: str) -> None:
    wrong = []
    for name, body in bodies.items():
        page = PAGES[name]
        who = next(who for who in BY_WIDTH if who in page.who)
        position = positions_of(ground, page)[0]
        answer = strict[who].send("POST", path_of(ground, name, page, position), body, **FORGERIES[forgery])
        if answer.status != 403 or answer.wrote - HARMLESS:
            wrong.append(f"{who} {name}: {answer.status}, writes {sorted(answer.wrote)}")
    assert wrong == []


def test_the_right_token_passes(ground: Ground, strict: dict[str, Probe], bodies: dict[str, Any]) -> None:
    """Else the test above would prove nothing."""
    browser = strict["cadre"]
    path = path_of(ground, "visits:visit_create", PAGES["visits:visit_create"], "own")
    with transaction.atomic():
        page = browser.client.get(path)
        token = str(page.context["csrf_token"])
        with recorded() as (wrote, _events):
            done = browser.client.post(path, bodies["visits:visit_create"] | {"csrfmiddlewaretoken": token})
        assert done.status_code == 302
        assert "visits_visit" in wrote
        foreign = browser.client.post(
            path,
            bodies["visits:visit_create"] | {"csrfmiddlewaretoken": token},
            headers={"Origin": "https://evil.example"},
        )
        assert foreign.status_code == 403
        transaction.set_rollback(True)
    browser.client.cookies = copy.copy(browser.cookies)
