"""No input makes a 5xx, and no text comes back as markup (S28): query, path, headers, cookies and every field.

The fast part sends one value into every field of every form, turning through the list; the slow part sends
several, and into what queries are asked with.
"""

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.conventions.access_table import PAGES, Page
from tests.conventions.ground import Ground
from tests.conventions.probe import Answer, Probe
from tests.conventions.sweep import BY_WIDTH, path_of, positions_of

MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
VALUES = [
    "\0", "a\0b", "\ud800", "x\udfff", "", " ", "　", "\u200b\u200d\ufeff", "\u202e\u2066", "a\u0300" * 500,
    MARKUP, "{{ 7|add:7 }}{% now 'Y' %}", "${7*7}", "=1+1", "＝1＋1", "@SUM(A1)", "\t=1", "\r\nSet-Cookie: a=b",
    "0", "-1", "1.5", "1e999", "NaN", "Infinity", "9" * 19, "9" * 400, "-" + "9" * 40, "２０２６", "²", "٣",
    "2026-02-30", "0000-00-00", "9999-12-31", "0001-01-01", "2026-13-01", "10000-01-01", "+2026-01-01",
    "[]", "{", "null", "true", "[[[[", '{"a": 1}', "00000000-0000-0000-0000-000000000000", "not-a-uuid",
    "{00000000-0000-0000-0000-000000000000}", "../../etc/passwd", "%s%s%n", "%", "%%", "\\", "'", '"', "';--",
    "' OR 1=1", "马·依不拉", "𠮷𪚥", "👨‍👩‍👧", "ＡＢＣ", "\x7f\x1b[31m", "on", "None", "__all__", "pk", "x" * 5_000,
    "x" * 100_000,
]  # fmt: skip
LONG = "长" * 350_000  # one megabyte
PARAMETERS = [
    "q",
    "after",
    "before",
    "area",
    "tab",
    "part",
    "show",
    "state",
    "village",
    "type",
    "sort",
    "household",
    "helper",
    "saved",
    "older",
    "next",
    "role",
    "page",
]
JSON = ["[]", "{", "null", '"x"', "9" * 5_000, '{"said": ["a"]}', '{"a": "\\u0000"}']


@pytest.fixture(scope="module")
def browsers(ground: Ground) -> dict[str, Probe]:
    return {who: Probe(ground.world, who) for who in BY_WIDTH}


def somebody(page: Page) -> str:
    return next(who for who in BY_WIDTH if who in page.who)


def turning(few: int) -> Iterator[list[str]]:
    """``few`` values at a time, for ever, so that all are used over the whole sweep."""
    endless = itertools.cycle(VALUES)
    while True:
        yield list(itertools.islice(endless, few))


def bad(answer: Answer) -> str:
    """Why an answer is none, or empty."""
    if answer.status >= 500:
        return str(answer.status)
    return "runs text" if "<script>alert(1)" in answer.text or "onerror=alert(1)>" in answer.text else ""


def post(browser: Probe, path: str, body: dict[str, Any]) -> Answer:
    """Send a form whose texts may hold half characters, as no browser does."""
    return browser.send("POST", path, encoded(body), content_type="application/x-www-form-urlencoded")


def encoded(body: dict[str, Any]) -> str:
    """A form as a browser sends it; with half characters, as none does."""
    return urlencode(body, doseq=True, errors="surrogatepass")


def sweep_fields(ground: Ground, browsers: dict[str, Probe], bodies: dict[str, Any], few: int) -> list[str]:
    values, wrong = turning(few), []
    for name, body in bodies.items():
        page = PAGES[name]
        path, browser = path_of(ground, name, page, positions_of(ground, page)[0]), browsers[somebody(page)]
        for field in [*body, "unknown"]:
            for value in next(values):
                if fault := bad(post(browser, path, body | {field: value})):
                    wrong.append(f"{name} {field}={value[:30]!r}: {fault}")
    return wrong


@pytest.mark.slow
def test_all_fields_with_many_values(
    ground: Ground, browsers: dict[str, Probe], bodies: dict[str, Any]
) -> None:
    """Every value meets dozens of fields; every value in every field would take half an hour."""
    assert sweep_fields(ground, browsers, bodies, 3) == []


def sweep_queries(ground: Ground, browsers: dict[str, Probe], few: int) -> list[str]:
    values, wrong = turning(few), []
    for name, page in PAGES.items():
        if "GET" not in page.methods:
            continue
        path, browser = path_of(ground, name, page, positions_of(ground, page)[0]), browsers[somebody(page)]
        for parameter in PARAMETERS:
            for value in next(values):
                if len(value) < 4_000 and (
                    fault := bad(browser.send("GET", path, {parameter: value.encode(errors="surrogatepass")}))
                ):
                    wrong.append(f"{name}?{parameter}={value[:30]!r}: {fault}")
    return wrong


@pytest.mark.slow
def test_all_queries_with_many_values(ground: Ground, browsers: dict[str, Probe]) -> None:
    assert sweep_queries(ground, browsers, 1) == []


@pytest.mark.parametrize(
    "part", ["%00", "%ED%A0%80", "%FF", "0", "x", "NULL", "9" * 400, "%2e%2e%2f", "%27--", "٣", "a" * 3_000]
)
def test_parts_of_paths(ground: Ground, browsers: dict[str, Probe], part: str) -> None:
    wrong = []
    for name, page in PAGES.items():
        if not page.kind and not page.more:
            continue
        position = positions_of(ground, page)[0]
        kwargs = (ground.ids[page.kind][position] if page.kind else {}) | dict(page.more)
        path = reverse(name, kwargs=kwargs)
        for value in kwargs.values():
            answer = browsers[somebody(page)].send("GET", path.replace(str(value), part))
            if (
                answer.status not in (302, 400, 403, 404, 405, 414)
                and "GET" in page.methods
                and page.kind != "year"
            ) or answer.status >= 500:
                wrong.append(f"{name} {part[:20]}: {answer.status}")
    assert wrong == []


@pytest.mark.slow
def test_json_where_a_form_is_expected(
    ground: Ground, browsers: dict[str, Probe], bodies: dict[str, Any]
) -> None:
    wrong, texts = [], itertools.cycle(JSON)
    for name in bodies:
        page, text = PAGES[name], next(texts)
        path = path_of(ground, name, page, positions_of(ground, page)[0])
        answer = browsers[somebody(page)].send("POST", path, text, content_type="application/json")
        if answer.status >= 500:
            wrong.append(f"{name} {text[:20]}: {answer.status}")
    assert wrong == []


@pytest.mark.slow
def test_a_megabyte_of_text(ground: Ground, browsers: dict[str, Probe], bodies: dict[str, Any]) -> None:
    wrong = []
    for name in ("visits:visit_create", "households:household_edit", "pairing:person_edit"):
        page, body = PAGES[name], bodies[name]
        path = path_of(ground, name, page, "own")
        for field in body:
            if fault := bad(post(browsers[somebody(page)], path, body | {field: LONG})):
                wrong.append(f"{name} {field}: {fault}")
    assert wrong == []


@pytest.mark.parametrize(
    "value", [value for value in VALUES[::4] if len(value) < 1_000 and "\n" not in value]
)
def test_headers_and_cookies(ground: Ground, browsers: dict[str, Probe], value: str) -> None:
    browser, path = browsers["staff"], reverse("households:household_list")
    value = value.encode(errors="surrogatepass").decode("latin-1")  # as a web server hands bytes on
    for name in (
        "Accept-Language",
        "Accept",
        "Referer",
        "Origin",
        "X-Forwarded-For",
        "User-Agent",
    ):
        assert browser.send("GET", path, headers={name: value}).status < 500
    for name in ("django_language", "sessionid", "csrftoken", "device", "messages"):
        browser.client.cookies[name] = value
        assert browser.send("GET", path).status < 500


@pytest.mark.parametrize(
    "name", ["../../x.xlsx", "x\0.xlsx", "\u202excod.xlsx", "x" * 5_000, "=1+1.xlsx", MARKUP]
)
def test_names_of_files(ground: Ground, browsers: dict[str, Probe], name: str) -> None:
    path = reverse("households:import_create")
    for content in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", "姓名,性别\n".encode("gbk")):
        sent = {"file": SimpleUploadedFile(name, content), "area": "620702101", "year": "2025"}
        assert not bad(browsers["township_admin"].send("POST", path, sent))
