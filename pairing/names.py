"""Names of people and places: the pinyin that sorts and finds them, and the terms behind "part of a name"."""

import re
import unicodedata
from functools import lru_cache

from pypinyin import lazy_pinyin

_SURNAMES = """
    单:shan 仇:qiu 解:xie 朴:piao 曾:zeng 盖:ge 查:zha 区:ou 任:ren 翟:zhai 折:she 黑:he 种:chong 重:chong
    缪:miao 覃:qin 召:shao 繁:po 秘:bi 乜:nie 员:yun 贠:yun 洗:xian 隗:wei 句:gou 牟:mu 乐:yue 祭:zhai
    角:jue 卜:bu 粘:nian 能:nai 薄:bo 佴:nai 么:yao 阚:kan 郇:xun 颉:xie 尉:wei 尉迟:yu,chi 万俟:mo,qi
    澹台:tan,tai 单于:chan,yu 长孙:zhang,sun 令狐:ling,hu 鲜于:xian,yu 乐正:yue,zheng 亓官:qi,guan
    拓跋:tuo,ba
"""
#: Surnames whose common reading is not the one of the surname (单 is dān in a list, Shàn in a name).
SURNAMES: dict[str, str] = dict(entry.split(":") for entry in _SURNAMES.split())

#: Places in and around Gansu that are not read as their characters suggest.
PLACES = {"宕昌": "tan chang", "民乐": "min le", "武都": "wu du", "成都": "cheng du", "临洮": "lin tao"}

_COMMITTEE = re.compile(
    r"(?:(?P<village>村民|牧民|村)|居民|居|社区)(?:（居）)?(?:委会|委员会)会?(?:生活区)?$|(?<=社区)服务中心$"
)
_DOTS = re.compile(r"[·・•‧∙.\u2027\u30fb]")
_SPACE = re.compile(r"[\s'’\u200b-\u200f\u2060\ufeff]+")


def folded(text: str) -> str:
    """A text as names are compared: compatibility forms, case, blanks and dots of names folded."""
    return _DOTS.sub("", _SPACE.sub("", unicodedata.normalize("NFKC", text))).casefold()


@lru_cache(maxsize=20_000)
def syllables(name: str) -> tuple[str, ...]:
    """The pinyin syllables of a person's name, without tones: 单红梅 gives ("shan", "hong", "mei")."""
    name = folded(name)
    for length in (2, 1):
        surname, given = name[:length], name[length:]
        if surname in SURNAMES:
            return (*SURNAMES[surname].split(","), *lazy_pinyin(given))
    first = 1 if name[:1] > "\u2e7f" else 0  # Latin names stay whole
    return (*lazy_pinyin(name[:first]), *lazy_pinyin(name[first:]))


def sort_key(name: str) -> str:
    """What a person's name sorts by: its syllables with a blank between, "shan hong mei"."""
    return " ".join(syllables(name))


def initials(name: str) -> str:
    """The first letters of a person's name: 单红梅 gives "shm"."""
    return "".join(syllable[0] for syllable in syllables(name))


def place_key(name: str) -> str:
    """The pinyin of a place's name: 宕昌县 gives "tan chang xian"."""
    text = folded(name)
    for place, reading in PLACES.items():
        if place in text:
            before, _, after = text.partition(place)
            return " ".join([*lazy_pinyin(before), reading, *lazy_pinyin(after)])
    return " ".join(lazy_pinyin(text))


def place_display(name: str) -> str:
    """A village's name without its committee, as people say it.

    X村民委员会 and X村村委会 give X村; X社区居委会 and X居民委员会 give X社区; every other name stays.
    """
    found = _COMMITTEE.search(name)
    if not found or not found.start():
        return name
    stem, kind = name[: found.start()], "村" if found["village"] else "社区"
    return stem if stem.endswith(("村", "社区", "牧业队")) else stem + kind


def search_terms(*names: str) -> list[str]:
    """The terms under which these names are found, for an array column with a GIN index.

    Every character and pair of characters, and the beginnings of initials and pinyin:
    单红梅 is found by 单, 红梅, s, sh, shm, shan, shanhong, shanhongmei.
    """
    terms: set[str] = set()
    for name in names:
        text, sounds = folded(name), syllables(name)
        terms.update(text)
        terms.update(_pairs(text))
        for end in range(1, min(len(sounds), 12) + 1):
            terms.update({"".join(sounds[:end]), "".join(sound[0] for sound in sounds[:end])})
    return sorted(terms)


def query_terms(text: str) -> list[str]:
    """The terms that must all stand in a row's search terms when somebody looks for part of a name."""
    text = folded(text)
    if text.isascii():
        return [text] if text else []
    return sorted(_pairs(text)) or [text]


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
