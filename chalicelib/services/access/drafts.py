"""What somebody typed and has not sent yet, kept for a while: only who has the secret can read it, and only here.

What a stranger types is kept nowhere: it is sealed and handed back, so that nobody fills a table (`seal_draft`).

Encrypted by AES-256-GCM under a key that takes both the secret, which no table holds, and the pepper (HKDF-SHA256, RFC
5869): neither a copy of the tables nor the secret alone opens a draft. Each time it is kept the key is another one,
by a new salt, so its nonce is constant. The instant it ends at is authenticated with it.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.access.pepper import every_pepper
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.errors import TooLarge
from chalicelib.store.access.token_store import TokenStore

MAX_DRAFT_BYTES = 32 * 1024
"""Of its JSON; the longest form of the portal, that of a procedure, has less with two bytes a letter."""
MAX_SEALED_CHARACTERS = 3800
"""Of a draft that a cookie holds; browsers keep 4,096 with its name and attributes."""
_MAX_OPENED_BYTES = 64 * 1024

_NONCE = bytes(12)
_PURPOSE = b"casilla draft 1"
_SEALED = "casilla sealed draft 1"
_SEALED_TEXT = re.compile(r"[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{24,}")


@dataclass(frozen=True, slots=True)
class DraftTools:
    """Where drafts are kept and what seals them; `new_salt` returns an opaque token."""

    tokens: TokenStore
    pepper: bytes
    new_salt: Callable[[], str]


def keep_draft(
    secret: str, data: Mapping[str, Any], *, valid_until: datetime, tools: DraftTools, now: datetime
) -> None:
    """Keep JSON data under an opaque token, in place of what was kept under it before; one call.

    Raises:
        TooLarge: `draft_too_large`; what was kept before stays.

    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    if len(text) > MAX_DRAFT_BYTES:
        raise _too_large()
    salt = tools.new_salt()
    sealed = _cipher(tools.pepper, secret, salt).encrypt(_NONCE, text, _bound(valid_until))
    kept = {"salt": salt, "sealed": base64.b64encode(sealed).decode()}
    tools.tokens.issue(NewToken(TokenKind.DRAFT, secret, now, valid_until, data=kept))


def find_draft(secret: str, *, tools: DraftTools, now: datetime) -> dict[str, Any] | None:
    """Return what is kept; None when there is nothing, its time is over, or it was tampered with. One call."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - loaded only where drafts are

    token = tools.tokens.find(TokenKind.DRAFT, secret)
    if token is None or not token.is_valid_at(now):
        return None
    sealed, bound = base64.b64decode(token.data["sealed"]), _bound(token.valid_until)
    for pepper in every_pepper(tools.pepper):
        try:
            text = _cipher(pepper, secret, token.data["salt"]).decrypt(_NONCE, sealed, bound)
        except InvalidTag:
            continue
        found: dict[str, Any] = json.loads(text)
        return found
    return None


def drop_draft(secret: str, *, tools: DraftTools) -> None:
    """Forget what is kept, if anything is; one call."""
    tools.tokens.revoke(TokenKind.DRAFT, secret)


def seal_draft(
    data: Mapping[str, Any], *, valid_until: datetime, tools: DraftTools, longest: int = MAX_SEALED_CHARACTERS
) -> str:
    """Return JSON data as a text that only the pepper opens or makes, to be kept by who typed it; no call.

    It has `longest` characters at most.

    Raises:
        TooLarge: `draft_too_large`.

    """
    text = json.dumps({**data, "valid_until": _bound(valid_until).decode()}, ensure_ascii=False).encode()
    if len(text) > _MAX_OPENED_BYTES:
        raise _too_large()
    salt = tools.new_salt()
    sealed = _cipher(tools.pepper, _SEALED, salt).encrypt(_NONCE, zlib.compress(text, 9), _SEALED.encode())
    kept = f"{salt}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"
    if len(kept) > longest:
        raise _too_large()
    return kept


def open_sealed(kept: str, *, tools: DraftTools, now: datetime) -> dict[str, Any] | None:
    """Return what `seal_draft` sealed; None when its time is over or it is anything else. No call."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above

    salt, _, sealed = kept.partition(".")
    if not _SEALED_TEXT.fullmatch(kept) or len(kept) > MAX_SEALED_CHARACTERS:
        return None
    for pepper in every_pepper(tools.pepper):
        try:
            raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            packed = _cipher(pepper, _SEALED, salt).decrypt(_NONCE, raw, _SEALED.encode())
        except (InvalidTag, ValueError):
            continue
        found: dict[str, Any] = json.loads(zlib.decompressobj().decompress(packed, _MAX_OPENED_BYTES))
        return found if now <= datetime.fromisoformat(found.pop("valid_until")) else None
    return None


def _too_large() -> TooLarge:
    return TooLarge("draft_too_large", "Escribiste más de lo que podemos guardar. Acorta los textos y continúa.")


def _cipher(pepper: bytes, secret: str, salt: str) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - as above

    both = bytes.fromhex(keyed_hash(pepper, "draft-key", secret))
    return AESGCM(HKDF(SHA256(), 32, salt.encode(), _PURPOSE).derive(both))


def _bound(valid_until: datetime) -> bytes:
    return valid_until.astimezone(UTC).isoformat(timespec="microseconds").encode()
