"""Amounts of money and counts, as registers write them."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from pairing.numbers.malformed import Malformed
from pairing.numbers.text import fold_digits

_MONEY: Final = re.compile(r"(-?)(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{0,20})?")
_COUNT: Final = re.compile(r"([0-9]{1,9})(?:\.0*)?(?:人|口|户|个|个月|月|年|天|次|间|头|只)?")
_CENT: Final = Decimal("0.01")
MOST_MONEY: Final = Decimal("9999999999.99")


def parse_money(value: str) -> Decimal:
    """An amount in yuan with two decimals, rounded half up. Understands ¥, 元, 万元 and thousands separators.

    Raises Malformed: money.form, money.range.
    """
    text = fold_digits(value).removeprefix("¥").removesuffix("元")
    factor = 1
    if text.endswith("万"):
        text, factor = text[:-1], 10000
    if not _MONEY.fullmatch(text):
        raise Malformed("money.form")
    amount = (Decimal(text.replace(",", "")) * factor).quantize(_CENT, ROUND_HALF_UP)
    if abs(amount) > MOST_MONEY:
        raise Malformed("money.range")
    return amount


def parse_count(value: str, least: int = 0, most: int = 1_000_000) -> int:
    """A whole number within limits; "4.0" and "4人" are 4. Raises Malformed: count.form, count.range."""
    found = _COUNT.fullmatch(fold_digits(value))
    if not found:
        raise Malformed("count.form")
    number = int(found[1])
    if not least <= number <= most:
        raise Malformed("count.range", least=least, most=most)
    return number
