"""``manage.py first_admin``: begin a production site with its first system administrator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pairing.actions import people
from pairing.errors import Refused
from pairing.models import Area
from pairing.roles import Role


class Command(BaseCommand):
    """Adds a system administrator for an area and prints the code with which he chooses a password."""

    help = "Add the first system administrator, who then adds administrators, leaders and auditors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("area", help="area code of the county, prefecture or province, such as 620702")
        parser.add_argument("name", help="the person's name")
        parser.add_argument("--username", default="", help="else made from the name's pinyin")

    def handle(self, *args: Any, **options: Any) -> None:
        area = Area.objects.filter(pk=options["area"]).first()
        if area is None:
            raise CommandError(
                f"There is no area {options['area']}; load the areas first (manage.py load_areas)."
            )
        try:
            person = people.create_user(
                name=options["name"],
                area=area,
                role=Role.SYSTEM,
                role_area=area,
                username=options["username"],
                by=None,
            )
            invitation, token = people.create_invitation(person=person, by=None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        code = "-".join(token[i : i + 4] for i in range(0, len(token), 4)).upper()
        self.stdout.write(f"User name: {person.username}")
        self.stdout.write(f"Code: {code}")
        self.stdout.write(
            f"Open /enter/ on the site and type the code before {invitation.expires_at:%Y-%m-%d %H:%M} UTC."
        )
