"""Numbers, dates and texts as people write them, and the one form in which they are kept. No database."""

from pairing.numbers.amounts import parse_count, parse_money
from pairing.numbers.contact import (
    Phone,
    is_card_number,
    mask_bank_number,
    mask_phone,
    parse_bank_number,
    parse_phone,
    phone_key,
)
from pairing.numbers.dates import PartialDate, parse_date
from pairing.numbers.identity import (
    TEMPORARY,
    Identity,
    Sex,
    check_character,
    identity_key,
    mask_identity,
    normal_identity,
    parse_identity,
)
from pairing.numbers.malformed import SENTENCES, Malformed
from pairing.numbers.text import BLANKS, clean_name, clean_text, fold_digits, fold_label

__all__ = [
    "BLANKS",
    "SENTENCES",
    "TEMPORARY",
    "Identity",
    "Malformed",
    "PartialDate",
    "Phone",
    "Sex",
    "check_character",
    "clean_name",
    "clean_text",
    "fold_digits",
    "fold_label",
    "identity_key",
    "is_card_number",
    "mask_bank_number",
    "mask_identity",
    "mask_phone",
    "normal_identity",
    "parse_bank_number",
    "parse_count",
    "parse_date",
    "parse_identity",
    "parse_money",
    "parse_phone",
    "phone_key",
]
