"""Sealed values open only where they were sealed, and look-up hashes need the key."""

import hashlib
import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from pairing import crypto

ROW, OTHER = uuid.uuid4(), uuid.uuid4()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=0, max_size=200)


@given(TEXT)
def test_every_text_opens_as_it_was(text):
    assert (
        crypto.unseal(crypto.seal(text, label="a.b", public_id=ROW), label="a.b", public_id=str(ROW)) == text
    )


def test_token_names_cipher_and_key_and_hides_the_text():
    token = crypto.seal("62999919800101123X", label="a.b", public_id=ROW)
    assert token.startswith("aesgcm.t1.")
    assert "629999" not in token
    assert crypto.key_id_of(token) == "t1"
    assert token != crypto.seal("62999919800101123X", label="a.b", public_id=ROW)


def test_moved_and_damaged_values_do_not_open():
    token = crypto.seal("13800000000", label="a.b", public_id=ROW)
    wrong = [
        (token, "a.c", ROW),
        (token, "a.b", OTHER),
        (token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB"), "a.b", ROW),
        (token.replace(".t1.", ".t2."), "a.b", ROW),
        (token.replace("aesgcm", "sm4gcm"), "a.b", ROW),
        ("13800000000", "a.b", ROW),
        ("a.b.c.d", "a.b", ROW),
        ("aesgcm.t1.é.é", "a.b", ROW),
        ("", "a.b", ROW),
    ]
    for text, label, row in wrong:
        with pytest.raises(crypto.Unreadable):
            crypto.unseal(text, label=label, public_id=row)


def test_every_flipped_byte_of_a_file_is_found():
    data = crypto.seal_bytes(b"photo", label="photo", public_id=ROW)
    assert crypto.unseal_bytes(data, label="photo", public_id=ROW) == b"photo"
    for position in range(len(data)):
        flipped = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        with pytest.raises(crypto.Unreadable):
            crypto.unseal_bytes(flipped, label="photo", public_id=ROW)


def test_old_keys_open_and_resealing_repeats_itself(settings):
    settings.FIELD_KEYS = {"old": b"o" * 32}
    token = crypto.seal("村委会", label="a.b", public_id=ROW)
    settings.FIELD_KEYS = {"new": b"n" * 32, "old": b"o" * 32}
    assert crypto.unseal(token, label="a.b", public_id=ROW) == "村委会"
    again = crypto.reseal(token, label="a.b", public_id=ROW)
    assert (
        again
        == crypto.reseal(token, label="a.b", public_id=ROW)
        == crypto.reseal(again, label="a.b", public_id=ROW)
    )
    settings.FIELD_KEYS = {"new": b"n" * 32}
    assert crypto.key_id_of(again) == "new"
    assert crypto.unseal(again, label="a.b", public_id=ROW) == "村委会"
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(token, label="a.b", public_id=ROW)


def test_sm4_by_setting(settings):
    settings.FIELD_CIPHER = "sm4gcm"
    token = crypto.seal("13800000000", label="a.b", public_id=ROW)
    assert token.startswith("sm4gcm.t1.")
    settings.FIELD_CIPHER = "aesgcm"
    assert crypto.unseal(token, label="a.b", public_id=ROW) == "13800000000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIELD_KEYS", {}),
        ("FIELD_KEYS", {"a.b": b"x" * 32}),
        ("FIELD_KEYS", {"short": b"x"}),
        ("FIELD_CIPHER", "rot13"),
    ],
)
def test_bad_settings_seal_nothing(settings, name, value):
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured):
        crypto.seal("x", label="a.b", public_id=ROW)


def test_blind_hash_needs_key_and_label(settings):
    number = "62999919800101123X"
    here = crypto.blind(number, "person.id_number")
    assert here == crypto.blind(number, "person.id_number")
    assert here != crypto.blind(number, "household.id_number")
    assert here not in {getattr(hashlib, name)(number.encode()).hexdigest() for name in ("sha256", "md5")}
    assert crypto.blind("\ud800", "person.phone")  # hostile text is looked up in vain, not an error
    settings.HMAC_KEY = b"other" * 8
    assert here != crypto.blind(number, "person.id_number")
    settings.HMAC_KEY = b"short"
    with pytest.raises(ImproperlyConfigured):
        crypto.blind(number, "person.id_number")
