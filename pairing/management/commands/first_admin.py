"""Begin a production site: the first system administrator, who sets his own password by a one-time code."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser
from django.core.management.base import no_translations
from django.db import transaction

from pairing import clock
from pairing.actions.people import create_invitation, create_user
from pairing.errors import Refused
from pairing.forms.people import PersonCreateForm
from pairing.models import Area, User
from pairing.roles import LEVELS, Role


class Command(BaseCommand):
    help = "Create the first system administrator and print the one-time code for the first sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the person's name, such as 马建国")
        parser.add_argument("area", help="code of the county, prefecture or province, such as 620702")
        parser.add_argument("--username", default="", help="without it, one is made from the name's pinyin")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")
        host = next(iter(settings.ALLOWED_HOSTS), "localhost")
        parser.add_argument("--site", default=f"https://{host}", help="address of the site (%(default)s)")
        parser.add_argument("--another", action="store_true", help="although there is a system administrator")

    @no_translations
    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        area = Area.objects.filter(code=options["area"], active=True).first()
        if area is None:
            raise CommandError("There is no such area. Load places first: manage.py load_areas.")
        if area.level not in LEVELS[Role.SYSTEM]:
            raise CommandError("A system administrator works at county level or above.")
        name, username = (_cleaned(field, options[field]) for field in ("name", "username"))
        if User.objects.with_role(Role.SYSTEM, clock.today()).exists() and not options["another"]:
            raise CommandError("There is a system administrator already. With --another, one more is made.")
        try:
            user = create_user(
                name=name,
                area=area,
                role=Role.SYSTEM,
                role_area=area,
                username=username,
                language=options["language"],
                by=None,
            )
            _invitation, code = create_invitation(person=user, by=None)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"{user.name} ({area.display_name}) signs in as: {user.username}\n"
            f"Once, within seven days, at {options['site'].rstrip('/')}/enter/ with the code: {code}"
        )


def _cleaned(field: str, text: str) -> str:
    """``text`` as the page for a new person takes it. Raises CommandError with the page's sentence."""
    try:
        return str(PersonCreateForm.base_fields[field].clean(text))
    except ValidationError as error:
        raise CommandError(f"{field}: {' '.join(error.messages)}") from error
