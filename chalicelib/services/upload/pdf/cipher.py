"""The packed data of an encrypted PDF that opens without a password, as its parser sees them (ISO 32000-2, 7.6).

The parser finds the key. It is used here to count what an object stream unpacks to before the parser unpacks it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pikepdf import Pdf

Decrypt = Callable[[bytes, int, int], bytes]
"""Takes data, the number and the generation of their object."""
_BLOCK = 16
_ALWAYS_RC4 = frozenset({1, 2})
"""Algorithms of which the parser names no method (ISO 32000-1, table 20)."""


def decryption_of(pdf: Pdf) -> Decrypt:
    """Return how the streams of this document are decrypted."""
    method = pdf.encryption.stream_method.name
    key = pdf.encryption.encryption_key
    if method == "rc4" or pdf.encryption.V in _ALWAYS_RC4:
        return lambda data, number, generation: _rc4(data, _key_of(key, number, generation, b""))
    if method == "aes":
        return lambda data, number, generation: _aes(data, _key_of(key, number, generation, b"sAlT"))
    if method == "aesv3":
        return lambda data, _number, _generation: _aes(data, key)
    return lambda data, _number, _generation: data


def _key_of(key: bytes, number: int, generation: int, salt: bytes) -> bytes:
    low = (number & 0xFFFFFF).to_bytes(3, "little") + (generation & 0xFFFF).to_bytes(2, "little")
    text = key + low + salt
    return hashlib.md5(text, usedforsecurity=False).digest()[: min(len(key) + 5, _BLOCK)]


def _rc4(data: bytes, key: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4  # noqa: PLC0415  (heavy)
    from cryptography.hazmat.primitives.ciphers import Cipher  # noqa: PLC0415  (heavy)

    return Cipher(ARC4(key), mode=None).decryptor().update(data)


def _aes(data: bytes, key: bytes) -> bytes:
    """Leave the padding where it is: an unpacker stops before it."""
    from cryptography.hazmat.primitives.ciphers import Cipher  # noqa: PLC0415  (heavy)
    from cryptography.hazmat.primitives.ciphers.algorithms import AES  # noqa: PLC0415  (heavy)
    from cryptography.hazmat.primitives.ciphers.modes import CBC  # noqa: PLC0415  (heavy)

    vector, packed = data[:_BLOCK], data[_BLOCK : len(data) - len(data) % _BLOCK]
    return Cipher(AES(key), CBC(vector)).decryptor().update(packed) if len(vector) == _BLOCK else b""
