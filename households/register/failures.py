"""The rows of a file that did not come in, in the columns of the file, each with the reason beside it."""

import io
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from households.models import ImportBatch
from households.register.intake import LIMITS, kept_file, staged_rows
from households.register.rows import SHEET_STEP
from households.register.staging import LEAVE, Outcome, loads, messages_of
from pairing.spreadsheets import Table, cell_text, reading, write_workbook


def write_failed_rows(batch: ImportBatch, target: IO[bytes]) -> int:
    """Write an xlsx file with the rows that have errors or doubts; returns how many.

    The columns are those of the file, as text so that no digit is lost; the last one says why.
    """
    reasons: dict[int, str] = {}
    rows = staged_rows(batch).filter(outcome__in=[Outcome.ERROR, Outcome.DOUBTFUL]).order_by("number")
    for row in rows.iterator(chunk_size=1000):
        said = messages_of(loads(row.payload.open()))
        text = "；".join(
            f"{s.column}：{s.problem.sentence}" if s.column else s.problem.sentence for s in said
        )
        reasons[row.number] = f"{text}（{_('left out')}）" if row.choice == LEAVE else text
    table = Table(_("rows to mend"), _table(batch, reasons), [12] * 40)
    write_workbook(target, [table], created=batch.uploaded_at)
    return len(reasons)


def _table(batch: ImportBatch, reasons: dict[int, str]) -> Iterator[list[str]]:
    titles = [column["title"] for column in batch.columns]
    yield [*titles, _("Row in the file"), _("Reason")]
    with reading(io.BytesIO(kept_file(batch)), LIMITS) as sheets:
        for place, sheet in enumerate(sheets):
            for number, cells in enumerate(sheet.rows, 1):
                if reason := reasons.get(place * SHEET_STEP + number):
                    cells = [cell_text(cell) for cell in cells][: len(titles)]
                    yield [*cells, *[""] * (len(titles) - len(cells)), str(number), reason]
