"""What the simulated provider signs, with `cryptography` alone: nothing of it is the service's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

_RSA_BITS = 2048


@dataclass
class SigningKey:
    """A key of the provider, as its document of keys names it."""

    kid: str
    private: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, _RSA_BITS))

    def as_jwk(self) -> dict[str, str]:
        """Return what the provider publishes of it."""
        numbers = self.private.public_key().public_numbers()
        parts = {"n": _number(numbers.n), "e": _number(numbers.e)}
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, **parts}


def sign(claims: Mapping[str, Any], key: SigningKey, header: Mapping[str, Any]) -> str:
    """Return a token; `header` may say another algorithm than RS256, and then it is signed as a forger would."""
    head = {"typ": "JWT", "alg": "RS256", "kid": key.kid, **header}
    signed = f"{_text(json.dumps(head).encode())}.{_text(json.dumps(dict(claims)).encode())}"
    return f"{signed}.{_text(_signature(head['alg'], signed.encode(), key))}"


def proof_key(verifier: str) -> str:
    """Return the challenge of a verifier (RFC 7636, S256)."""
    return _text(hashlib.sha256(verifier.encode()).digest())


def _signature(algorithm: str, signed: bytes, key: SigningKey) -> bytes:
    if algorithm == "none":
        return b""
    if algorithm == "HS256":  # under what everybody can read: the public modulus
        return hmac.digest(key.as_jwk()["n"].encode(), signed, "sha256")
    return key.private.sign(signed, PKCS1v15(), SHA256())


def _number(number: int) -> str:
    return _text(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
