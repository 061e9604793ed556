"""A phone number on request."""

from pairing.models import AuditEvent
from tests.cast import World


def show(world: World, who: str, position: str, of: object | None = None):
    file = world.files[position]
    return world.client(who).post(f"/households/{file.public_id}/phone/", {"of": str(of or file.public_id)})


def test_helper_and_office_see_it_and_one_row_says_so(world: World):
    for who in ("cadre", "staff"):
        page = show(world, who, "own")
        assert world.files["own"].phone.open() in page.content.decode()
        assert page["Refresh"].startswith("60;")
    assert AuditEvent.objects.filter(action="phone.show").count() == 2
    spouse = world.spouses["own"].person
    assert spouse.phone.open() in show(world, "cadre", "own", spouse.public_id).content.decode()


def test_nobody_else_sees_it(world: World):
    assert show(world, "clerk", "own").status_code == 403
    assert show(world, "cadre", "ended").status_code == 404
    assert show(world, "cadre", "own", world.spouses["area"].person.public_id).status_code == 404
    assert show(world, "cadre", "own", "nonsense").status_code == 404
    assert not AuditEvent.objects.filter(action="phone.show").exists()


def test_more_than_thirty_a_day_warn_the_auditor(world: World):
    for _ in range(31):
        show(world, "cadre", "own")
    assert AuditEvent.objects.filter(action="phone.show").count() == 31
    warning = AuditEvent.objects.get(action="phone.show_many")
    assert (warning.actor_id, warning.detail) == (world.people["cadre"].pk, {"limit": 30})


def test_an_address_shows_no_number(world: World):
    assert world.client("cadre").get(f"/households/{world.files['own'].public_id}/phone/").status_code == 405
