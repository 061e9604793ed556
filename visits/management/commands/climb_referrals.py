"""`manage.py climb_referrals`: referrals that a township left unanswered climb to the county. Daily."""

from typing import Any

from django.core.management.base import BaseCommand

from pairing import clock
from visits.actions.referrals import climb_all


class Command(BaseCommand):
    help = "Let referrals past their limit climb from the township to the county."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{climb_all(clock.today())} referrals climbed")
