"""Numbers, dates and texts as people write them have one form; what is wrong is named."""

import contextlib
import datetime as dt
import random
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from id_validator import validator

from pairing import numbers
from pairing.numbers import Malformed, PartialDate

TODAY = dt.date(2026, 11, 22)


def code_of(parse, *args, **more):
    with pytest.raises(Malformed) as caught:
        parse(*args, **more)
    assert caught.value.sentence
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("62999919630925081x", "62999919630925081X"),
        (" 6299 9919 6309 2508 1X ", "62999919630925081X"),
        ("６２９９９９１９６３０９２５０８１ｘ", "62999919630925081X"),
        ("'62999919630925081X", "62999919630925081X"),
        ('="62999919630925081X"', "62999919630925081X"),
        ("62999919630925\u200b081X\ufeff", "62999919630925081X"),
        ("62999919550101001043", "62999919550101001043"),
        ("62999919550101001043B1", "62999919550101001043B1"),
        ("629999630925081", "629999630925081"),
    ],
)
def test_writings_of_a_number_have_one_form(text, kept):
    assert numbers.parse_identity(text, TODAY).text == kept


def test_a_number_tells_birth_sex_and_disability():
    found = numbers.parse_identity("62999919550101001043", TODAY)
    assert (found.key, found.birth, found.sex) == ("629999195501010010", dt.date(1955, 1, 1), "male")
    assert (found.disability_category, found.disability_grade) == ("4", "3")
    old = numbers.parse_identity("629999630925081", TODAY)
    assert old.is_old
    assert old.key == "62999919630925081X"


def test_a_temporary_number_matches_nobody():
    found = numbers.parse_identity("999999190001010011", TODAY)
    assert found.is_temporary
    assert (found.key, found.birth, found.sex) == ("", None, "")
    assert numbers.identity_key("999999190001010011") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("629999195501010011", "identity.check"),
        ("62999919550101001", "identity.length"),
        ("6299991955010100104", "identity.length"),
        ("62999919550101001A", "identity.characters"),
        ("٦٢٩٩٩٩١٩٥٥٠١٠١٠٠١٠", "identity.characters"),
        ("62999919550101001093", "identity.disability"),
        ("62999919550101001045", "identity.disability"),
        ("629999195502300017", "identity.birth"),
        ("", "identity.length"),
        ("无", "identity.characters"),
    ],
)
def test_a_bad_number_is_named(text, code):
    if code == "identity.birth":
        text = text[:17] + numbers.check_character(text[:17])
    assert code_of(numbers.parse_identity, text, TODAY) == code


def test_nobody_is_born_tomorrow():
    body = "62999920261123001"
    text = body + numbers.check_character(body)
    assert code_of(numbers.parse_identity, text, TODAY) == "identity.birth"
    assert numbers.parse_identity(text, dt.date(2026, 11, 23)).birth == dt.date(2026, 11, 23)


def _spoilt(area, day, serial, spoil, place, digit):
    body = f"{area}{day:%Y%m%d}{serial:03d}"
    text = body + numbers.check_character(body)
    if not spoil or (digit == "X" and place < 17):  # the judge cannot read X elsewhere
        return text
    return text[:place] + digit + text[place + 1 :]


numbers_near_good = st.builds(
    _spoilt,
    st.sampled_from(["620702", "110101", "620422", "440301"]),
    st.dates(dt.date(1930, 1, 1), dt.date(2020, 12, 31)),
    st.integers(1, 999),
    st.booleans(),
    st.integers(8, 17),
    st.sampled_from("0123456789X"),
)


def agree(text):
    try:
        ours = numbers.parse_identity(text, TODAY)
    except Malformed:
        assert not validator.is_valid(text)
        return
    judged = validator.get_info(text)
    assert judged
    assert ours.birth is not None
    assert f"{ours.birth:%Y-%m-%d}" == judged["birthday_code"]
    assert (ours.sex == "male") == (judged["sex"] == 1)


@given(numbers_near_good)
@settings(max_examples=10, deadline=None)  # the judge takes a tenth of a second for each
def test_an_independent_judge_agrees(text):
    agree(text)


def judge(text):
    """GB 11643 once more, from its own words: (birth, male) of a good number of 18 characters, else None."""
    text = text.upper()
    if not re.fullmatch("[1-9][0-9]{16}[0-9X]", text):
        return None
    value = sum((10 if c == "X" else int(c)) * pow(2, 17 - place, 11) for place, c in enumerate(text))
    try:
        birth = dt.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
    good = value % 11 == 1 and dt.date(1880, 1, 1) <= birth <= TODAY
    return (birth, int(text[16]) % 2 == 1) if good else None


@pytest.mark.slow
def test_a_hundred_thousand_numbers_agree_with_the_standard():
    """Good numbers, and ones with a character changed, two swapped, a day that never was or has not come."""
    chance, good = random.Random(11643), 0
    for _n in range(100_000):
        born = dt.date(1879, 1, 1) + dt.timedelta(days=chance.randrange(54_200))
        digits = f"{chance.choice(('620702', '110101', '629999'))}{born:%Y%m%d}{chance.randrange(1000):03d}"
        if chance.random() < 0.1:
            digits = (
                digits[:10] + chance.choice(("0229", "0230", "0431", "1301", "0000", "1131")) + digits[14:]
            )
        text = list(digits + numbers.check_character(digits))
        spoilt, place = chance.random(), chance.randrange(18)
        if spoilt < 0.3:
            text[place] = chance.choice("0123456789Xx")
        elif spoilt < 0.4:
            text[place - 1], text[place] = text[place], text[place - 1]
        text = "".join(text)
        try:
            found = numbers.parse_identity(text, TODAY)
            ours = (found.birth, found.sex == "male")
        except Malformed:
            ours = None
        assert ours == judge(text), text
        good += ours is not None
    assert 40_000 < good < 70_000


@given(st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    for parse in (
        lambda t: numbers.parse_identity(t, TODAY),
        numbers.parse_phone,
        numbers.parse_bank_number,
        numbers.parse_money,
        numbers.parse_count,
        numbers.parse_date,
    ):
        with contextlib.suppress(Malformed):
            parse(text)
    cleaned, _ = numbers.clean_text(text)
    assert numbers.clean_text(cleaned) == (cleaned, False)
    assert numbers.clean_name(numbers.clean_name(text)) == numbers.clean_name(text)


def test_a_mask_shows_the_area_only_and_hides_the_length():
    masks = {numbers.mask_identity(t) for t in ("62999919550101001043", "629999195501010010")}
    assert masks == {"629999" + "•" * 12}
    assert numbers.mask_phone("13900000000") == "139" + "•" * 8
    assert numbers.mask_phone("0936-8290000") == "0936" + "•" * 8


@pytest.mark.parametrize(
    ("text", "kept", "kind"),
    [
        ("13900000000", "13900000000", "mobile"),
        ("19900000000.0", "19900000000", "mobile"),
        ("+86 139-0000-0000", "13900000000", "mobile"),
        ("１９９０００００００６", "19900000006", "mobile"),
        ("0936-8290000", "0936-8290000", "landline"),
        ("（0936）8290000", "0936-8290000", "landline"),
        ("8290000", "8290000", "short"),
        ("66123", "66123", "short"),
    ],
)
def test_phones(text, kept, kind):
    found = numbers.parse_phone(text)
    assert (found.text, found.kind) == (kept, kind)


def test_an_extension_is_no_familys_number():
    with pytest.raises(numbers.Malformed) as wrong:
        numbers.parse_phone("66123", 7)
    assert wrong.value.code == "phone.short"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1390000000", "phone.length"),
        ("139000000001", "phone.length"),
        ("139000000", "phone.length"),
        ("13900000000、13900000001", "phone.several"),
        ("请打村委会", "phone.characters"),
    ],
)
def test_bad_phones(text, code):
    assert code_of(numbers.parse_phone, text) == code


def test_account_numbers():
    assert numbers.parse_bank_number("6229 0000 0000 0000 00") == "622900000000000000"
    assert numbers.is_card_number("4111111111111111")
    assert not numbers.is_card_number("4111111111111112")
    assert code_of(numbers.parse_bank_number, "123") == "bank.length"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2211.37", "2211.37"),
        ("1,234", "1234.00"),
        ("￥３０元", "30.00"),
        ("1.2万元", "12000.00"),
        ("-5", "-5.00"),
    ],
)
def test_money(text, amount):
    assert numbers.parse_money(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1e5", "NaN", "inf", "1,23", "很多", "--5"])
def test_money_is_never_guessed(text):
    assert code_of(numbers.parse_money, text) == "money.form"


def test_counts():
    assert [numbers.parse_count(t) for t in ("4", "4.0", "4人", "４")] == [4, 4, 4, 4]
    assert code_of(numbers.parse_count, "13", 0, 12) == "count.range"
    assert code_of(numbers.parse_count, "4.5") == "count.form"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("20160301", "2016-03-01"),
        ("2016-03-01", "2016-03-01"),
        ("2016/3/1", "2016-03-01"),
        ("2016年3月1日", "2016-03-01"),
        ("2016年3月", "2016-03"),
        ("2016.3", "2016-03"),
        ("201603", "2016-03"),
        ("2016年", "2016"),
        ("2016", "2016"),
        ("42430", "2016-03-01"),
        ("2020/04/29 00:00:00", "2020-04-29"),
        ("2016-1-1 10:00", "2016-01-01"),
        ("２０１６年３月", "2016-03"),
    ],
)
def test_dates_keep_their_precision(text, kept):
    assert str(numbers.parse_date(text)) == kept


@pytest.mark.parametrize(
    ("text", "code"),
    [("2015-02-29", "date.impossible"), ("201613", "date.impossible"), ("2016-00", "date.impossible"),
     ("明年", "date.form"), ("16-3-1", "date.form"), ("9999-01-01", "date.impossible")],
)  # fmt: skip
def test_bad_dates(text, code):
    assert code_of(numbers.parse_date, text) == code


def test_a_number_cell_may_have_lost_october():
    assert code_of(numbers.parse_date, "2016.1", numeric=True) == "date.ambiguous"
    assert str(numbers.parse_date("2016.1")) == "2016-01"


def test_a_partial_date_spans_what_it_may_mean():
    assert PartialDate(2016, 2).last == dt.date(2016, 2, 29)
    assert PartialDate(2016).first == dt.date(2016, 1, 1)
    assert PartialDate(2016).precision == "year"


KEPT = [
    "王小明", "欧阳修", "买买提·艾力", "扎西顿珠", "བཀྲ་ཤིས་", "محەممەت", "𠮷田", "㐂", "䶮", "\ue863", "李〇",
    "鿏", "o'Neil", "José", "卫𬇙", "禤", "亓官", "乜", "ᠪᠠᠲᠤ", "葛󠄀", "ꆈꌠ",
]  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_names_survive(name):
    assert numbers.clean_name(name) == name
    assert numbers.clean_text(name) == (name, False)


def test_names_are_folded_no_further_than_needed():
    assert numbers.clean_name(" 赵 花秀 ") == "赵花秀"
    assert numbers.clean_name("买买提 • 艾力") == "买买提·艾力"
    assert numbers.clean_name("李\u200b兰\x00") == "李兰"
    assert numbers.clean_text("a\u202eb") == ("ab", True)
    assert numbers.clean_text("a\ud800b") == ("ab", True)
    assert numbers.clean_text("一\r\n二\t三", lines=True) == ("一\n二 三", False)
    assert numbers.clean_text("\ufffd") == ("", True)
