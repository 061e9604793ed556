"""Phone and account numbers."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from pairing.numbers.malformed import Malformed
from pairing.numbers.text import fold_digits

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))([2-9][0-9]{6,7})")
_SEPARATED: Final = re.compile(r"[、,;；，/]")


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number in its one form: 13900000000, 0936-8290000, or a short local number."""

    text: str
    kind: Literal["mobile", "landline", "short"]


def parse_phone(value: str, least: int = 3) -> Phone:
    """Read a mobile number, a landline with area code, or a local number of ``least`` to 8 digits.

    "+86", spaces, hyphens and the ".0" of a number cell are folded away. Raises Malformed: phone.characters,
    .length, .several, and .short for a number that only a switchboard knows.
    """
    text = fold_digits(value)
    if text.endswith(".0"):
        text = text[:-2]
    if len(_SEPARATED.split(text)) > 1:
        raise Malformed("phone.several")
    digits = re.sub(r"[-()（）–—]", "", text.removeprefix("+"))
    if not (digits.isascii() and digits.isdigit()):
        raise Malformed("phone.characters")
    if len(digits) > 11:
        digits = re.sub(r"^(?:00)?86(?=1[3-9]|0)", "", digits)
    if _MOBILE.fullmatch(digits):
        return Phone(digits, "mobile")
    if found := _LANDLINE.fullmatch(digits):
        return Phone(f"{found[1]}-{found[2]}", "landline")
    if 3 <= len(digits) <= 8 and digits[0] != "0":
        if len(digits) < least:
            raise Malformed("phone.short", length=len(digits))
        return Phone(digits, "short")
    raise Malformed("phone.length", length=len(digits))


def phone_key(value: str) -> str | None:
    """The number in its one form for the look-up column; None for what cannot be dialled."""
    try:
        return parse_phone(value).text
    except Malformed:
        return None


def mask_phone(text: str) -> str:
    """What a page shows of a phone number: the operator's or the area's first digits."""
    if not text:
        return ""
    head = text.split("-")[0] if "-" in text else text[:3] if len(text) > 8 else text[:1]
    return head + "•" * 8


def parse_bank_number(value: str) -> str:
    """An account or card number: its 12 to 25 digits. Raises Malformed: bank.characters, .length."""
    digits = fold_digits(value).replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        raise Malformed("bank.characters")
    if not 12 <= len(digits) <= 25:
        raise Malformed("bank.length")
    return digits


def is_card_number(digits: str) -> bool:
    """Whether the last digit of a card number fits (ISO/IEC 7812, Luhn). Plain account numbers need not."""
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def mask_bank_number(text: str) -> str:
    """What a page shows of an account: the issuer's four digits."""
    return text[:4] + "•" * 12 if text else ""
