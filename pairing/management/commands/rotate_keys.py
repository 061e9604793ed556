"""Seal every value anew that was sealed with an older key, in small batches, while people work.

Put the new key first in PAIRING_FIELD_KEYS, keep the old one behind it, restart the application, then run
this. It may be stopped and started again at any time. When it says that nothing is left, the old key may go
from the settings, but not from the safe: older backups still need it.
"""

import time
from collections.abc import Iterator
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import connection, models
from pghistory.models import Event
from psycopg2.extras import execute_values

from pairing import grants
from pairing.actions.second_factors import secrets_of
from pairing.crypto import current_head, reseal
from pairing.fields import SealedField

_SECRETS = ("secret", "seed")  # what the second factor keeps sealed inside its JSON
_PATIENCE = 120  # seconds that rows may stay locked by others before we give up


def sealed_columns() -> Iterator[tuple[type[models.Model], SealedField]]:
    """Every sealed field of every table, history included; live rows before their history."""
    for model in sorted(apps.get_models(), key=lambda m: (issubclass(m, Event), m._meta.label)):
        for field in model._meta.local_fields:
            if isinstance(field, SealedField):
                yield model, field


class Command(BaseCommand):
    help = (
        "Seal all values with the first of PAIRING_FIELD_KEYS. Runs as the owner; people may go on working."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows in one transaction (500)")
        parser.add_argument("--pause", type=float, default=0.02, help="seconds between transactions (0.02)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not grants.owns_tables(connection):
            raise CommandError("History rows may be changed by the owner only. Set OWNER_DATABASE_URL.")
        if options["batch"] < 1 or options["pause"] < 0:
            raise CommandError("A batch has at least one row, and a pause cannot be negative.")
        total = 0
        for model, field in sealed_columns():
            done = self._column(model, field, options["batch"], options["pause"])
            total += done
            if done:
                self.stdout.write(f"{model._meta.label} {field.name}: {done} values")
        total += self._second_factors()
        self.stdout.write(f"{total} values sealed anew; nothing is left under an older key.")

    def _column(self, model: type[models.Model], field: SealedField, batch: int, pause: float) -> int:
        done, last_progress = 0, time.monotonic()
        while True:
            changed = _reseal_batch(model, field, batch)
            if changed:
                done, last_progress = done + changed, time.monotonic()
                if done % (batch * 20) == 0:
                    self.stdout.write(f"{model._meta.label} {field.name}: {done} …")
            elif not _any_old(model, field):
                return done
            elif time.monotonic() - last_progress > _PATIENCE:
                raise CommandError(
                    f"Rows of {model._meta.label} stay locked by somebody. Run this again later."
                )
            time.sleep(pause if changed else 0.5)

    def _second_factors(self) -> int:
        adapter, changed = get_adapter(), 0
        for pk in Authenticator.objects.values_list("pk", flat=True):
            with grants.erasing(connection):
                row = Authenticator.objects.select_for_update().filter(pk=pk).first()
                old = [
                    k
                    for k in _SECRETS
                    if row and not row.data.get(k, current_head()).startswith(current_head())
                ]
                if row and old:
                    with secrets_of(row.user):
                        row.data |= {key: adapter.encrypt(adapter.decrypt(row.data[key])) for key in old}
                    row.save(update_fields=["data"])
                    changed += 1
        return changed


def _any_old(model: type[models.Model], field: SealedField) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 {_old(model, field)})", [current_head()])
        return bool(cursor.fetchone()[0])


def _old(model: type[models.Model], field: SealedField) -> str:
    name = connection.ops.quote_name
    column = name(str(field.column))
    return f"FROM {name(model._meta.db_table)} WHERE {column} <> '' AND NOT starts_with({column}, %s)"


def _reseal_batch(model: type[models.Model], field: SealedField, batch: int) -> int:
    """Seal up to `batch` old values anew, leaving rows that somebody has locked for the next round."""
    name = connection.ops.quote_name
    table, column, key = (name(str(x)) for x in (model._meta.db_table, field.column, model._meta.pk.column))
    with grants.erasing(connection) as cursor:
        # The same value in a new coat is no change: our history triggers sleep in this transaction.
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND NOT tgisinternal HAVING count(*) > 0",
            [table],
        )
        cursor.execute(
            f"SELECT {key}, public_id, {column} {_old(model, field)} ORDER BY {key} LIMIT %s"
            " FOR NO KEY UPDATE SKIP LOCKED",
            [current_head(), batch],
        )
        new = [
            (pk, reseal(token, label=field.label, public_id=public_id))
            for pk, public_id, token in cursor.fetchall()
        ]
        if new:
            execute_values(
                cursor.cursor,
                f"UPDATE {table} SET {column} = v.token FROM (VALUES %s) AS v (pk, token)"  # noqa: S608
                f" WHERE {key} = v.pk",
                new,
                page_size=batch,
            )
        return len(new)
