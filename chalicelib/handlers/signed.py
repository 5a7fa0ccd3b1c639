"""Read the request of an institution's system as it was signed."""

from __future__ import annotations

import re

from chalice.app import Request

from chalicelib.bootstrap import current
from chalicelib.bootstrap.sender import fair_share
from chalicelib.domain.errors import InvalidInput, NotAuthenticated
from chalicelib.handlers.http import origin_of, raw_body
from chalicelib.handlers.log import this_visit
from chalicelib.services.sender.signed_request import SignedRequest

_SIGNATURE_HEADERS = ("signature-input", "signature", "content-digest")
_LONGEST_HEADER = 2048
"""A signature over all components that the service knows takes a quarter of it."""
_KEYID = re.compile(r';\s*keyid="([a-z0-9][a-z0-9-]{1,62}:[A-Za-z0-9._-]{1,64})"')
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")


def signed_request(request: Request) -> SignedRequest:
    """Read it; nothing of what it claims is proven yet.

    Raises:
        InvalidInput: `query_malformed`.
        NotAuthenticated: `signature_malformed` where a header is longer than any signature needs.
        TooManyRequests: `request_limit` where it claims to be from a sender that is past its share.

    """
    if any(len(request.headers.get(name, "")) > _LONGEST_HEADER for name in _SIGNATURE_HEADERS):
        detail = f"Las cabeceras de la firma pueden tener hasta {_LONGEST_HEADER} caracteres cada una."
        raise NotAuthenticated("signature_malformed", detail)
    keyid = _claimed_keyid(request.headers.get("signature-input", ""))
    this_visit().keyid = keyid
    fair_share(current()).refuse_spent(keyid.partition(":")[0])
    return SignedRequest(
        method=request.method,
        path=str(request.context.get("path") or request.path),
        query=_canonical_query(request),
        headers=request.headers,
        body=raw_body(request),
        origin=origin_of(request),
    )


def _claimed_keyid(header: str) -> str:
    """Return the keyid that lines may tell of; empty where there are several, of which only one would be looked at."""
    found = _KEYID.findall(header)
    return str(found[0]) if len(found) == header.count("keyid") == 1 else ""


def _canonical_query(request: Request) -> str:
    """Rebuild the query in its signed form: sorted by name, each name once, values of unreserved characters.

    API Gateway hands over decoded parameters in no order, so the raw query cannot be had.
    """
    if request.query_params is None:
        return ""
    pairs = []
    for name in sorted(request.query_params):
        values = request.query_params.getlist(name)
        if len(values) != 1 or not _UNRESERVED.fullmatch(f"{name}{values[0]}"):
            raise InvalidInput(
                "query_malformed", "Cada parámetro va una sola vez, con letras, dígitos y . _ ~ - solamente."
            )
        pairs.append(f"{name}={values[0]}")
    return "&".join(pairs)
