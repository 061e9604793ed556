"""One name, four places: the address, the view, its template and its test file."""

import inspect

import pytest

from tests.conventions.ground import addresses
from tests.databases import ROOT

OURS = {name: view for name, view in addresses().items() if ":" in name}
#: Answers that are no page: a redirect, JSON, a download, or the page of another view.
NO_PAGE = {
    "pairing:home", "pairing:health_show", "pairing:session_show", "pairing:language_set", "pairing:session_end",
    "pairing:second_factor_drop", "pairing:person_enable", "pairing:person_sign_out",
    "households:pairing_void",
    "households:import_apply", "households:import_choose", "households:import_read", "households:import_discard",
    "households:import_failed", "households:column_title_create",
    "visits:draft_discard", "visits:draft_key",
}  # fmt: skip
#: Five questions to the log are one page.
ONE_PAGE = dict.fromkeys(
    (
        "pairing:audit_object",
        "pairing:audit_account",
        "pairing:audit_exports",
        "pairing:audit_rights",
        "pairing:sign_in_list",
    ),
    "pairing/audit_page.html",
)
#: Views that are tested on the way of a longer story: in which file, and by which words of their address.
TESTED_WITH = {
    "pairing:home": ("test_sign_in.py", 'client.get("/")'),
    "pairing:session_show": ("test_sessions.py", "session_show"),
    "pairing:session_end": ("test_sessions.py", "session_end"),
    "pairing:language_set": ("test_profile_show.py", "/language/"),
    "pairing:second_factor_enrol": ("test_second_factor.py", "second_factor_enrol"),
    "pairing:second_factor_drop": ("test_second_factor.py", "second_factor_drop"),
    "pairing:second_factor_reset": ("test_second_factor.py", "second_factor_reset"),
    "pairing:recovery_codes_create": ("test_second_factor.py", "recovery"),
    "pairing:invitation_find": ("test_invitation_create.py", "/enter/"),
    "pairing:invitation_accept": ("test_invitation_create.py", "/enter/"),
    "pairing:person_enable": ("test_person_disable.py", "enable/"),
    "pairing:person_sign_out": ("test_person_detail.py", "sign-out"),
    "pairing:grant_end": ("test_grant_create.py", "end/"),
    "pairing:unit_list": ("test_unit_create.py", "/units/"),
    "pairing:unit_edit": ("test_unit_create.py", "/edit/"),
    "pairing:unit_detail": ("test_village_link_create.py", "/units/"),
    "pairing:village_link_list": ("test_village_link_create.py", "/linked-villages/"),
    **{name: ("test_audit.py", name.split(":")[1]) for name in ONE_PAGE},
}


def test_view_names() -> None:
    wrong = {name: view.__name__ for name, view in OURS.items() if view.__name__ != name.split(":")[1]}
    assert wrong == {}


def test_views_live_in_their_app() -> None:
    for name, view in OURS.items():
        app, _noun = name.split(":")
        assert inspect.getmodule(inspect.unwrap(view)).__name__.startswith(f"{app}.views."), name


@pytest.mark.parametrize("name", sorted(set(OURS) - NO_PAGE))
def test_template(name: str) -> None:
    app, noun = name.split(":")
    assert (ROOT / "templates" / ONE_PAGE.get(name, f"{app}/{noun}.html")).is_file()


@pytest.mark.parametrize("name", sorted(NO_PAGE))
def test_no_template_without_a_page(name: str) -> None:
    app, noun = name.split(":")
    assert name in OURS
    assert not (ROOT / "templates" / app / f"{noun}.html").exists()


@pytest.mark.parametrize("name", sorted(OURS))
def test_test_file(name: str) -> None:
    app, noun = name.split(":")
    file, words = TESTED_WITH.get(name, (f"test_{noun}.py", ""))
    path = ROOT / "tests" / app / file
    assert path.is_file()
    assert words in path.read_text()


def test_exceptions_are_few() -> None:
    assert set(TESTED_WITH) | set(ONE_PAGE) <= set(OURS)
