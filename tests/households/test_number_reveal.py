"""A full certificate or bank number: fresh password, reason, one field, a minute, an audit row."""

import pytest

from pairing.models import AuditEvent
from tests.cast import World
from tests.factories import PASSWORD


def url(world: World, position: str = "area") -> str:
    file, person = world.files[position], world.heads[position].person
    return f"/households/{file.public_id}/numbers/identity/{person.public_id}/"


def test_with_a_fresh_password_and_a_reason_one_number_is_shown_for_a_minute(world: World):
    number = world.heads["area"].person.id_number.open()
    client = world.fresh("staff")
    assert number not in client.get(url(world)).content.decode()
    page = client.post(url(world), {"reason": "办理低保"})
    text = page.content.decode()
    assert number in text
    assert world.spouses["area"].person.id_number.open() not in text
    assert page["Refresh"].startswith("60;")
    row = AuditEvent.objects.get(action="number.reveal")
    assert (row.fields, row.reason) == (["identity"], "办理低保")
    assert number not in str(row.__dict__)


def test_an_old_password_leads_to_the_password_page(world: World):
    for client in (world.client("staff"), world.fresh("staff", age=301)):
        for answer in (client.get(url(world)), client.post(url(world), {"reason": "x"})):
            assert answer.status_code == 302
            assert "reauthenticate" in answer["Location"]
    assert not AuditEvent.objects.filter(action="number.reveal").exists()


def test_giving_the_password_leads_back_to_the_number(world: World):
    client = world.client("staff")
    answer = client.post(url(world), {"reason": "办理低保"})
    page = client.post(answer["Location"], {"password": PASSWORD}, follow=True)
    assert page.status_code == 200
    assert AuditEvent.objects.filter(action="number.reveal", reason="办理低保").count() == 1
    assert world.heads["area"].person.id_number.open() in page.content.decode()


def test_without_a_reason_nothing_is_shown(world: World):
    page = world.fresh("staff").post(url(world), {"reason": ""})
    assert world.heads["area"].person.id_number.open() not in page.content.decode()
    assert "reason" in page.context["form"].errors


def test_more_than_thirty_a_day_warn_the_auditor(world: World):
    client = world.fresh("staff")
    for _ in range(30):
        client.post(url(world), {"reason": "x"})
    assert not AuditEvent.objects.filter(action="number.reveal_many").exists()
    client.post(url(world), {"reason": "x"})
    assert AuditEvent.objects.filter(action="number.reveal_many").count() == 1


def test_no_audit_row_no_number(world: World, monkeypatch: pytest.MonkeyPatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no audit")

    client = world.fresh("staff")
    monkeypatch.setattr("pairing.audit.AuditEvent.objects.create", broken)
    with pytest.raises(RuntimeError):
        client.post(url(world), {"reason": "x"})


def test_scope_and_role(world: World):
    assert world.fresh("cadre").get(url(world, "own")).status_code == 403
    assert world.fresh("clerk").get(url(world)).status_code == 403
    assert world.fresh("staff").get(url(world, "other_township")).status_code == 404
    other = (
        f"/households/{world.files['area'].public_id}/numbers/identity/{world.heads['own'].person.public_id}/"
    )
    assert world.fresh("staff").get(other).status_code == 404
    assert world.fresh("staff").get(other.replace("identity", "phone")).status_code == 404
