"""Which passwords are taken: forty examples, and the rules that the dengbao3 profile adds."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override

pytestmark = pytest.mark.django_db

GOOD = [
    "windy plateau, seven sheep",
    "correct horse battery staple",
    "七只羊翻过了山岗去喝水吧呀",
    "Tulips-behind-the-mill",
    "mei tian zou liu li lu",
    "v8Zk2pQx9LmT",
    "ein Esel trägt Säcke",
    "🐑🐑 seven sheep 🐑🐑 up",
    "    spaces count too    ",
    "rain on the tin roof 1987",
    "kq7v-tn3x-9wfm-ph2z",
    "老井旁边的枣树今年又开花了",
    "zhe ge mi ma hen chang de",
    "no rules but length here",
    "grandmother's noodle pot",
    "ԱրարատISfarAWAY",
    "x" + "wq9Zr4Tb7" * 14,
    "blue-tractor.parked/ask",
    "пароль не для всех тут",
    "milk & salt & barley tea",
]
BAD = [
    "short",
    "12345678901",
    "123456789012",
    "aaaaaaaaaaaaaa",
    "abcabcabcabcabc",
    "qwertyuiopasdf",
    "qwertyuiop123456",
    "password123456",
    "P@ssw0rd2026!!",
    "Ganzhou620702!",
    "ganzhouqu2026",
    "liangjiadunzhen1",
    "Liangjiadun2026!",
    "梁家墩镇梁家墩镇2026",
    "甘州区水务局123456",
    "zhangbangfu2026",
    "bangfuganbu2026",
    "xiangcunzhenxing",
    "jieduibangfu888888",
    "z" + "wq9Zr4Tb7" * 15,
]


@pytest.mark.parametrize("password", GOOD)
def test_a_sentence_of_ones_own_is_taken(cast, password):
    validate_password(password, cast.cadre)


@pytest.mark.parametrize("password", BAD)
def test_short_common_and_local_ones_are_not(cast, password):
    cast.cadre.unit = cast.unit
    with pytest.raises(ValidationError):
        validate_password(password, cast.cadre)


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("windy plateau seven sheep", False),
        ("Windy Plateau Seven Sheep", True),
        ("windy plateau 7 sheep", True),
        ("windyplateausevensheep", False),
        ("WINDYPLATEAUSEVENSHEEP7", False),
        ("Windyplateausevensheep7", True),
    ],
)
def test_the_dengbao3_profile_wants_three_kinds_of_characters(cast, settings, password, taken):
    settings.COMPLIANCE_PROFILE = "dengbao3"
    if taken:
        validate_password(password, cast.cadre)
    else:
        with pytest.raises(ValidationError):
            validate_password(password, cast.cadre)


def test_a_refused_password_is_told_in_chinese() -> None:
    """Django's own catalogue lacks the sentence for short ones."""
    with override("zh-hans"), pytest.raises(ValidationError) as wrong:
        validate_password("123")
    said = "".join(wrong.value.messages)
    assert "密码太短，至少要12个字符。" in said
    assert not re.search(r"[A-Za-z]{3}", said)
