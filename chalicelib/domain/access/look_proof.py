"""What an answered captcha leaves for looking at a receipt: a sealed word in the address, so that it can be reloaded.

It serves for ten minutes, from one network and for one code or hash, and no table knows it (`LOOKS_PER_PROOF` counts).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from chalicelib.domain.access.access_secret import is_same_secret, keyed_hashes
from chalicelib.domain.access.network import network_of

LIFETIME = timedelta(minutes=10)
_PROOF = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9]{10})\.([0-9a-f]{32})")
_SEAL = 32
_KIND = "receipt look 1"


def new_proof(pepper: bytes, secret: str, *, origin: str, of: str, now: datetime) -> str:
    """Return the proof for what is looked at (`of`) from where somebody is; `secret` is an opaque token."""
    until = str(int((now + LIFETIME).timestamp()))
    return f"{secret}.{until}.{_seals(pepper, secret, until, origin, of)[0]}"


def read_proof(pepper: bytes, proof: str, *, origin: str, of: str, now: datetime) -> str | None:
    """Return the token of a proof that serves here and now; None for any other text."""
    found = _PROOF.fullmatch(proof)
    if found is None or int(found[2]) < now.timestamp():
        return None
    seals = _seals(pepper, found[1], found[2], origin, of)
    return found[1] if any(is_same_secret(found[3], seal) for seal in seals) else None


def _seals(pepper: bytes, secret: str, until: str, origin: str, of: str) -> list[str]:
    """Return the seal under the pepper, and under each one beside it."""
    return [seal[:_SEAL] for seal in keyed_hashes(pepper, _KIND, secret, until, network_of(origin), of)]
