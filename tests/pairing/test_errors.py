"""Every error page is ours, in both languages, in two forms, with a request id and without internals."""

import json

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponseNotAllowed
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import translation

from pairing import urls
from pairing.error_pages import ERRORS, answer
from pairing.errors import Conflict, Refused

NUMBER = "3f0c5a52-6a0b-4b4e-9f5c-1f1f3f0c5a52"


FORMS = {
    "page": {"accept": "text/html,*/*"},
    "data": {"accept": "application/json"},
}


def asked(**headers: str) -> HttpRequest:
    request = RequestFactory().get("/", headers=headers)
    request.id = NUMBER
    return request


def test_a_step_that_the_state_forbids_is_not_called_a_missing_right():
    with translation.override("zh-hans"):
        page = answer(asked(), 403, "这条走访已经确认过了。").content.decode()
        plain = answer(asked(), 403).content.decode()
    assert "<h1>现在不能这样办</h1>" in page
    assert "这条走访已经确认过了。" in page
    assert "<h1>您没有这项权限</h1>" in plain


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("status", sorted(ERRORS))
def test_each_error_in_each_form(status, language):
    """22 answers a language, without a database: these tests do not ask for one."""
    with translation.override(language):
        title, text = str(ERRORS[status].title), str(ERRORS[status].text)
    page, data = (answer(asked(accept_language=language, **form), status) for form in FORMS.values())
    assert page.status_code == data.status_code == status
    assert "<!DOCTYPE html>" in page.content.decode()
    assert f"<h1>{title}</h1>" in page.content.decode()
    assert json.loads(data.content) == {
        "error": ERRORS[status].code,
        "message": text,
        "request": NUMBER,
    }  # fmt: skip
    for response in (page, data):
        assert NUMBER in response.content.decode()
        assert "Traceback" not in response.content.decode()
        assert response["Cache-Control"] == "no-store"


def test_titles_are_translated():
    with translation.override("zh-hans"):
        texts = [str(text) for error in ERRORS.values() for text in (error.title, error.text)]
    assert all(any("一" <= character <= "鿿" for character in text) for text in texts)


def test_conflict_keeps_both_texts_and_escapes_them():
    with translation.override("en"):
        page = answer(asked(), 409, stored={"Head": "<甲>"}, sent={"Head": "<乙>\n第二行"}).content.decode()
    assert "&lt;乙&gt;\n第二行" in page
    assert "&lt;甲&gt;" in page


def test_a_broken_error_template_still_answers(monkeypatch):
    monkeypatch.setattr("pairing.error_pages.loader.render_to_string", lambda *_: 1 / 0)
    page = answer(asked(), 500)
    assert page.status_code == 500
    assert NUMBER in page.content.decode()


# --- each as a request really meets it ------------------------------------------------------------------------


def broken(request: HttpRequest) -> None:
    raise ValueError("secret value 620702")


def refused(request: HttpRequest) -> None:
    raise Refused("这一户已经注销。")


def conflict(request: HttpRequest) -> None:
    raise Conflict("别人改过。", stored={"姓名": "甲"}, sent={"姓名": "乙"})


def post_only(request: HttpRequest) -> HttpResponseNotAllowed:
    return HttpResponseNotAllowed(["POST"])


class _Urls:
    """The site's addresses and a few that fail."""

    urlpatterns = [
        *(path(f"{view.__name__}/", view) for view in (broken, refused, conflict, post_only)),
        *urls.urlpatterns,
    ]
    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def failing(settings, client, cast, sign_in):
    settings.ROOT_URLCONF = _Urls
    client.raise_request_exception = False
    return sign_in(cast.staff)


def test_a_crash_shows_no_internals_and_asks_no_database(failing):
    with CaptureQueriesContext(connection) as queries:
        response = failing.get("/broken/")
    text = response.content.decode()
    assert response.status_code == 500
    assert "620702" not in text
    assert "ValueError" not in text
    assert response["X-Request-ID"] in text
    after_grants = [q["sql"] for q in queries if "session" not in q["sql"] and "user" not in q["sql"]]
    assert after_grants == []


def test_django_s_bare_405_becomes_a_page_and_keeps_allow(failing):
    response = failing.get("/post_only/")
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert response["X-Request-ID"] in response.content.decode()


def test_a_refusal_that_no_view_caught(failing):
    response = failing.get("/refused/")
    assert response.status_code == 403
    assert "这一户已经注销。" in response.content.decode()
    response = failing.get("/conflict/")
    assert response.status_code == 409
    assert "乙" in response.content.decode()


def test_404_says_nothing_of_the_address_and_keeps_the_way_back(failing):
    response = failing.get("/nowhere-620702199001011234/")
    assert response.status_code == 404
    assert "1990" not in response.content.decode()
    assert 'href="/"' in response.content.decode()


def test_a_stale_form_token_is_explained(cast, settings):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.staff, "pairing.adapters.UsernameOrPhone")
    response = client.post("/language/", {"language": "en"})
    assert response.status_code == 403
    assert "页面打开太久了" in response.content.decode()
