"""A demo user's code from the command line signs him in; a production site gives away none."""

import pytest
from django.core.management import CommandError, call_command

from pairing.actions.second_factors import activate_code_app
from tests.pairing.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_printed_code_signs_in(cast, client, capsys):
    activate_code_app(cast.county, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.post("/account/login/", {"login": "county", "password": PASSWORD})
    call_command("demo_code", "county")
    client.post("/account/2fa/authenticate/", {"code": capsys.readouterr().out.split()[0]})
    assert "_auth_user_id" in client.session


def test_production_gives_none(cast, settings):
    settings.TESTING = False
    with pytest.raises(CommandError, match="Only the demo"):
        call_command("demo_code", "county")


def test_who_has_no_code_app_is_told(cast):
    with pytest.raises(CommandError, match="no code app"):
        call_command("demo_code", "cadre")
