"""One's own account: what it may do, its language, its sign-ins."""

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db


def test_the_page_shows_roles_past_and_present_and_ones_own_sign_ins(cast, client):
    client.post("/account/login/", {"login": "cadre", "password": "wrong password here"})
    client.post("/account/login/", {"login": "staff", "password": "wrong password here"})
    client.post("/account/login/", {"login": "cadre", "password": "windy plateau, seven sheep"})
    cast.cadre.grants.create(
        role="clerk", area_id="620702101201", started_on="2025-01-01", ended_on="2026-01-01"
    )
    answer = client.get("/me/")
    assert [e.result for e in answer.context["sign_ins"]] == ["ok", "refused"]
    page = answer.content.decode()
    assert "梁家墩镇" in page
    assert "清凉寺村" in page


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        ("/people/", "/people/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("", "/"),
        ("javascript:x", "/"),
    ],
)
def test_the_language_is_kept_and_leads_nowhere_else(cast, sign_in, back, goes):
    answer = sign_in(cast.cadre).post("/language/", {"language": "en", "next": back})
    assert answer["Location"] == goes
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    cast.cadre.refresh_from_db()
    assert cast.cadre.language == "en"


def test_an_unknown_language_changes_nothing(cast, sign_in):
    answer = sign_in(cast.cadre).post("/language/", {"language": "xx", "next": "/"})
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
