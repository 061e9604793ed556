"""Each field has a class, a purpose, readers and writers (S05), and no number stands anywhere in full (S06).

No page, print or file shows a field to anybody else, and nobody else's deeds change it.
"""

import re
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from households.models import Household
from pairing import numbers
from pairing.fields import SealedField
from tests.conventions.access_table import PAGES, ROLES
from tests.conventions.field_register import _REGISTER, _WRITERS, CLASSES, REGISTER
from tests.conventions.ground import Ground
from tests.conventions.planting import MODELS, plant
from tests.conventions.probe import Probe
from tests.conventions.sweep import path_of, positions_of
from tests.conventions.writes import Watch, not_theirs

#: The kept register is bytes, sealed as a whole by its action.
SEALED_BYTES = {("households.ImportFile", "sealed")}


def test_every_field_is_in_the_register() -> None:
    assert set(REGISTER) == set(MODELS)
    for label, model in MODELS.items():
        assert set(REGISTER[label]) == {f.name for f in model._meta.local_fields}, label


def test_every_field_is_named_once() -> None:
    for label, groups in _REGISTER.items():
        names = [name for fields in groups for name in fields.names.split()]
        assert len(names) == len(set(names)), label
    entries = [entry for fields in REGISTER.values() for entry in fields.values()]
    assert {entry.kind for entry in entries} == set(CLASSES)
    assert all(entry.purpose for entry in entries)


def test_writers_are_named_of_fields_that_there_are() -> None:
    assert set(_WRITERS) == set(REGISTER)
    for label, fields in _WRITERS.items():
        names = [name for names in fields for name in names.split()]
        assert set(names) - {"*"} <= set(REGISTER[label]), label
        assert len(names) == len(set(names)), label


def test_sealed_fields_are_exactly_those_of_the_register() -> None:
    sealed = {
        (label, f.name)
        for label, m in MODELS.items()
        for f in m._meta.local_fields
        if isinstance(f, SealedField)
    }
    said = {(label, n) for label, fields in REGISTER.items() for n, e in fields.items() if e.kind == "sealed"}
    assert said == sealed | SEALED_BYTES


def test_numbers_are_sealed() -> None:
    """Whatever is named like a number of a person lies encrypted."""
    named = re.compile(r"phone$|id_number|bank_account|_secret$")
    plain = [
        f"{label}.{name}" for label, fields in REGISTER.items() for name, entry in fields.items()
        if named.search(name) and entry.kind != "sealed"
    ]  # fmt: skip
    assert plain == []


# --- what pages show ----------------------------------------------------------------------------------------


def plant_words(ground: Ground) -> dict[str, tuple[str, str]]:
    """Write a word of its own into each free text field of the rows around the file ``own``."""
    planted: dict[str, tuple[str, str]] = {}

    def word(label: str, column: Any) -> str:
        planted[made := f"zq{100 + len(planted)}x"] = (label, column.name)
        return made

    plant(word, ground.world.files["own"])
    return planted


@pytest.mark.slow
def test_each_role_sees_and_writes_its_own_fields_only(ground: Ground, bodies: dict[str, Any]) -> None:
    """Every page, print and file, and every form as it is well filled in."""
    planted, wrong = plant_words(ground), set()
    seen, written, kinds = set(), set(), set()
    browsers = {who: Probe(ground.world, who) for who in ROLES}
    watch = Watch()
    for who, browser in browsers.items():
        browser.watch = watch
        for name, page in PAGES.items():
            if who not in page.who:
                continue
            for method in page.methods.replace("HEAD", "").split():
                answer = browser.send(method, place(ground, name, who, method), bodies.get(name))
                for word in set(re.findall(r"zq\d{3}x", answer.text)):
                    label, field = planted[word]
                    seen.add((label, field))
                    kinds.add(answer.response["Content-Type"])
                    if who not in REGISTER[label][field].readers:
                        wrong.add(f"{who} sees {label}.{field} at {name}")
                written |= answer.changed
                wrong |= not_theirs(who, name, answer)
    assert sorted(wrong) == []
    shown = {("households.Household", "address"), ("visits.Visit", "said"), ("visits.Visit", "restricted")}
    assert shown <= seen, "the sweep must find what is shown"
    assert "application/pdf" in kinds, "and what is printed"
    assert len(written) > 250, "most fields are written by somebody, else the sweep proves nothing"


def test_a_change_by_somebody_else_is_seen(ground: Ground) -> None:
    staff = Probe(ground.world, "staff", Watch())
    own = ground.world.files["own"]
    sent = {"language": "en", "next": "/"}
    answer = staff.send("POST", reverse("pairing:language_set"), sent)
    assert ("pairing.User", "language") in answer.changed
    assert not_theirs("staff", "here", answer) == set()
    with transaction.atomic():
        Household.everything.filter(pk=own.pk).update(listed_on=None, closed_reason="moved")
        answer.changed = staff.watch.changes({"households_household"}) if staff.watch else set()
        transaction.set_rollback(True)
    assert not_theirs("staff", "here", answer) == {"staff writes households.Household.listed_on at here"}


def place(ground: Ground, name: str, who: str, method: str) -> str:
    """Where ``who`` meets something at this address; else the first there is."""
    page = PAGES[name]
    positions = positions_of(ground, page)
    open_to_him = [p for p in positions if page.expected(who, p, method)[0] not in (403, 404)]
    return path_of(ground, name, page, (open_to_him or positions)[0])


# --- numbers ------------------------------------------------------------------------------------------------


def test_masked_numbers_leave_hundreds_of_candidates() -> None:
    """Given the mask, birth date and sex on one page, at least 500 certificate numbers remain."""
    mask = numbers.mask_identity("62070219620301123X"[:17] + "4")
    known = sum(character.isdigit() for character in mask)
    assert known <= 6  # the area's digits; birth date and sex may stand beside
    area = mask[:6] if mask[:6].isdigit() else ""
    orders = range(1000)
    candidates = [f"{area or '620702'}19620301{order:03d}" for order in orders if order % 2 == 1]
    assert len(candidates) >= 500


@pytest.mark.parametrize(
    ("mask", "number", "shown"),
    [(numbers.mask_phone, "13987654321", 7), (numbers.mask_bank_number, "6217001234567890123", 4)],
)
def test_masks_hide_most_of_a_number(mask: Any, number: str, shown: int) -> None:
    text = mask(number)
    assert number not in text
    assert sum(character.isdigit() for character in text) <= shown
