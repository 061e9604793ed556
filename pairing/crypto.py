"""Encryption of single values, and keyed look-up hashes.

A sealed value is text that names its cipher and its key: `aesgcm.<key id>.<nonce>.<ciphertext>`, the
last two in base64url. Associated data is cipher, key id, label (such as `person.id_number`) and the row's
public_id, so a ciphertext moved to another row, column or key id does not open.
"""

import hashlib
import hmac
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

AES, SM4 = "aesgcm", "sm4gcm"
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")
_NONCE, _TAG = 12, 16


class Unreadable(Exception):
    """A sealed value that does not open: damaged, moved from another row, or its key is missing."""


class _SM4GCM:
    """SM4-GCM with the interface of AESGCM. SM4 takes 16 bytes, derived from the 32 of the field key."""

    def __init__(self, key: bytes) -> None:
        derived = HKDF(SHA256(), 16, salt=None, info=b"pairing sm4-gcm").derive(key)
        self._algorithm = algorithms.SM4(derived)

    def encrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes:
        context = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        context.authenticate_additional_data(aad)
        return context.update(data) + context.finalize() + context.tag

    def decrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes:
        if len(data) < _TAG:
            raise InvalidTag
        context = Cipher(self._algorithm, modes.GCM(nonce, data[-_TAG:])).decryptor()
        context.authenticate_additional_data(aad)
        return context.update(data[:-_TAG]) + context.finalize()


@lru_cache(maxsize=64)
def _cipher(name: str, key: bytes) -> Any:
    if len(key) != 32:
        raise ImproperlyConfigured("Every key in FIELD_KEYS must have 32 bytes.")
    if name == AES:
        return AESGCM(key)
    if name != SM4:
        raise ImproperlyConfigured(f"PAIRING_FIELD_CIPHER must be {AES} or {SM4}.")
    cipher = _SM4GCM(key)
    try:
        cipher.encrypt(bytes(_NONCE), b"", b"")
    except UnsupportedAlgorithm as error:
        raise ImproperlyConfigured("This OpenSSL has no SM4-GCM: use PAIRING_FIELD_CIPHER=aesgcm.") from error
    return cipher


def current_key_id() -> str:
    """The id of the key that new values are sealed with: the first of settings.FIELD_KEYS."""
    key_id = next(iter(settings.FIELD_KEYS), "")
    if not _KEY_ID.match(key_id):
        raise ImproperlyConfigured("FIELD_KEYS needs at least one key, its id of letters, digits, _ and -.")
    return str(key_id)


def current_head() -> str:
    """What every freshly sealed text begins with: cipher and key id, each followed by a dot."""
    return f"{getattr(settings, 'FIELD_CIPHER', AES)}.{current_key_id()}."


def key_id_of(token: str) -> str:
    """The key id that stands in a sealed text. Raises Unreadable when this is none."""
    parts = token.split(".")
    if len(parts) != 4 or not _KEY_ID.match(parts[1]):
        raise Unreadable("This is not a sealed value.")
    return parts[1]


def seal(plain: str, *, label: str, public_id: UUID | str) -> str:
    """Encrypt a text for one field (label) of one row (public_id) under the current key."""
    head = current_head()
    nonce, body = _encrypt(head, plain.encode(), label, public_id)
    return f"{head}{_b64(nonce)}.{_b64(body)}"


def reseal(token: str, *, label: str, public_id: UUID | str) -> str:
    """The same value under the current key and cipher. Raises Unreadable as `unseal` does.

    The nonce is a keyed hash of the old text: a row and its history copies, and a repetition after a crash,
    come to the same new text, so equal versions stay equal.
    """
    head = current_head()
    if token.startswith(head):
        return token
    plain = unseal(token, label=label, public_id=public_id)
    key = settings.FIELD_KEYS[current_key_id()]
    context = f"reseal {head}{label}.{public_id}.{token}".encode()
    nonce = hmac.new(key, context, hashlib.sha256).digest()[:_NONCE]
    _, body = _encrypt(head, plain.encode(), label, public_id, nonce)
    return f"{head}{_b64(nonce)}.{_b64(body)}"


def unseal(token: str, *, label: str, public_id: UUID | str) -> str:
    """The text behind a sealed value. Raises Unreadable when it was damaged, moved, or its key is gone."""
    try:
        name, key_id, nonce, body = token.split(".")
        data = _decrypt(f"{name}.{key_id}.", _unb64(nonce), _unb64(body), label, public_id)
    except ValueError as error:
        raise Unreadable("This is not a sealed value.") from error
    return data.decode()


def seal_bytes(plain: bytes, *, label: str, public_id: UUID | str) -> bytes:
    """Encrypt the contents of a file; the head is the same as for a text, the rest is raw."""
    head = current_head()
    nonce, body = _encrypt(head, plain, label, public_id)
    return head.encode() + nonce + body


def unseal_bytes(data: bytes, *, label: str, public_id: UUID | str) -> bytes:
    """The contents behind `seal_bytes`. Raises Unreadable as `unseal` does."""
    name, _, rest = data.partition(b".")
    key_id, dot, rest = rest.partition(b".")
    if not dot:
        raise Unreadable("This is not a sealed value.")
    head = f"{name.decode('ascii', 'replace')}.{key_id.decode('ascii', 'replace')}."
    return _decrypt(head, rest[:_NONCE], rest[_NONCE:], label, public_id)


def blind(text: str, label: str) -> str:
    """A keyed HMAC-SHA256 in hex, for look-up and uniqueness; the same text under another label differs."""
    if len(settings.HMAC_KEY) < 32:
        raise ImproperlyConfigured("HMAC_KEY must have at least 32 bytes.")
    message = label.encode() + b"\0" + text.encode(errors="surrogatepass")
    return hmac.new(settings.HMAC_KEY, message, hashlib.sha256).hexdigest()


def draft_key(public_id: UUID | str, epoch: int) -> bytes:
    """The 32 bytes under which one person's browser keeps his unsent drafts; another person's are others.

    Derived and never stored: field keys may rotate, and a draft still opens. ``epoch`` makes a new one.
    """
    info = f"pairing draft {UUID(str(public_id))} {epoch}".encode()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(settings.HMAC_KEY)


def _aad(head: str, label: str, public_id: UUID | str) -> bytes:
    if not label or not public_id:
        raise ValueError("A sealed value needs a label and the row's public_id.")
    return f"{head}{label}.{UUID(str(public_id))}".encode()


def _encrypt(
    head: str, plain: bytes, label: str, public_id: UUID | str, nonce: bytes | None = None
) -> tuple[bytes, bytes]:
    name, key_id, _ = head.split(".")
    nonce = nonce or os.urandom(_NONCE)
    cipher = _cipher(name, settings.FIELD_KEYS[key_id])
    return nonce, cipher.encrypt(nonce, plain, _aad(head, label, public_id))


def _decrypt(head: str, nonce: bytes, body: bytes, label: str, public_id: UUID | str) -> bytes:
    name, key_id, _ = head.split(".")
    key = settings.FIELD_KEYS.get(key_id)
    if name not in (AES, SM4) or key is None or len(nonce) != _NONCE:
        raise Unreadable(f"No key named {key_id!r}, or not a sealed value.")
    try:
        return bytes(_cipher(name, key).decrypt(nonce, body, _aad(head, label, public_id)))
    except InvalidTag as error:
        raise Unreadable("A sealed value does not open in this row and field.") from error


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
