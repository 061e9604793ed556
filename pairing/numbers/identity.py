"""Identity numbers: GB 11643, the disability certificates built on it, and temporary numbers."""

import datetime as dt
import re
from dataclasses import dataclass
from operator import mul
from typing import Final, Literal

from pairing.numbers.malformed import Malformed
from pairing.numbers.text import fold_digits

Sex = Literal["male", "female", ""]

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SUM: Final = sum(_WEIGHTS)
_CHECKS: Final = "10X98765432"
_FORM: Final = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X](?:[0-9]{2}(?:[A-Z0-9][0-9])?)?")
_CHARACTERS: Final = re.compile(r"[0-9]*[0-9XB]*[0-9]*")
#: Numbers that begin so are made up by the register for people without a card ("前6位6个9").
TEMPORARY: Final = "999999"


@dataclass(frozen=True, slots=True)
class Identity:
    """A number that passed every check.

    `text` is the number as registered, of 15, 18, 20 or 22 characters. `key` is what people are matched by:
    its first 18 characters (an old number of 15 digits in its new form), "" for a temporary number.
    Birth date and sex are None and "" for temporary numbers; category and grade are "" without a certificate
    of disability.
    """

    text: str
    key: str
    birth: dt.date | None
    sex: Sex
    disability_category: str = ""
    disability_grade: str = ""

    @property
    def is_temporary(self) -> bool:
        return not self.key

    @property
    def is_old(self) -> bool:
        """A number of 15 digits, no longer valid since 2013."""
        return len(self.text) == 15


def check_character(first17: str) -> str:
    """The 18th character for 17 digits (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(map(mul, _WEIGHTS, first17.encode())) - 48 * _SUM
    return _CHECKS[total % 11]


def normal_identity(value: str) -> str:
    """The one form of a number: ASCII, no spaces, quotes or invisible marks, capital X. Checks nothing."""
    return fold_digits(value).upper()


def parse_identity(value: str, today: dt.date) -> Identity:
    """Read and check a number. `today` is the day before or on which the person must be born.

    Raises Malformed: identity.characters, .length, .check, .birth, .disability.
    """
    text = normal_identity(value)
    if not _FORM.fullmatch(text):
        if len(text) not in {15, 18, 20, 22} and _CHARACTERS.fullmatch(text):
            raise Malformed("identity.length", length=len(text))
        raise Malformed("identity.characters")
    if text.startswith(TEMPORARY):
        return Identity(text, "", None, "")
    if len(text) == 15:
        body = f"{text[:6]}19{text[6:]}"
        key = body + check_character(body)
    else:
        key = text[:18]
        if check_character(text[:17]) != key[17]:
            raise Malformed("identity.check")
    try:
        birth = dt.date(int(key[6:10]), int(key[10:12]), int(key[12:14]))
    except ValueError:
        raise Malformed("identity.birth") from None
    if birth.year < 1880 or birth > today:
        raise Malformed("identity.birth")
    category, grade = (text[18], text[19]) if len(text) > 18 else ("", "")
    if category and not ("1" <= category <= "7" and "1" <= grade <= "4"):
        raise Malformed("identity.disability")
    sex: Sex = "male" if int(key[16]) % 2 else "female"
    return Identity(text, key, birth, sex, category, grade)


def identity_key(value: str) -> str | None:
    """What two writings of one person's number share, for the look-up column; None matches nobody.

    The first 18 characters in their one form; None for temporary, damaged and empty numbers.
    """
    try:
        return parse_identity(value, dt.date.max).key or None
    except Malformed:
        return None


def mask_identity(text: str) -> str:
    """What a page shows of a number: the six digits of the area where it was issued, and always twelve dots.

    First six and last four beside a birth date would leave a handful of candidates; the area alone leaves 500
    even beside birth date and sex. The length is hidden too: 20 characters would tell of a disability.
    """
    return f"{text[:6]}{'•' * 12}" if text else ""
