"""Input that no keyboard makes is answered with a page of ours, never with a 500."""

import json

import pytest
from django.db import DataError, connection
from django.test import RequestFactory

from pairing import middleware

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_exceptions_pass(client):
    client.raise_request_exception = False


@pytest.mark.parametrize(
    "path",
    ["/account/login/?next=%00", "/account/login/?%00=x", "/account/%00/", "/enter/%00/", "/enter/a%00b/"],
)
def test_nul_in_an_address(client, path):
    response = client.get(path)
    assert response.status_code == 400
    assert str(response.headers["X-Request-ID"]) in response.content.decode()


def test_half_characters_in_an_address_are_harmless(client):
    for path in ("/account/login/?next=%ED%A0%80", "/enter/%ED%A0%80/", "/enter/%FF/", "/%ED%A0%80"):
        assert client.get(path).status_code < 500


def test_endless_address_and_body(client):
    assert client.get("/account/login/?q=" + "x" * 5000).status_code == 414
    assert client.post("/account/login/", {"login": "x" * 5_000_000}).status_code == 413
    for length in ("999999999999999999999", "-1", "x"):
        request = RequestFactory().get("/", CONTENT_LENGTH=length)
        assert middleware.clean_input(lambda r: None)(request).status_code == 413


def test_nul_in_cookies_and_headers(client):
    client.cookies["sessionid"] = "a\0b"
    assert client.get("/account/login/").status_code == 400
    client.cookies.clear()
    assert client.get("/account/login/", headers={"accept-language": "zh\0"}).status_code == 400


@pytest.mark.parametrize("name", ["login", "password", "next", "csrfmiddlewaretoken", "unknown\0"])
@pytest.mark.parametrize("value", ["\0", "a\0b", "x" * 100_000, "＝1+1", "<script>", "\u202e", "9" * 400])
def test_strange_fields_of_a_form(client, name, value):
    form = {"login": "nobody", "password": "nothing here"} | {name: value}
    assert client.post("/account/login/", form).status_code < 500


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"a": "\\u0000"}',
        '{"\\u0000": 1}',
        '["\\ud800"]',
        "[" * 100_000,
        "9" * 5000,
        b"\xff",
        '{"a": [{"b": "\0"}]}',
    ],
)
def test_bad_json_is_refused_before_any_view(client, body):
    response = client.post("/account/login/", body, content_type="application/json")
    assert response.status_code == 400


def test_good_json_passes():
    body = json.dumps({"said": "马·依不拉 𠮷", "n": [1, None, {"x": "\\u0000"}]})
    request = RequestFactory().post("/", body, content_type="application/json")
    assert middleware.clean_input(lambda r: "passed")(request) == "passed"


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data; boundary=x", "multipart/form-data", "x\0/y", "text/xml"]
)
def test_broken_bodies(client, content_type):
    assert client.generic("POST", "/account/login/", b"--x\r\nnonsense", content_type).status_code < 500


def test_what_slips_through_to_the_database_is_a_bad_request(rf):
    def sent(statement, value):
        try:
            connection.cursor().execute(statement, [value])
        except Exception as error:
            request = rf.get("/")
            answer = middleware.clean_input(lambda r: None).process_exception(request, error)
            return answer and answer.status_code

    assert sent("SELECT %s::text", "a\0b") == 400
    assert sent("SELECT %s::text", "\ud800") == 400
    assert middleware.clean_input(None).process_exception(rf.get("/"), ValueError("a bug")) is None
    assert middleware.clean_input(None).process_exception(rf.get("/"), DataError()).status_code == 400
