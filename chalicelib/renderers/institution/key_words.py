"""How a signing key is told on the console's pages."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.sender.institution import KeyAlgorithm, SigningKey
from chalicelib.domain.sender.key_fingerprint import key_fingerprint

ALGORITHMS: Mapping[KeyAlgorithm, str] = {KeyAlgorithm.ED25519: "Ed25519", KeyAlgorithm.ECDSA_P256: "ECDSA P-256"}
_INSTANT = timedelta(microseconds=1)
_GROUP = 4
_LINE = 64


@dataclass(frozen=True, slots=True)
class KeyWords:
    """A key in words; `tone` is how its state looks, days are local, and the last one is part of its life."""

    key_id: str
    keyid: str
    state: str
    tone: str
    algorithm: str
    first_day: date
    last_day: date
    used_on: date | None
    fingerprint: str
    revoked_at: datetime | None
    is_usable: bool


def key_words(key: SigningKey, zone: ZoneInfo, now: datetime) -> KeyWords:
    """Tell a key as it stands."""
    state, tone = _state(key, now)
    return KeyWords(
        key_id=key.key_id,
        keyid=f"{key.institution_id}:{key.key_id}",
        state=state,
        tone=tone,
        algorithm=ALGORITHMS[key.algorithm],
        first_day=key.not_before.astimezone(zone).date(),
        last_day=(key.not_after - _INSTANT).astimezone(zone).date(),
        used_on=key.used_on,
        fingerprint=in_groups(key_fingerprint(key.public_key)),
        revoked_at=key.revoked_at,
        is_usable=key.revoked_at is None and now < key.not_after,
    )


def in_groups(fingerprint: str) -> str:
    """Write a fingerprint in groups of four, to be read aloud."""
    kind, _, hashed = fingerprint.partition(":")
    return f"{kind}: " + " ".join(hashed[at : at + _GROUP] for at in range(0, len(hashed), _GROUP))


def as_pem(public_key: bytes) -> str:
    """Write a SubjectPublicKeyInfo as PEM (RFC 7468)."""
    text = base64.b64encode(public_key).decode()
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----"])


def _state(key: SigningKey, now: datetime) -> tuple[str, str]:
    if key.revoked_at is not None:
        return "Revocada", "disabled"
    if now < key.not_before:
        return "Aún no vale", "pending"
    return ("Vale", "active") if now < key.not_after else ("Vencida", "disabled")
