"""Rare and foreign names come unharmed through every hop: form, page, search, file, import, print (S30)."""

import io
import re
from html import unescape

import openpyxl
import pytest
from django.urls import reverse
from pypdf import PdfReader
from pypdf.generic import ContentStream

from households.models import Household, Membership, Person
from pairing import clock
from pairing.pdf import compose
from tests import cast
from tests.households import importing, register_files
from tests.pairing.test_numbers import KEPT

pytestmark = pytest.mark.django_db


#: The same with a surname where there is one character: a register asks back at such a name.
NAMES = [name if len(name) > 1 else f"赵{name}" for name in KEPT]
#: What a print says instead: a private character of GBK as the character that it stands for.
PRINTED = {"\ue863": "䶮"}


def words_of(page) -> str:
    """What a page says, without its markup."""
    return unescape(re.sub(r"<[^>]+>", "\n", page.content.decode()))


def rows_of(names, number="good"):
    """A household for each name, in the layout of the national register."""
    rows = []
    for n, name in enumerate(names, 1):
        rows += register_files.family(
            n, register_files.ONE, [(name, "户主", "19560204", 300 + 2 * n + 1)], 9000 + n
        )
        if number != "good":
            rows[-1][8] = number
    return register_files.good(rows=rows)


def test_form_page_and_print(world: cast.World):
    own = world.files["own"]
    day = clock.today().isoformat()
    for name in KEPT:
        sent = {"name": name, "relation": "other", "joined_on": day, "joined_reason": "registered"}
        path = reverse("households:member_create", args=[own.public_id])
        assert world.client("staff").post(path, sent).status_code == 302, name
    kept = set(Membership.everything.filter(household=own).values_list("person__name", flat=True))
    assert set(KEPT) <= kept
    page = words_of(world.client("staff").get(reverse("households:household_detail", args=[own.public_id])))
    assert [name for name in KEPT if name not in page] == []
    answer = world.client("cadre").post(reverse("visits:slip_print"), {"households": [str(own.public_id)]})
    pdf = PdfReader(io.BytesIO(answer.content))
    text = re.sub(r"[\n\x00-\x1f]", "", "".join(page.extract_text() for page in pdf.pages))
    assert [name for name in KEPT if PRINTED.get(name, name) not in text] == []
    assert empty_boxes(pdf) == 0


def empty_boxes(pdf: PdfReader) -> int:
    """How many letters of a print no font has: they are set as glyph 0, and read as if nothing were wrong."""
    count = 0
    for page in pdf.pages:
        for operands, operator in ContentStream(page.get_contents(), pdf).operations:
            parts = operands[0] if operator == b"TJ" else operands if operator == b"Tj" else []
            for text in parts:
                codes = getattr(text, "original_bytes", b"")
                count += [codes[i : i + 2] for i in range(0, len(codes), 2)].count(b"\0\0")
    return count


def test_an_empty_box_is_seen(tmp_path):
    template = tmp_path / "box.typ"
    template.write_text('#set text(font: "Noto Sans CJK SC")\n#json(bytes(sys.inputs.data)).name')
    for name, boxes in (("ᠪᠠᠲᠤ王", 0), ("\U0010fffd王\ue000", 2)):
        assert empty_boxes(PdfReader(io.BytesIO(compose(template, {"name": name})))) == boxes


def test_import_list_search_and_the_rows_that_failed(world: cast.World):
    client = world.client("county_admin")
    failed = importing.staged(client, rows_of(NAMES, number="629999195602040000"))
    book = world.fresh("county_admin").get(importing.url("import_failed", failed)).content
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert [row[7] for row in sheet.iter_rows(min_row=2, values_only=True)] == NAMES
    batch = importing.staged(client, rows_of(NAMES))
    shown = words_of(client.get(importing.url("import_detail", batch)))
    assert [name for name in NAMES if name not in shown] == []
    assert importing.apply(client, batch).status_code == 302
    assert set(NAMES) <= set(Person.everything.values_list("name", flat=True))
    listed = reverse("households:household_list")
    page = words_of(client.get(listed))
    assert [name for name in NAMES if name not in page] == []
    for name in NAMES:
        page = words_of(client.get(listed, {"q": name}))
        number = Household.everything.get(head_name=name).file_number
        assert number in page, name
