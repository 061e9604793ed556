"""`manage.py recount`: count again what files keep of their rows, and ask the rules again. Nightly."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from households.actions import counters as files
from households.actions import months
from households.actions.questions import refresh_questions
from households.models import Household
from visits.actions import counters as visits

BATCH = 500


class Command(BaseCommand):
    help = "Recount members, pairings, visits, problems and promises of files; refresh the rules' questions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--area", default="", help="only files whose village code begins so")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Household.everything.filter(village_code__startswith=options["area"]).order_by("pk")
        ids = list(rows.values_list("pk", flat=True))
        questions = 0
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            with transaction.atomic():
                visits.lock(batch)
                files.recount(batch)
                visits.recount(batch)
                questions += refresh_questions(*Household.everything.filter(pk__in=batch))
        wrong = months.recount(options["area"])
        self.stdout.write(
            f"{len(ids)} files recounted, {questions} questions raised or cleared, {wrong} months put right"
        )
