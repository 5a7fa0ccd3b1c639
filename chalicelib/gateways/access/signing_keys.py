"""The keys that an identity provider signs with: fetched when first needed, kept a while, fetched again for a new one.

A provider changes its keys by publishing the next beside the present one. A key that it took away counts until what was
kept is over; a token under an unknown one has them fetched again, but only so often: whoever makes such tokens up
makes no more of our requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.access.id_token import IdTokenWrong, not_proven
from chalicelib.gateways.bounded_http import Answered, NoAnswer, read_json

KEPT_FOR = timedelta(minutes=15)
"""How long keys are used without asking again; so long a key counts after its provider took it away."""
ASKED_AGAIN_AFTER = timedelta(minutes=3)
"""How soon after the last fetch an unknown key is looked for."""
ALGORITHMS = ("RS256", "PS256", "ES256", "Ed25519")
"""Signatures by a key pair: never `none`, never an HMAC, whose key would be something that others know."""
_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "Ed25519": "OKP"}
_SHORTEST_RSA = 2048
_MOST_KEYS = 50
_OK = 200


@dataclass(frozen=True, slots=True)
class _Fetched:
    keys: tuple[Mapping[str, Any], ...]
    at: datetime


class SigningKeys:
    """One for a process; `fetch` asks the provider for them, and raises `NoAnswer`."""

    def __init__(self, fetch: Callable[[], Answered], clock: Callable[[], datetime]) -> None:
        """Fetch nothing yet."""
        self._fetch = fetch
        self._clock = clock
        self._kept: _Fetched | None = None

    def verified(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token that one of the provider's keys signed.

        Raises:
            IdentityRefused: `identity_not_proven`.
            NoAnswer: the keys cannot be had.

        """
        from joserfc import jws  # noqa: PLC0415 - loaded only where somebody comes back from a provider
        from joserfc.errors import JoseError  # noqa: PLC0415 - as above

        registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            header = jws.extract_compact(token.encode(), registry=registry).headers()
            algorithm, name = header.get("alg"), header.get("kid")
        except (JoseError, ValueError) as error:
            raise not_proven() from IdTokenWrong(type(error).__name__)
        if algorithm not in ALGORITHMS:
            raise not_proven() from IdTokenWrong("alg")
        key = self._key(algorithm, name)
        try:
            signed = jws.deserialize_compact(token, key, registry=registry)
            claims = read_json(signed.payload or b"")
        except (JoseError, ValueError, NoAnswer) as error:
            raise not_proven() from IdTokenWrong(type(error).__name__)
        if not isinstance(claims, dict):
            raise not_proven() from IdTokenWrong("payload")
        return claims

    def _key(self, algorithm: str, name: object) -> Any:
        """Return the key that a token says it was signed with."""
        kept, now = self._kept, self._clock()
        if kept is None or now - kept.at > KEPT_FOR:
            kept = self._renewed(now)
        found = _choose(kept.keys, algorithm, name)
        if found is None and now - kept.at > ASKED_AGAIN_AFTER:
            found = _choose(self._renewed(now).keys, algorithm, name)
        if found is None:
            raise not_proven() from IdTokenWrong("kid")
        return _import(found)

    def _renewed(self, now: datetime) -> _Fetched:
        answered = self._fetch()
        document = read_json(answered.content) if answered.status == _OK else None
        keys = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
            raise NoAnswer
        self._kept = _Fetched(tuple(key for key in keys if isinstance(key, dict)), now)
        return self._kept


def _choose(keys: tuple[Mapping[str, Any], ...], algorithm: str, name: object) -> Mapping[str, Any] | None:
    """Return the one key of this name that is for such signatures; without a name it has to be the only such key."""
    usable = [key for key in keys if _is_for(key, algorithm)]
    named = usable if name is None else [key for key in usable if key.get("kid") == name]
    return named[0] if len(named) == 1 else None


def _is_for(key: Mapping[str, Any], algorithm: str) -> bool:
    is_for_signing = key.get("use", "sig") == "sig"
    return key.get("kty") == _TYPES[algorithm] and is_for_signing and key.get("alg", algorithm) == algorithm


def _import(key: Mapping[str, Any]) -> Any:
    """Read the public part of a key, whatever else the provider published of it.

    Raises:
        IdentityRefused: `identity_not_proven`: it is none, or too short.

    """
    from joserfc import jwk  # noqa: PLC0415 - as above
    from joserfc.errors import JoseError  # noqa: PLC0415 - as above

    public = {name: key[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in key}
    try:
        imported = jwk.import_key(public)
        raw: Any = imported.raw_value
        size = raw.key_size if public["kty"] == "RSA" else _SHORTEST_RSA
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise not_proven() from IdTokenWrong(type(error).__name__)
    if size < _SHORTEST_RSA:
        raise not_proven() from IdTokenWrong("key size")
    return imported
