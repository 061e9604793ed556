"""A production site begins with one command, which prints a code once and refuses to be run twice."""

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from pairing.actions.people import open_invitation
from pairing.models import Area, AuditEvent, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    Area.objects.create(code="620702100", level="township", name="梁家墩镇", display_name="梁家墩镇")
    return Area.objects.create(code="620702", level="county", name="甘州区", display_name="甘州区")


def test_the_printed_code_opens_the_first_entry(county, capsys):
    call_command("first_admin", "马建国", "620702", site="https://pairing.example.cn/")
    printed = capsys.readouterr().out
    assert "signs in as: majianguo" in printed
    assert "https://pairing.example.cn/enter/ with the code:" in printed
    user = User.objects.get()
    assert user.roles == {"system"}
    assert not user.has_usable_password()
    assert open_invitation(printed.split()[-1]).user == user
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"person.create", "invitation.create"}


def test_twice_only_on_purpose(county, capsys):
    call_command("first_admin", "马建国", "620702")
    assert f" at https://{settings.ALLOWED_HOSTS[0]}/enter/ " in capsys.readouterr().out
    with pytest.raises(CommandError, match="already"):
        call_command("first_admin", "马建军", "620702")
    call_command("first_admin", "马建国", "620702", another=True)
    assert set(User.objects.values_list("username", flat=True)) == {"majianguo", "majianguo2"}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("马", "62"), "no such area"),
        (("马", "620702100"), "county level"),
        ((" ", "620702"), "name: This field is required"),
        (("马" * 61, "620702"), "name: .* at most 60"),
        (("马", "620702", "--username", "a b"), "username: Small letters"),
    ],
)
def test_what_cannot_be(county, arguments, reason):
    with pytest.raises(CommandError, match=reason):
        call_command("first_admin", *arguments)
    assert not User.objects.exists()
