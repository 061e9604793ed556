"""Each error as a request really meets it, as page and as data, in the reader's language (S45: 22/22)."""

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from pairing import clock, urls
from pairing.error_pages import ERRORS
from tests import cast

FORMS = {
    "page": {"accept": "text/html,*/*"},
    "data": {"accept": "application/json"},
}
INTERNALS = re.compile(r"Traceback|File \"|Exception|Error\b|psycopg|django\.|SELECT |\.py\b|secret value")
CHINESE = re.compile("[一-鿿]")
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def visit(world: cast.World, browser: Client, **more: Any) -> HttpResponse:
    body = {"client_id": str(uuid.UUID(int=7)), "visited_on": clock.today().isoformat(), "method": "home"}
    body |= {"met_others": "son", "said": "words"} | more
    return browser.post(reverse("visits:visit_create", args=[world.files["own"].public_id]), body)


def conflict(world: cast.World, browser: Client) -> HttpResponse:
    visit(world, browser)
    return visit(world, browser, said="other words")


def withdrawn(world: cast.World, browser: Client) -> HttpResponse:
    visit(world, browser)
    kept = world.people["cadre"].visits.get()
    browser.post(reverse("visits:visit_withdraw", args=[kept.public_id]), {"reason": "wrong household"})
    return visit(world, browser)


def guesses(world: cast.World, browser: Client) -> HttpResponse:
    del browser.cookies["sessionid"]
    for _n in range(10):
        answer = browser.post(reverse("account_login"), {"login": "cadre", "password": "no idea"})
    return answer


def away(world: cast.World, browser: Client) -> HttpResponse:
    """Nobody listens at the database's address."""
    connection.close()
    connection.settings_dict["PORT"] = "1"
    try:
        return browser.get("/")
    finally:
        connection.settings_dict["PORT"] = ""


def broken(request: HttpRequest) -> None:
    raise ValueError("secret value 620702")


class BrokenUrls:
    """The site's addresses and one that fails."""

    urlpatterns = [path("broken/", broken), *urls.urlpatterns]
    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500


Cause = Callable[[cast.World, Client], HttpResponse]
CAUSES: dict[int, Cause] = {
    400: lambda world, browser: browser.get("/today/?q=%00"),
    403: lambda world, browser: browser.get(reverse("households:pairing_list")),
    404: lambda world, browser: browser.get(
        reverse("households:household_detail", args=[world.files["other_township"].public_id])
    ),
    405: lambda world, browser: browser.get(reverse("pairing:language_set")),
    409: conflict,
    410: withdrawn,
    413: lambda world, browser: browser.post("/", {}, CONTENT_LENGTH=str(10**9)),
    414: lambda world, browser: browser.get("/today/?q=" + "x" * 5_000),
    429: guesses,
    500: lambda world, browser: browser.get("/broken/"),
    503: away,
}


def check(status: int, form: str, language: str, cause: Cause, world: cast.World) -> None:
    browser = world.client("cadre", **FORMS[form])
    browser.cookies["django_language"] = language
    browser.raise_request_exception = False
    answer = cause(world, browser)
    text = answer.content.decode()
    assert answer.status_code == status
    assert NUMBER.fullmatch(answer["X-Request-ID"])
    assert answer["X-Request-ID"] in text
    assert answer["Cache-Control"] == "no-store"
    assert not INTERNALS.search(text)
    if form == "page":
        assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in text
    else:
        assert json.loads(text)["error"] == ERRORS[status].code
        assert bool(CHINESE.search(json.loads(text)["message"])) == (language != "en")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", [status for status in CAUSES if status != 503])
def test_as_it_is_met(status: int, form: str, world: cast.World, settings: Any) -> None:
    if status == 500:
        settings.ROOT_URLCONF = BrokenUrls
    for language in ("zh-hans", "en"):  # a worker remembers the language of the request before
        check(status, form, language, CAUSES[status], world)


@pytest.mark.django_db(transaction=True)
def test_without_a_database() -> None:
    world = cast.build()
    for form in FORMS:
        for language in ("zh-hans", "en"):
            check(503, form, language, away, world)
