"""Which passwords are too easy: common ones, and words that everybody around here would try first."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pairing.names import sort_key

LONGEST = 128
# Words of the trade and the app; areas and units are added from the database.
_EASY = """
    pairing password passw0rd admin administrator qwerty qwertyuiop asdfgh zxcvbn letmein welcome
    iloveyou woaini bangfu bangfuganbu jiedui jieduibangfu lianhu liancunlianhu fupin tuopin xiangcun
    xiangcunzhenxing zhenxing nongcun nongye zhufang shuji zhuren zhongguo gansu zhangye lanzhou ganzhou
    mima yonghu guanliyuan xiangzhen cunwei zhucun gongzuodui huji minzheng renshe zhengfu dangyuan
    gongchandang 888888 666666 123456 654321
    帮扶 结对 结对帮扶 联户 脱贫 扶贫 乡村振兴 密码 管理员 甘肃 中国 政府 村委会 驻村
"""
_SEQUENCES = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LEFT = 4  # so many characters must remain when easy words, years and runs are taken out


class Validator:
    """At most 128 characters, and enough left when easy words are taken out; the dengbao3 profile adds kinds.

    Source: OWASP ASVS 5.0 6.2, and GB/T 22239-2019 8.1.4.1 for the profile.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with a sentence for each rule that ``password`` breaks."""
        if len(password) > LONGEST:
            raise ValidationError(_("A password may have at most %(n)d characters.") % {"n": LONGEST})
        words = _words_of(user)
        plain = unicodedata.normalize("NFKC", password).lower()
        if any(len(_without_easy_parts(text, words)) < _LEFT for text in (plain, _folded(plain))):
            raise ValidationError(
                _("This password is easy to guess: names of places, units or people, years and rows of keys.")
            )
        if settings.COMPLIANCE_PROFILE == "dengbao3" and _kinds(password) < 3:
            raise ValidationError(
                _("Use at least three of these: capital letters, small letters, digits, other characters.")
            )

    def get_help_text(self) -> str:
        return _("Names of places, units and people are easy to guess.")


def _kinds(password: str) -> int:
    """How many kinds of characters: capitals, small letters, digits, everything else."""
    tests = (str.isupper, str.islower, str.isdigit, lambda c: not (c.isupper() or c.islower() or c.isdigit()))
    return sum(any(test(c) for c in password) for test in tests)


def _folded(text: str) -> str:
    """Lower case, half width, without blanks and marks."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\W_]+", "", text)


_SWAPS = str.maketrans("013457@$!", "oleastasi")  # 0 for o, @ for a …


def _without_easy_parts(text: str, words: tuple[str, ...]) -> str:
    """What remains of a folded password without easy words, years, repetitions and rows of keys."""
    swapped = text.translate(_SWAPS)
    for word in words:
        if word in text:
            text = text.replace(word, "")
        elif word in swapped and len(swapped) == len(text):
            at = swapped.index(word)
            text = text[:at] + text[at + len(word) :]
        swapped = text.translate(_SWAPS)
    text = re.sub(r"[\W_]+", "", text)
    text = re.sub(r"(19|20)\d{2}(0[1-9]|1[0-2])?(0[1-9]|[12]\d|3[01])?", "", text)
    text = re.sub(r"(.{1,4}?)\1{2,}", r"\1", text)
    return _without_rows(text)


def _without_rows(text: str) -> str:
    """Without rows of at least four neighbouring keys or letters, either way round."""
    for row in _SEQUENCES:
        for line in (row + row, (row + row)[::-1]):
            for length in range(len(row), 3, -1):
                for start in range(len(line) - length + 1):
                    text = text.replace(line[start : start + length], "")
    return text


def _words_of(user: Any) -> tuple[str, ...]:
    """Easy words for this person, longest first: the trade's, his own name, his area's and his unit's."""
    words = set(_EASY.split())
    if user is not None and getattr(user, "area_id", None):
        words |= _place_words(user.area_id)
        unit = getattr(user, "unit", None)
        for name in (user.name, user.username, unit.name if unit else ""):
            words |= _forms(name)
    return tuple(sorted((w for w in words if len(w) > 1), key=len, reverse=True))


@lru_cache(maxsize=256)
def _place_words(code: str) -> frozenset[str]:
    """Names, short names and pinyin of the area, of those above it, and of the townships of its county."""
    from pairing.models import Area

    names: set[str] = set()
    above = [code[:n] for n in (2, 4, 6, 9) if n <= len(code)]
    for area in (*Area.objects.filter(code__in=[code, *above]), *Area.objects.townships().within(code[:6])):
        for name in (area.name, area.display_name, re.sub("[省市县区镇乡村]$", "", area.display_name)):
            names |= _forms(name)
    return frozenset(names)


def _forms(name: str) -> set[str]:
    """A name, folded, and its pinyin."""
    return {_folded(name), _folded(sort_key(name))} if name else set()
