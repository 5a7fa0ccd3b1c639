"""How a public key is told apart by people."""

from __future__ import annotations

import base64
import hashlib


def key_fingerprint(public_key: bytes) -> str:
    """Return `SHA256:` and the base64 of the hash of its SubjectPublicKeyInfo, as both sides can compute it."""
    return f"SHA256:{base64.b64encode(hashlib.sha256(public_key).digest()).decode().rstrip('=')}"
