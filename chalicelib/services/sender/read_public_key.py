"""Read a public key as an institution sends it: PEM, JWK (RFC 7517), or the base64 of its SubjectPublicKeyInfo."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.sender.institution import KeyAlgorithm

_LONGEST = 2000
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----(.+)-----END PUBLIC KEY-----", re.DOTALL)
_PRIVATE = re.compile(r"BEGIN\s[A-Z\s]*PRIVATE\s+KEY")
_PRIVATE_JWK = re.compile(r"""["']?\bd["']?\s*:\s*["']?[A-Za-z0-9_-]{40,}""")
_URL_LETTERS = str.maketrans("-_", "+/")
"""From base64url to base64."""
_BREAKS = re.compile(r"\s|\\[nr]")
_WORD = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_SECRETS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
"""Members of a JWK that only its owner may know (RFC 7518, 6.2.2, 6.3.2, 6.4.1; RFC 8037, 2)."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key and what it signs by."""

    der: bytes = field(repr=False)
    """SubjectPublicKeyInfo."""
    algorithm: KeyAlgorithm


def read_public_key(text: str) -> PublicKey:
    """Return the key; its kind is told from itself.

    Raises:
        InvalidInput: `private_key_given`, `public_key_unreadable` or `public_key_unsupported`; none repeats the text.

    """
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - only keys are read with it
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        PublicFormat,
        load_der_public_key,
    )

    refuse_private_keys(text)
    try:
        key = _of_jwk(text) if text.lstrip().startswith("{") else load_der_public_key(_der_of(text))
    except (ValueError, RecursionError, UnsupportedAlgorithm) as error:
        raise InvalidInput(
            "public_key_unreadable",
            "No se puede leer la clave pública. Es un PEM que empieza con BEGIN PUBLIC KEY, como lo da «openssl pkey"
            " -pubout», un solo JWK, o el base64 de su SubjectPublicKeyInfo. Si era una clave privada, deséchela.",
            field="public_key",
        ) from error
    if isinstance(key, Ed25519PublicKey):
        algorithm = KeyAlgorithm.ED25519
    elif isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        algorithm = KeyAlgorithm.ECDSA_P256
    else:
        detail = "La clave no es Ed25519 ni P-256: genere una de esas dos."
        raise InvalidInput("public_key_unsupported", detail, field="public_key")
    return PublicKey(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), algorithm)


def refuse_private_keys(line: str) -> None:
    """Look for a private key anywhere in a line, in whatever form one is usually pasted.

    Raises:
        InvalidInput: `private_key_given`; it does not repeat the text.

    """
    written = (_BREAKS.sub(" ", line), _BREAKS.sub("", line), _BREAKS.sub(" ", line).translate(_URL_LETTERS))
    words = [word for text in written for word in _WORD.findall(text)]
    if _PRIVATE.search(line) or _PRIVATE_JWK.search(line) or any(map(_is_private, words)):
        raise _private_key_given()


def _private_key_given() -> InvalidInput:
    detail = (
        "Eso es una clave PRIVADA y no se registra. Quien la vio puede firmar como la entidad: deséchela, genere"
        " otra y envíe solo la pública."
    )
    return InvalidInput("private_key_given", detail, field="public_key")


def _of_jwk(text: str) -> Any:
    """Return the key of a JWK; None where it is of a kind that signs nothing here.

    Raises:
        InvalidInput: `private_key_given`, whatever its secret parts are worth.
        ValueError: it is no JWK, or more than one.

    """
    if len(text) > _LONGEST:
        raise ValueError
    jwk = json.loads(text)
    if any(_SECRETS & part.keys() for part in _objects(jwk)):
        raise _private_key_given()
    kind = jwk.get("kty") if type(jwk.get("kty")) is str else ""
    if not kind:
        raise ValueError
    if (kind, jwk.get("crv")) not in (("OKP", "Ed25519"), ("EC", "P-256")):
        return None
    from joserfc.errors import JoseError  # noqa: PLC0415 - only a JWK is read with it
    from joserfc.jwk import import_key  # noqa: PLC0415 - as above

    try:
        return import_key(jwk).public_key
    except (JoseError, TypeError, KeyError) as error:
        raise ValueError from error


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)


def _der_of(text: str) -> bytes:
    found = _PEM.fullmatch(text.strip())
    try:
        der = base64.b64decode(_BREAKS.sub("", found[1] if found else text), validate=True)
    except binascii.Error as error:
        raise ValueError from error
    if not 0 < len(der) <= _LONGEST:
        raise ValueError
    return der


def _is_private(word: str) -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_der_private_key  # noqa: PLC0415

    try:
        load_der_private_key(base64.b64decode(f"{word}=="), None)
    except TypeError:
        return True  # it is, under a password
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True
