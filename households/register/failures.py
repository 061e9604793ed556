"""The rows of a file that are to be mended, in the columns of the file, each with the reason beside it."""

import io
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from households.models import ImportBatch, ImportRow
from households.register.intake import LIMITS, kept_file, staged_rows
from households.register.rows import SHEET_STEP
from households.register.staging import LEAVE, Outcome, loads, messages_of
from pairing.spreadsheets import Table, cell_text, reading, write_workbook
from pairing.wording import said_of


def write_failed_rows(batch: ImportBatch, target: IO[bytes]) -> int:
    """Write an xlsx file with the households of which a row has an error or a doubt; returns how many rows.

    All rows of such a household: without its head it could not come in again. The columns are those of the
    file, as text so that no digit is lost; the last one says why.
    """
    rows = staged_rows(batch).exclude(outcome=Outcome.ABSENT)
    wrong = rows.filter(outcome__in=[Outcome.ERROR, Outcome.DOUBTFUL])
    reasons = {
        row.number: _reason(row)
        for row in rows.filter(household_key__in=wrong.values("household_key")).iterator(chunk_size=1000)
    }
    table = Table(_("rows to mend"), _table(batch, reasons), [12] * 40)
    write_workbook(target, [table], created=batch.uploaded_at)
    return len(reasons)


def _reason(row: ImportRow) -> str:
    said = messages_of(loads(row.payload.open()))
    parts = [said_of(s.column, s.problem.sentence) for s in said]
    if row.choice == LEAVE:
        parts.append(_("Left out."))
    return " ".join(parts) or _("Belongs to a household with a row to mend.")


def _table(batch: ImportBatch, reasons: dict[int, str]) -> Iterator[list[str]]:
    titles = [column["title"] for column in batch.columns]
    yield [*titles, _("Row in the file"), _("Reason to mend")]
    with reading(io.BytesIO(kept_file(batch)), LIMITS) as sheets:
        for place, sheet in enumerate(sheets):
            for number, cells in enumerate(sheet.rows, 1):
                if reason := reasons.get(place * SHEET_STEP + number):
                    cells = [cell_text(cell) for cell in cells][: len(titles)]
                    yield [*cells, *[""] * (len(titles) - len(cells)), str(number), reason]
