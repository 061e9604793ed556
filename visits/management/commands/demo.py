"""``manage.py demo``: build the demo county, or print its sign-ins."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from visits.demo import build, people


class Command(BaseCommand):
    help = "Build the demo county (made-up households in real places), or print its sign-ins."

    requires_system_checks = []  # two more processes start; one check is enough

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--households", type=int, default=1_200)
        parser.add_argument("--sign-ins", action="store_true", help="print the table of sign-ins and stop")
        parser.add_argument("--part", type=int, help="for the command itself: build one part")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError outside the demo and test profiles, and where people exist already."""
        if settings.PAIRING_PROFILE not in ("demo", "test"):
            raise CommandError("The demo county is for PAIRING_PROFILE=demo only.")
        if options["sign_ins"]:
            self._print_sign_ins()
        elif options["part"] is not None:
            build.build_part(options["part"], options["households"])
        elif build.is_built():
            self.stdout.write("The demo county is there already.")
        else:
            started = time.monotonic()
            build.build(options["households"])
            self.stdout.write(f"Demo county built in {time.monotonic() - started:.0f} s.")

    def _print_sign_ins(self) -> None:
        self.stdout.write(f"{'user name':<16}{'role':<24}{'code'}")
        for sign_in in people.SIGN_INS:
            code = "-" if sign_in.role in ("cadre", "clerk") else f"python3 dev.py code {sign_in.username}"
            self.stdout.write(f"{sign_in.username:<16}{sign_in.role.label!s:<24}{code}")
        self.stdout.write(f"Password of all: {people.PASSWORD}")
