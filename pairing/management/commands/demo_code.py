"""``manage.py demo_code NAME``: the code that a demo user's app would show now."""

import time
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pairing.actions.second_factors import secrets_of

PERIOD = 30


class Command(BaseCommand):
    """Prints a second-factor code; works with the demo's data only."""

    help = "Print the second-factor code of a demo user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and not settings.TESTING:
            raise CommandError("Only the demo gives away codes.")
        factor = Authenticator.objects.filter(
            user__username=options["username"], type=Authenticator.Type.TOTP
        ).first()
        if factor is None:
            raise CommandError(f"{options['username']} has no code app; cadres and clerks sign in without.")
        now = time.time()
        with secrets_of(factor.user):
            secret = get_adapter().decrypt(factor.data["secret"])
        code = format_hotp_value(hotp_value(secret, int(now) // PERIOD))
        left = PERIOD - int(now) % PERIOD
        self.stdout.write(f"{code}  (for {left} more seconds; each code works once)")
