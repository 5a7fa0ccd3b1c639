"""An identity provider by OpenID Connect, asked from our side: tokens for a code, its keys, what userinfo adds.

Where it answers is configuration (docs/registros.md), and nothing that it or a browser says leads elsewhere. A code
that it does not take is a refusal. Any other answer than the one expected is none, and a circuit breaker lets it rest.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlencode

from chalicelib.domain.access.authenticated_person import IdentityRefused
from chalicelib.domain.access.id_token import not_proven
from chalicelib.domain.access.provider_addresses import ProviderAddresses
from chalicelib.domain.errors import Unavailable
from chalicelib.gateways.access.signing_keys import SigningKeys
from chalicelib.gateways.bounded_http import Answered, BoundedHttp, ExchangeLimits, NoAnswer, read_json
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.credential import Credential
from chalicelib.gateways.secret_texts import SecretText

LIMITS = ExchangeLimits(connect=2.0, read=4.0, whole=6.0, size=256_000)
_OK = 200
_BAD_REQUEST = 400
_UNAUTHORIZED = 401
_SECRET_REFUSED = "invalid_client"  # noqa: S105 - a code of OAuth
"""Told with 400, or 401 where the secret went in a header (RFC 6749, 5.2)."""
_OUR_ACCESS = {_SECRET_REFUSED, "unauthorized_client", "unsupported_grant_type"}
"""Errors about our own access, which no person can help; any other is about the code that came with the browser."""
_LONGEST_TOKEN = 100_000
_ACCEPT = {"Accept": "application/json"}
_FORM = {**_ACCEPT, "Content-Type": "application/x-www-form-urlencoded"}

_T = TypeVar("_T")


class SecretSent(StrEnum):
    """How the client's secret goes to the token endpoint; without one the proof key is all there is."""

    POST = "post"
    BASIC = "basic"
    NOT = "none"


@dataclass(frozen=True, slots=True)
class ProviderClient:
    """What the agreement gives; the secret is read when it is needed, and never printed."""

    client_id: str
    secret: Credential = field(repr=False)
    sent: SecretSent = SecretSent.POST


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code is changed for."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


class IdentityProvider:
    """One for a process, so that its keys are kept and its breaker remembers."""

    def __init__(
        self,
        addresses: ProviderAddresses,
        client: ProviderClient,
        *,
        breaker: CircuitBreaker,
        clock: Callable[[], datetime],
        limits: ExchangeLimits = LIMITS,
    ) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            ConfigError: an address is not https.

        """
        self.addresses = addresses
        self.client = client
        self._breaker = breaker
        self._token_http = BoundedHttp(addresses.token, limits)
        self._keys_http = BoundedHttp(addresses.keys, limits)
        self._userinfo_http = BoundedHttp(addresses.userinfo, limits) if addresses.userinfo else None
        self._keys = SigningKeys(lambda: self._keys_http.exchange("GET", {}, _ACCEPT), clock)

    def address_for(self, parameters: Mapping[str, str]) -> str:
        """Return where the browser goes to have its person authenticated."""
        start = self.addresses.authorization
        return f"{start}{'&' if '?' in start else '?'}{urlencode(parameters)}"

    def redeem(self, code: str, verifier: str, redirect_uri: str) -> Tokens:
        """Change a code for tokens.

        Raises:
            IdentityRefused: `identity_not_proven`: the code was used, is over, or is not ours.
            Unavailable: `identity_provider_unavailable`.

        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self.client.client_id,
        }
        if self.client.sent is SecretSent.NOT:
            return self._guarded(lambda: _tokens(self._send(form, _FORM)))
        secret = self.client.secret
        try:
            shown = secret.to_show()
        except Unavailable as error:
            raise provider_unavailable(error.retry_after) from error
        ask = partial(self._show, form)
        return self._guarded(lambda: _tokens(secret.show(shown, ask, _is_secret_refused)))

    def verified_claims(self, id_token: str) -> Mapping[str, Any]:
        """Return the claims of an ID token that the provider signed; what they say is the domain's to judge.

        Raises:
            IdentityRefused: `identity_not_proven`.
            Unavailable: `identity_provider_unavailable`: its keys cannot be had.

        """
        return self._guarded(lambda: self._keys.verified(id_token))

    def userinfo(self, access_token: str) -> Mapping[str, Any]:
        """Return what the provider says besides the ID token; nothing where it has no such address.

        Raises:
            Unavailable: `identity_provider_unavailable`.

        """
        http = self._userinfo_http
        if http is None:
            return {}
        headers = {**_ACCEPT, "Authorization": f"Bearer {access_token}"}
        return self._guarded(lambda: _members(http.exchange("GET", {}, headers)))

    def close(self) -> None:
        """Drop the open connections."""
        for http in (self._token_http, self._keys_http, self._userinfo_http):
            if http is not None:
                http.close()

    def _show(self, form: Mapping[str, str], secret: SecretText) -> Answered:
        if self.client.sent is SecretSent.POST:
            return self._send({**form, "client_secret": secret.text}, _FORM)
        pair = f"{quote_plus(self.client.client_id)}:{quote_plus(secret.text)}"
        basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return self._send(form, {**_FORM, "Authorization": basic})

    def _send(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Answered:
        return self._token_http.exchange("POST", {}, headers, urlencode(form).encode())

    def _guarded(self, ask: Callable[[], _T]) -> _T:
        wait = self._breaker.admit()
        if wait is not None:
            raise provider_unavailable(retry_after=math.ceil(wait.total_seconds()))
        try:
            answer = ask()
        except NoAnswer as error:
            self._breaker.record_failure()
            raise provider_unavailable() from error.__cause__
        except IdentityRefused:
            self._breaker.record_success()
            raise
        self._breaker.record_success()
        return answer


def provider_unavailable(retry_after: int | None = None) -> Unavailable:
    """Return the one error for a provider that does not answer as it should."""
    detail = "El servicio que confirma tu identidad no responde ahora. Ingresa con tu usuario y contraseña."
    return Unavailable("identity_provider_unavailable", detail, retry_after=retry_after)


def _is_secret_refused(answered: Answered) -> bool:
    told = read_json(answered.content) if answered.status in {_BAD_REQUEST, _UNAUTHORIZED} else None
    return isinstance(told, dict) and told.get("error") == _SECRET_REFUSED


def _tokens(answered: Answered) -> Tokens:
    if answered.status == _BAD_REQUEST:
        refused = read_json(answered.content)
        error = refused.get("error") if isinstance(refused, dict) else None
        if isinstance(error, str) and error not in _OUR_ACCESS:
            raise not_proven()
        raise NoAnswer
    members = _members(answered)
    tokens = Tokens(_token(members, "id_token"), _token(members, "access_token"))
    if str(members.get("token_type", "")).lower() != "bearer":
        raise NoAnswer
    return tokens


def _token(members: Mapping[str, Any], name: str) -> str:
    token = members.get(name)
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or len(token) > _LONGEST_TOKEN:
        raise NoAnswer
    return token


def _members(answered: Answered) -> Mapping[str, Any]:
    members = read_json(answered.content) if answered.status == _OK else None
    if not isinstance(members, dict):
        raise NoAnswer
    return members
