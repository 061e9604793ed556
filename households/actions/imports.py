"""Imports between dry run and decision: choices, discarding, a township's own titles."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from households.models import ColumnAlias, ImportBatch, ImportFile, ImportRow
from pairing.access import covers
from pairing.audit import action
from pairing.errors import Refused
from pairing.numbers import clean_text
from pairing.roles import P

CHOICES = ("take", "leave")


def choose_rows(*, batch: ImportBatch, choices: Mapping[UUID, str], rest: str = "", by: Any) -> int:
    """Say for doubtful rows whether each comes in without the doubtful value, or its household stays out.

    ``rest`` is for all doubtful rows that have no choice yet. Returns how many rows have one now. Raises
    Refused when the dry run is settled.
    """
    with action("import.choose", by=by, permission=P.IMPORT) as entry:
        batch = _open(batch)
        doubtful = ImportRow.everything.filter(batch=batch, outcome=ImportRow.Outcome.DOUBTFUL)
        for choice in CHOICES:
            named = [public_id for public_id, chosen in choices.items() if chosen == choice]
            doubtful.filter(public_id__in=named).update(choice=choice)
        if rest in CHOICES:
            doubtful.filter(choice="").update(choice=rest)
        batch.version += 1
        batch.save(update_fields=["version"])
        entry.about(batch)
    return doubtful.exclude(choice="").count()


def discard_import(*, batch: ImportBatch, by: Any) -> ImportBatch:
    """Throw a dry run away, with its staged rows and the kept file. Raises Refused when it is settled."""
    with action("import.discard", by=by, permission=P.IMPORT) as entry:
        batch = _open(batch)
        ImportRow.everything.filter(batch=batch).delete()
        ImportFile.everything.filter(batch=batch).delete()
        batch.state = ImportBatch.State.DISCARDED
        batch.version += 1
        batch.save(update_fields=["state", "version"])
        entry.about(batch)
    return batch


def add_column_title(*, area: str, title: str, field: str, by: Any) -> ColumnAlias:
    """From now on a column of this title is read as ``field`` in the area and below. Raises Refused."""
    title = clean_text(title)[0]
    if not covers(by, P.IMPORT, area):
        raise Refused(_("This place is not in your area."), "area")
    if not title or len(title) > 80:
        raise Refused(_("A column title has 1 to 80 characters."), "title")
    with action("column_title.add", by=by, permission=P.IMPORT) as entry:
        alias, _new = ColumnAlias.everything.update_or_create(
            area_id=area, title=title, defaults={"field": field, "county_code": area[:6]}
        )
        entry.about(alias)
    return alias


def remove_column_title(*, alias: ColumnAlias, by: Any) -> None:
    """A column title of one's own is no longer read as a field."""
    with action("column_title.remove", by=by, permission=P.IMPORT) as entry:
        entry.about(alias)
        alias.delete()


def _open(batch: ImportBatch) -> ImportBatch:
    batch = ImportBatch.everything.select_for_update().get(pk=batch.pk)
    if batch.state != ImportBatch.State.PARSED:
        raise Refused(_("This file is imported or discarded already."))
    return batch
