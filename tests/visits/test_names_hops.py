"""Rare and foreign names come unharmed through every hop: form, page, search, file, import, print (S30)."""

import io
import re
from html import unescape

import openpyxl
import pytest
from django.urls import reverse
from pypdf import PdfReader

from households.models import Household, Membership, Person
from pairing import clock
from tests import cast
from tests.households import importing, register_files
from tests.pairing.test_numbers import KEPT

pytestmark = pytest.mark.django_db


#: The same with a surname where there is one character: a register asks back at such a name.
NAMES = [name if len(name) > 1 else f"赵{name}" for name in KEPT]
#: Scripts that the font of our prints does not have: Tibetan, Arabic, Mongolian, Yi, and private use.
NOT_PRINTED = {"བཀྲ་ཤིས་", "محەممەت", "\ue863", "ᠪᠠᠲᠤ", "ꆈꌠ"}


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
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages).replace("\n", "")
    assert {name for name in KEPT if name not in text} == NOT_PRINTED


def test_import_list_search_and_the_rows_that_failed(world: cast.World):
    client = world.client("county_admin")
    failed = importing.staged(client, rows_of(NAMES, number="629999195602040000"))
    book = client.get(importing.url("import_failed", failed)).content
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
