"""Whatever is sent to the pages of files: a sentence or a refusal, never a failure, and nothing half saved."""

import pytest

from households.models import Household
from tests import cast
from tests.cast import World

HOSTILE = [
    "\x00",
    "a\x00b",
    "\ud800",
    "9" * 400,
    "1e400",
    "٣",
    "2026-02-30",
    "<script>alert(1)</script>",
    "‮abc​",
    "＝1+1",
    "{",
    "𠮷" * 100,
    "x" * 20_000,
]


def forms(world: World) -> dict[str, list[str]]:
    """Addresses that take input, with their fields."""
    file, member = world.files["area"].public_id, world.spouses["area"].public_id
    why = ["reason", "proof", "version"]
    return {
        "/households/new/": [
            "village",
            "name",
            "id_number",
            "birth_date",
            "phone",
            "file_number",
            "household_type",
        ],
        "/households/find/": ["number"],
        f"/households/{file}/edit/": [*why, "address", "phone", "bank_account", "file_number", "group_name"],
        f"/households/{file}/years/2026/": [*why, "per_head_income", "exit_year", "other_causes", "known_on"],
        f"/households/{file}/members/new/": ["name", "relation", "joined_on", "joined_reason", "id_number"],
        f"/households/{file}/absences/new/": ["who", "away_from", "where", "expected_back"],
        f"/households/{file}/changes/new/": [*why, "head", "former_becomes", "person", "name", "birth_date"],
        f"/households/{file}/close/": ["on", "reason"],
        f"/households/{file}/phone/": ["of"],
        f"/members/{member}/edit/": [*why, "relation", "name", "id_number", "birth_date", "sex"],
        f"/members/{member}/remove/": ["left_on", "left_reason"],
        f"/members/{member}/year/": ["health", "work_months", "labour", "illness_insurance"],
        f"/changes/{world.requests['area'].public_id}/": ["version", "step", "remark"],
    }


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_every_field_takes_every_text(world: World, text: str) -> None:
    client = world.client("reviewer")
    sent = text.encode("utf-8", "surrogatepass").decode("latin-1") if "\ud800" in text else text
    before = Household.everything.count()
    for url, fields in forms(world).items():
        answer = client.post(url, dict.fromkeys(fields, sent))
        assert answer.status_code in {200, 302, 400, 403, 404, 409}, (url, answer.status_code)
    for parameter in ("q", "village", "type", "state", "sort", "after", "before"):
        answer = client.get("/households/", {parameter: sent})
        assert answer.status_code in {200, 400, 414}, (parameter, answer.status_code)
        assert "<script>alert(1)" not in answer.content.decode()
    assert Household.everything.count() == before
    assert Household.everything.get(pk=world.files["area"].pk).village_code == cast.VILLAGE


def test_identities_that_are_none_are_not_found(world: World) -> None:
    client = world.client("staff")
    for url in ("/households/1/", "/households/00000000-0000-0000-0000-000000000000/", "/changes/x/"):
        assert client.get(url).status_code == 404
    file = world.files["area"].public_id
    for year in ("0", "99999999999999999999", "1989"):
        assert client.get(f"/households/{file}/years/{year}/").status_code == 404
