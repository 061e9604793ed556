"""Every answer of every address carries the strict headers, errors included (S18)."""

import re
from typing import Any

import pytest

from tests.conventions.access_table import PAGES, ROLES
from tests.conventions.ground import Ground
from tests.conventions.probe import Probe
from tests.conventions.sweep import path_of, positions_of

EXACT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def faults(answer: Any) -> list[str]:
    """What a header lacks."""
    headers = answer.response.headers
    found = [f"{name}: {headers.get(name)}" for name, value in EXACT.items() if headers.get(name) != value]
    policy = dict(
        part.strip().split(" ", 1)
        for part in headers.get("Content-Security-Policy", "").split(";")
        if " " in part
    )
    found += [f"{name} {policy.get(name)}" for name, value in POLICY.items() if policy.get(name) != value]
    if "unsafe" in str(policy) or "*" in str(policy.values()):
        found.append("unsafe policy")
    if "no-store" not in headers.get("Cache-Control", ""):
        found.append("may be stored")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    if not re.fullmatch(r"[0-9a-f-]{36}", headers.get("X-Request-ID", "")):
        found.append("no request id")
    if "ETag" in headers or "Server" in headers or "X-Powered-By" in headers:
        found.append("says too much")
    found += [
        f"cookie {cookie.key}: not for scripts and other sites"
        for cookie in answer.response.cookies.values()
        if cookie.value and not (cookie["httponly"] and cookie["samesite"] in ("Lax", "Strict"))
    ]
    return found


@pytest.mark.parametrize(
    "who",
    [
        "anonymous",
        "cadre",
        *(pytest.param(who, marks=pytest.mark.slow) for who in ("township_admin", "auditor")),
    ],
)
def test_headers(ground: Ground, who: str) -> None:
    assert who in ROLES
    browser, wrong = Probe(ground.world, who), []
    for name, page in PAGES.items():
        path = path_of(ground, name, page, positions_of(ground, page)[0])
        method = "DELETE" if who == "auditor" else "GET"
        wrong += [f"{method} {name}: {fault}" for fault in faults(browser.send(method, path))]
    assert wrong == []


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/enter/%00/", "/account/login/?q=" + "x" * 5_000, "/static/nothing.js"]
)
def test_headers_of_errors(ground: Ground, path: str) -> None:
    answer = Probe(ground.world, "anonymous").send("GET", path)
    assert answer.status >= 400
    assert [fault for fault in faults(answer) if not path.startswith("/static/")] == []
