"""A register comes in: uploaded, read in the limited child, compared, shown as a dry run."""

import hashlib
import io
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.actions.imports import add_column_title
from households.models import ColumnAlias, ImportBatch, ImportFile, ImportRow
from households.register.planning import make_plan
from households.register.reading import read_register
from households.register.rows import NotARegister, Register
from households.register.staging import stage
from pairing import clock
from pairing.access import covers
from pairing.audit import action
from pairing.crypto import seal_bytes, unseal_bytes
from pairing.errors import Refused
from pairing.models import Code
from pairing.numbers import clean_text, fold_label
from pairing.roles import P
from pairing.spreadsheets import Limits, Unreadable
from pairing.wording import listed

LABEL = "import_file.sealed"
#: So many rows are applied within one request.
MOST_ROWS = 20_000
LIMITS = Limits(size=settings.UPLOAD_MAX_BYTES, rows=MOST_ROWS + 1_000)
State = ImportBatch.State


def known_codes() -> dict[str, dict[str, str]]:
    """For each code list the codes by folded label, in both languages, and alias."""
    found: dict[str, dict[str, str]] = {}
    rows = Code.objects.order_by("list_name", "order", "code")
    for name, code, zh, en, aliases in rows.values_list(
        "list_name", "code", "label_zh", "label_en", "aliases"
    ):
        labels = found.setdefault(name, {})
        for label in (zh, *aliases, en):
            labels.setdefault(fold_label(label), code)
    return found


def own_titles(area: str) -> dict[str, str]:
    """The column titles that an area and those above it have added: title -> field name."""
    above = [area[:n] for n in (2, 4, 6, 9, 12) if n <= len(area)]
    rows = ColumnAlias.everything.filter(area__in=above).order_by("area_id")
    return dict(rows.values_list("title", "field"))


def upload(*, file: IO[bytes], name: str, area: str, year: int, by: Any) -> ImportBatch:
    """Read a file for an area (a county or below) and show what it would do, as a new batch.

    Raises Refused, with the field it belongs to, for an area out of reach and for a file that is no register.
    """
    if len(area) < 6 or not covers(by, P.IMPORT, area):
        raise Refused(_("This place is not in your area."), "area")
    if not 1990 <= year <= clock.today().year:
        raise Refused(_("Please give a year from 1990 to this year."), "year")
    data = file.read(settings.UPLOAD_MAX_BYTES + 1)
    register = _read(data, area, include_hidden=False)
    with action("import.upload", by=by, permission=P.IMPORT) as entry:
        batch = ImportBatch.everything.create(
            county_code=area[:6],
            area_id=area,
            year=_year_of(register, year),
            file_name=clean_text(name)[0][-200:],
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            uploaded_by=by,
        )
        kept = ImportFile(batch=batch, county_code=batch.county_code)
        kept.sealed = seal_bytes(data, label=LABEL, public_id=kept.public_id)
        kept.save(force_insert=True)
        _compare(batch, register)
        entry.about(batch)
        entry.detail = {"rows": sum(batch.counts.values())} | _elsewhere(batch)
    return batch


def read_again(
    *, batch: ImportBatch, include_hidden: bool = False, year: int | None = None, by: Any
) -> ImportBatch:
    """Read the kept file again: with its hidden sheets, with titles added meanwhile, against today's files.

    Choices made so far are gone. Raises Refused when it is applied or discarded already.
    """
    with action("import.read", by=by, permission=P.IMPORT) as entry:
        batch = ImportBatch.everything.select_for_update().get(pk=batch.pk)
        if batch.state != State.PARSED:
            raise Refused(_("This file is imported or discarded already."))
        register = _read(kept_file(batch), batch.area_id, include_hidden=include_hidden)
        if year is not None:
            batch.year = _year_of(register, year)
        _compare(batch, register)
        entry.about(batch)
        entry.detail |= _elsewhere(batch)
    return batch


def learn_title(*, batch: ImportBatch, title: str, field: str, by: Any) -> ImportBatch:
    """Read a strange column as ``field`` from now on in the batch's place, and read its file again.

    Both or neither. Raises Refused as ``add_column_title`` and ``read_again`` do.
    """
    with action("column_title.add", by=by, permission=P.IMPORT):
        add_column_title(area=batch.area_id, title=title, field=field, by=by)
        return read_again(batch=batch, by=by)


def kept_file(batch: ImportBatch) -> bytes:
    """The file as it was uploaded."""
    kept = ImportFile.everything.get(batch=batch)
    return unseal_bytes(bytes(kept.sealed), label=LABEL, public_id=kept.public_id)


def _read(data: bytes, area: str, *, include_hidden: bool) -> Register:
    try:
        register = read_register(
            io.BytesIO(data),
            codes=known_codes(),
            today=clock.today(),
            aliases=own_titles(area),
            include_hidden=include_hidden,
            limits=LIMITS,
        )
    except (Unreadable, NotARegister) as error:
        raise Refused(error.sentence, "file") from error
    if len(register.years) > 1:
        years = listed(sorted(register.years))
        raise Refused(
            _("The file speaks of several years: %(years)s. Please divide it.") % {"years": years}, "file"
        )
    return register


def _year_of(register: Register, asked: int) -> int:
    """The year that a column of the file names; else the one that was asked for."""
    return next(iter(register.years), asked)


def _compare(batch: ImportBatch, register: Register) -> None:
    plan = make_plan(register.households, area=batch.area_id, year=batch.year, whole=register.whole)
    batch.layout = register.layout.code
    batch.columns = [
        {"title": c.title, "field": c.field, "known": c.known, "repeated": c.repeated}
        for c in register.columns
        if c.title
    ]
    batch.notes = _notes(register)
    batch.counts = stage(batch, plan)
    batch.state = State.PARSED
    batch.version += 1
    batch.save()


def _elsewhere(batch: ImportBatch) -> dict[str, int]:
    """How many numbers of people and files the dry run tells to stand elsewhere in the county: auditors should see it."""
    said = Q(messages__contains=[{"code": "person.elsewhere"}])
    said |= Q(messages__contains=[{"code": "person.other_name"}])
    said |= Q(messages__contains=[{"code": "household.elsewhere"}])
    told = staged_rows(batch).filter(said).count()
    return {"elsewhere": told} if told else {}


def _notes(register: Register) -> list[Mapping[str, Any]]:
    """What is said of the whole file; sentences are made by the page."""
    notes: list[Mapping[str, Any]] = [
        {"code": "skipped", "kind": str(kind), "count": count}
        for kind, count in register.skipped.items()
        if count and kind != "blank"
    ]
    if register.hidden_sheets:
        notes.append({"code": "hidden", "sheets": register.hidden_sheets})
    if not register.whole:
        notes.append({"code": "heads"})
    return notes


def same_file(batch: ImportBatch) -> ImportBatch | None:
    """The latest earlier import of the very same file into the same area, if there is one."""
    return (
        ImportBatch.everything.filter(sha256=batch.sha256, area=batch.area_id, state=State.APPLIED)
        .exclude(pk=batch.pk)
        .order_by("-applied_at")
        .first()
    )


def staged_rows(batch: ImportBatch) -> Any:
    """The staged rows of a batch, in the order of the file."""
    return ImportRow.everything.filter(batch=batch)
