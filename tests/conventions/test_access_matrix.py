"""Every address × every role × every position: who gets what, what is written down, and what nobody sees.

Sources: ADR 20 (who may do what, order of refusals); security targets S01, S02, S16, S24.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from pairing.models import User
from pairing.roles import P
from tests import cast
from tests.conventions.access_table import NOBODY, PAGES, REACH, ROLES, Page
from tests.conventions.ground import POSITIONS, RESTRICTED, Ground, addresses
from tests.conventions.probe import Answer, Probe
from tests.conventions.sweep import path_of, positions_of

Choose = Callable[[Page, str, Sequence[str]], list[str]]
READS = {"pairing_auditevent", "django_session"}
LIMITS = {"pairing_cache"}  # allauth counts tries
ALLAUTH = {name for name in PAGES if ":" not in name}
#: The two deeds that show one full number of the file in question.
REVEALS = {("households:phone_show", "POST"), ("households:number_reveal", "POST")}


def test_what_stands_in_files_is_read(ground: Ground, bodies: dict[str, Any]) -> None:
    """The rows that failed and the slips hold canaries of their own position, which the matrix can see."""
    for who, name, canary in (
        ("township_admin", "households:import_failed", cast.canary("own", "failed")),
        ("cadre", "visits:slip_print", cast.canary("own", "head")),
    ):
        method = "GET" if PAGES[name].kind else "POST"
        path = path_of(ground, name, PAGES[name], "own")
        answer = Probe(ground.world, who).send(method, path, bodies.get(name))
        assert answer.response.content[:4] in (b"PK\x03\x04", b"%PDF")
        assert canary in answer.text


def test_every_address_is_in_the_table() -> None:
    assert set(addresses()) == set(PAGES)


def edge(page: Page, who: str, positions: Sequence[str]) -> list[str]:
    """In the middle of somebody's reach, and just outside it; once where the role is refused anyway."""
    if who not in page.who:
        return [*positions[:1]]
    reach = page.reach.get(who, REACH.get(who, NOBODY))
    return [*positions[:1], *[p for p in positions[1:] if p not in reach][:1]]


def inside(page: Page, who: str, positions: Sequence[str]) -> list[str]:
    """All the other positions."""
    return [p for p in positions if p not in edge(page, who, positions)]


def everywhere(page: Page, who: str, positions: Sequence[str]) -> list[str]:
    return list(positions)


@pytest.mark.parametrize("who", ROLES)
def test_matrix(ground: Ground, bodies: dict[str, Any], who: str) -> None:
    wrong = walk(ground, bodies, who, PAGES, edge)
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("who", ROLES)
def test_matrix_in_every_other_position(ground: Ground, bodies: dict[str, Any], who: str) -> None:
    wrong = walk(ground, bodies, who, PAGES, inside)
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong)


def walk(
    ground: Ground, bodies: dict[str, Any], who: str, pages: Mapping[str, Page], where: Choose = everywhere
) -> list[str]:
    """Everything that is wrong about what ``who`` meets at these addresses."""
    browser, wrong = Probe(ground.world, who), list[str]()
    unseen = forbidden(ground, who)
    for name, page in pages.items():
        for position in where(page, who, positions_of(ground, page)):
            path = path_of(ground, name, page, position)
            for method in ("GET", "POST"):
                body = bodies.get(name) if method == "POST" else None
                if name == "households:phone_show":
                    body = {"of": str(ground.world.files[position].public_id)}
                answer = browser.send(method, path, body)
                shown = one_number(ground, position) if (name, method) in REVEALS else set()
                shown |= own_words(who, name)
                said = faults(page, who, position, method, answer, unseen - shown)
                wrong += [f"{who} {method} {name} [{position}]: {fault}" for fault in said]
    return wrong


def own_words(who: str, name: str) -> set[str]:
    """What was typed for a helper he confirms after his pairing, too: Today leads him there."""
    seen = {"visits:today": ("head",), "visits:visit_confirm": ("head", "said")}.get(name, ())
    return {cast.canary(place, what) for place in ("ended", "closed") for what in seen if who == "cadre"}


FEW = {
    name: PAGES[name]
    for name in ("households:household_detail", "households:member_remove", "visits:visit_read")
}


def all_rows(rows: Any, user: Any, permission: P) -> Any:
    return rows.all()


def writes_on_get(name: str, **more: Any) -> None:
    User.objects.update(language="en")


@pytest.mark.parametrize(
    ("place", "sabotage", "seen"),
    [
        ("households.models.scoped.ScopedQuerySet.visible_to", all_rows, {"not 404", "shows"}),
        ("pairing.access.carries", lambda user, permission: True, {"not 403"}),
        ("households.rules.check_open", lambda household: None, {"not 403"}),
        ("pairing.audit.write", lambda *a, **k: None, {"the log says", "0 audit rows"}),
        ("pairing.audit.write", writes_on_get, {"writes ['pairing_user"}),
    ],
)
@pytest.mark.slow
def test_a_broken_guard_is_seen(
    ground: Ground, bodies: dict[str, Any], monkeypatch: Any, place: str, sabotage: Any, seen: set[str]
) -> None:
    monkeypatch.setattr(place, sabotage)
    wrong = "\n".join(fault for who in ("staff", "clerk") for fault in walk(ground, bodies, who, FEW))
    assert all(fault in wrong for fault in seen), wrong


def faults(page: Page, who: str, position: str, method: str, answer: Answer, unseen: set[str]) -> list[str]:
    """What is wrong about one answer."""
    found, expected = [], page.expected(who, position, method)
    if answer.status not in expected:
        found.append(f"{answer.status}, not {' or '.join(map(str, expected))}")
    if leaked := [canary for canary in unseen if canary in answer.text]:
        found.append(f"shows {sorted(leaked)}")
    if method == "GET" and answer.wrote - READS:
        found.append(f"writes {sorted(answer.wrote - READS)}")
    rows = len(answer.events)
    if answer.status in (403, 404) and who != "anonymous":
        if answer.events != ["refused"]:
            found.append(f"refused, but the log says {answer.events}")
    elif method == "GET" and answer.status == 200 and rows != int(page.reads):
        found.append(f"{rows} audit rows {answer.events}, not {int(page.reads)}")
    elif method == "POST" and answer.status == 302 and who != "anonymous":
        changed = bool(answer.wrote - READS - LIMITS)
        if rows != 1 if changed else rows > 1:
            found.append(f"writes {sorted(answer.wrote)}, and the log says {answer.events}")
    return found


def forbidden(ground: Ground, who: str) -> set[str]:
    """What stands in rows out of this role's reach, and full numbers of anybody."""
    reach = REACH.get(who, NOBODY) if who != "system" else NOBODY
    unseen = {c for position in POSITIONS if position not in reach for c in ground.world.canaries[position]}
    unseen |= ground.numbers
    if who != "cadre":
        unseen.add(RESTRICTED)
    return unseen - {""}


def one_number(ground: Ground, position: str) -> set[str]:
    row = ground.world.files[position]
    return {row.phone.open(), row.bank_account.open()}


@pytest.mark.slow
@pytest.mark.parametrize("who", ROLES)
def test_other_methods(ground: Ground, who: str) -> None:
    browser, wrong = Probe(ground.world, who), []
    for name, page in PAGES.items():
        position = positions_of(ground, page)[0]
        path = path_of(ground, name, page, position)
        for method in ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = browser.send(method, path)
            expected = page.expected(who, position, method)
            if name in ALLAUTH:
                expected = (200, 302, 405)
            if answer.status not in expected or answer.wrote - READS - LIMITS:
                wrong.append(f"{who} {method} {name}: {answer.status}, not {expected}; {answer.wrote}")
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong)
