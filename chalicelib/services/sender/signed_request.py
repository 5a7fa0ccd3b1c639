"""Signed requests (RFC 9421, RFC 9530): what a sender must sign, and the proof that it did.

`read_claim` needs no key and no store: it says who the request claims to be from. `prove_request` checks the claim
against the registered key. The algorithm comes from the key, the authority from the configuration, the window
from the injected clock; never from the message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import http_sf

from chalicelib.domain.errors import InvalidInput, NotAuthenticated

TAG = "casilla"
MAX_WINDOW = timedelta(minutes=5)
CLOCK_SKEW = timedelta(seconds=30)
WRITE_COVERAGE = ("@method", "@authority", "@path", "content-type", "content-digest")
READ_COVERAGE = ("@method", "@authority", "@path")
_SECONDS = range(1, 1 << 37)
"""Since 1970, up to the year 6325: later ones can be signed, but not all be read as instants."""
_KEYID = re.compile(r"([a-z0-9][a-z0-9-]{1,62}):([A-Za-z0-9._-]{1,64})")
_NONCE = re.compile(r"[A-Za-z0-9_+/=.-]{16,128}")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """An HTTP request as it arrived. `path` is the real one; `query` is canonical, without `?`, maybe empty.

    Header names are in lower case. `origin` is the caller's network address. `parameters` are the query's, decoded,
    in the order sent for each name; empty where the request has to be signed, since only `query` is covered then.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    origin: str
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a request says it is from, before any proof."""

    institution_id: str
    key_id: str
    keyid: str
    nonce: str
    expires_at: datetime
    """Until when the request may be taken: its own `expires` and the clocks' tolerance. Its nonce is kept so long."""
    coverage: tuple[str, ...]


def read_claim(request: SignedRequest, coverage: tuple[str, ...], *, now: datetime) -> Claim:
    """Read the signature's parameters and check all that needs no key.

    Raises:
        NotAuthenticated: `signature_missing`, `signature_malformed`, `signature_coverage`, `signature_window`,
            `signature_expired`, `signature_from_future`, `keyid_malformed` or `nonce_malformed`.
        InvalidInput: `query_not_allowed` on a signed write.

    """
    if request.query and request.body:
        raise InvalidInput("query_not_allowed", "Esta dirección no admite parámetros después de «?».")
    components, params = _signature_input(request)
    needed = (*coverage, "@query") if request.query else coverage
    if missing := [name for name in needed if name not in components]:
        raise NotAuthenticated("signature_coverage", f"La firma debe cubrir también: {', '.join(missing)}.")
    expires_at = _check_window(params, now)
    keyid = _KEYID.fullmatch(str(params.get("keyid", "")))
    if keyid is None:
        raise NotAuthenticated("keyid_malformed", "El keyid de la firma debe ser <entidad>:<clave>.")
    nonce = str(params.get("nonce", ""))
    if not _NONCE.fullmatch(nonce):
        raise NotAuthenticated(
            "nonce_malformed", "La firma debe llevar un nonce de 16 a 128 caracteres, nuevo cada vez."
        )
    return Claim(keyid[1], keyid[2], keyid[0], nonce, expires_at, needed)


def _signature_input(request: SignedRequest) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    if "signature-input" not in request.headers or "signature" not in request.headers:
        raise NotAuthenticated("signature_missing", "El pedido debe ir firmado: faltan Signature-Input y Signature.")
    try:
        labels: Any = http_sf.parse(request.headers["signature-input"].encode(), tltype="dictionary")
        ((components, params),) = [member for member in labels.values() if member[1].get("tag") == TAG]
        names = tuple(str(name) for name, qualifiers in components if not qualifiers)
    except (ValueError, TypeError, AttributeError) as error:
        raise NotAuthenticated(
            "signature_malformed", f'Signature-Input debe tener una sola firma con tag="{TAG}", según el RFC 9421.'
        ) from error
    return names, params


def _check_window(params: Mapping[str, Any], now: datetime) -> datetime:
    created, expires = params.get("created"), params.get("expires")
    if type(created) is not int or type(expires) is not int or created not in _SECONDS or expires not in _SECONDS:
        raise NotAuthenticated("signature_window", "La firma debe llevar created y expires, en segundos desde 1970.")
    starts_at, ends_at = datetime.fromtimestamp(created, UTC), datetime.fromtimestamp(expires, UTC)
    if not timedelta(0) < ends_at - starts_at <= MAX_WINDOW:
        raise NotAuthenticated("signature_window", "Entre created y expires puede haber 5 minutos como máximo.")
    if starts_at > now + CLOCK_SKEW:
        raise NotAuthenticated("signature_from_future", "La firma está fechada en el futuro. Ajuste su reloj.")
    if ends_at < now - CLOCK_SKEW:
        raise NotAuthenticated("signature_expired", "La firma venció. Firme de nuevo y revise su reloj.")
    return ends_at + CLOCK_SKEW
