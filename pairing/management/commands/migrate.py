"""Django's migrate as the owner role, followed by the cache table, grants and refusing triggers."""

from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from pairing import grants


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, has_schema_privilege(current_schema(), 'CREATE')")
            role, may_create = cursor.fetchone()
        if not may_create:
            raise CommandError(
                f"migrate runs as the owner of the tables, and {role} is not. Set OWNER_DATABASE_URL."
            )
        only_looks = options["plan"] or options["check_unapplied"]
        if not only_looks:
            grants.open_history(connection)
        super().handle(*args, **options)
        if only_looks:
            return
        call_command("createcachetable", verbosity=0, database=options["database"])
        grants.apply(connection)
