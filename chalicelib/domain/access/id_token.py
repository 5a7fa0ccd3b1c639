"""What an ID token has to say before it counts (OpenID Connect Core 1.0, 3.1.3.7), its signature having been verified.

Every refusal says the same: whoever sends such a token is told nothing of what was wrong with it. The log tells, by the
error's cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.access.access_secret import is_same_secret
from chalicelib.domain.access.authenticated_person import IdentityRefused

CLOCK_SKEW = timedelta(minutes=1)
"""How far the provider's clock may be from ours."""
OLDEST = timedelta(minutes=10)
"""How long ago a token may have been issued, or the person have authenticated where the provider says when."""


class IdTokenWrong(ValueError):
    """What is wrong with a token, for the log alone; it quotes none of it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token of one sign-in says: of whom, for whom, in answer to what, at which levels."""

    issuer: str
    client_id: str
    nonce: str
    levels: tuple[str, ...]
    """The values of `acr` that are enough, as configured."""


def check_id_token(claims: Mapping[str, Any], expected: Expected, now: datetime) -> str:
    """Return the level at which the person was authenticated.

    Raises:
        IdentityRefused: `identity_not_proven`, or `identity_level_low` where all is right but the level.

    """
    problem = _problem(claims, expected, now)
    if problem:
        raise not_proven() from IdTokenWrong(problem)
    acr = claims.get("acr")
    if not isinstance(acr, str) or acr not in expected.levels:
        detail = (
            "Te identificaste de una forma que no basta para esta casilla. Elige otra, como el DNI electrónico, o"
            " ingresa con tu usuario y contraseña."
        )
        raise IdentityRefused("identity_level_low", detail)
    return acr


def not_proven() -> IdentityRefused:
    """Return the one refusal for everything that can be wrong with what the provider said."""
    detail = "No pudimos confirmar quién eres. Empieza de nuevo, o ingresa con tu usuario y contraseña."
    return IdentityRefused("identity_not_proven", detail)


def _problem(claims: Mapping[str, Any], expected: Expected, now: datetime) -> str:
    """Return the first thing that is wrong, by the name of its claim; empty where nothing is."""
    nonce, subject = claims.get("nonce"), claims.get("sub")
    checks = {
        "iss": claims.get("iss") == expected.issuer,
        "sub": isinstance(subject, str) and bool(subject),
        "aud": _is_for(claims, expected.client_id),
        "exp": _is_within(claims, "exp", now - CLOCK_SKEW, None),
        "iat": _is_within(claims, "iat", now - OLDEST, now + CLOCK_SKEW),
        "nbf": "nbf" not in claims or _is_within(claims, "nbf", None, now + CLOCK_SKEW),
        "auth_time": "auth_time" not in claims or _is_within(claims, "auth_time", now - OLDEST, now + CLOCK_SKEW),
        "nonce": isinstance(nonce, str) and nonce.isascii() and is_same_secret(nonce, expected.nonce),
    }
    return next((name for name, is_right in checks.items() if not is_right), "")


def _is_for(claims: Mapping[str, Any], client_id: str) -> bool:
    """Tell whether we are the only audience; of several, or where it is named, the authorised party has to be us."""
    audience, party = claims.get("aud"), claims.get("azp")
    for_whom = audience if isinstance(audience, list) else [audience]
    is_named = party == client_id if len(for_whom) > 1 or "azp" in claims else True
    return client_id in for_whom and is_named


def _is_within(claims: Mapping[str, Any], name: str, earliest: datetime | None, latest: datetime | None) -> bool:
    seconds = claims.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return False
    is_after = earliest is None or seconds >= earliest.timestamp()
    return is_after and (latest is None or seconds <= latest.timestamp())
