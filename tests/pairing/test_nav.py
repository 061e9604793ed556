"""The navigation shows what a role may open, and nothing that does not exist."""

from django.urls import reverse

from pairing import nav
from pairing.roles import Role


def urls(*roles: str) -> list[str]:
    return [place.url for place in nav.places(roles)]


def test_entries_follow_the_permissions():
    people = reverse("pairing:person_list")
    assert people in urls(Role.ADMINISTRATOR)
    assert people not in urls(Role.STAFF)
    assert people not in urls(Role.CADRE)
    assert reverse("pairing:audit_object") in urls(Role.AUDITOR)
    assert urls("nobody") == []


def test_a_cadre_with_an_office_role_works_in_the_office_frame_and_keeps_his_day():
    assert nav.surface([Role.CADRE]) == "cadre"
    assert nav.surface([Role.CADRE, Role.STAFF]) == "office"
    assert set(urls(Role.STAFF)) <= set(urls(Role.CADRE, Role.STAFF))


def test_entries_without_a_page_are_left_out(monkeypatch):
    monkeypatch.setattr(nav, "CADRE", (nav.Entry("visits:no_such_page", "x", "home"),))
    assert urls(Role.CADRE) == []


def test_a_form_is_in_its_list_and_an_exact_name_wins():
    def current(name: str, role: str) -> list[str]:
        return [place.url for place in nav.places([role], name) if place.current]

    assert current("pairing:person_edit", Role.ADMINISTRATOR) == [reverse("pairing:person_list")]
    assert current("pairing:grant_create", Role.ADMINISTRATOR) == [reverse("pairing:person_list")]
    assert current("pairing:audit_account", Role.AUDITOR) == [reverse("pairing:audit_account")]
    assert current("pairing:home", Role.AUDITOR) == []
