"""Text as it is kept: composed, visible, without marks that only machines see."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

#: Letters by Unicode's book that print nothing, and the mark of a character already lost.
_INVISIBLE_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u2800\ufffd\ufffe\uffff")
_DOTS: Final = re.compile(r"\s*[·•・‧∙⋅●．\u0387]\s*")
_HAN: Final = r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\ue000-\uf8ff]"
_SPACES_BETWEEN_HAN: Final = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")

#: What registers write where there is nothing.
BLANKS: Final = frozenset(
    ("", "/", "\\", "-", "--", "—", "——", "－", "／", "无", "空", "null", "NULL", "None", "NaN", "#N/A")
)


def clean_text(value: str, *, lines: bool = False) -> tuple[str, bool]:
    """The text composed (NFC) and trimmed, and whether anything invisible was taken out of it.

    Taken out are control and format characters (NUL, zero-width, bidirectional marks), lone surrogates,
    non-characters, letters that print nothing and U+FFFD. Private-use characters stay: rare names live there.
    With `lines`, line breaks stay and tabs become spaces; else both become one space.
    """
    if value.isascii() and value.isprintable():
        return value.strip(), False
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if not lines:
        value = value.replace("\n", " ")
    value = value.replace("\t", " ").replace("\xa0", " ")
    kept = value
    if not value.isprintable() or not _INVISIBLE_LETTERS.isdisjoint(value):
        kept = "".join(c for c in value if _is_kept(c))
    return unicodedata.normalize("NFC", kept).strip(), kept != value


def _is_kept(character: str) -> bool:
    if character == "\n":
        return True
    if character in _INVISIBLE_LETTERS or ord(character) & 0xFFFE == 0xFFFE:
        return False
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs"}


def clean_name(value: str) -> str:
    """A person's name as it is kept: no space between Han characters, one kind of middle dot.

    The middle dot of minority names becomes U+00B7 (GB/T 15834); nothing else is replaced by a look-alike.
    """
    text, _ = clean_text(value)
    if text.isascii():
        return " ".join(text.split())
    text = _SPACES_BETWEEN_HAN.sub("", text)
    return " ".join(_DOTS.sub("·", text).split())


@lru_cache(maxsize=65536)
def fold_label(value: str) -> str:
    """The form in which labels, column names and place names are compared: NFKC, lower case, no blanks."""
    text, _ = clean_text(unicodedata.normalize("NFKC", value))
    return "".join(text.split()).casefold()


def fold_digits(value: str) -> str:
    """ASCII digits and letters for full-width ones, without blanks, quotes, invisible marks and ="…"."""
    if value.isascii() and value.isalnum():
        return value
    text = unicodedata.normalize("NFKC", value)
    text = "".join(c for c in text if _is_kept(c) and not c.isspace() and c not in "'\"’‘“”`")
    return text.removeprefix("=")
