"""Verification of one HTTP message signature; imported on the first signed request, not at cold start."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.serialization import load_der_public_key
from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageVerifier, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519

from chalicelib.domain.errors import NotAuthenticated
from chalicelib.domain.sender.institution import KeyAlgorithm, SigningKey
from chalicelib.services.sender.signed_request import TAG, SignedRequest

_ALGORITHMS = {KeyAlgorithm.ED25519: ED25519, KeyAlgorithm.ECDSA_P256: ECDSA_P256_SHA256}


def verified_base(request: SignedRequest, key: SigningKey, *, coverage: tuple[str, ...], authority: str) -> str:
    """Return the signature base, once signature, coverage and body digest are verified with `key`.

    Raises:
        NotAuthenticated: `signature_wrong`.

    """
    verifier = _Verifier(signature_algorithm=_ALGORITHMS[key.algorithm], key_resolver=_OneKey(key))
    try:
        (result,) = verifier.verify(
            _Message(request, authority),
            max_age=None,
            expect_tag=TAG,
            require_components=coverage,
            body=request.body if "content-digest" in coverage else None,
        )
    except HTTPMessageSignaturesException as error:
        raise NotAuthenticated(
            "signature_wrong",
            "La firma no corresponde al pedido: el contenido cambió, se firmó otra cosa o se firmó con otra clave.",
        ) from error
    return "\n".join(f"{name}: {value}" for name, value in result.covered_components.items())


class _Verifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, *_: Any, **__: Any) -> None:
        """Leave the window to `read_claim`, which checks it against the injected clock."""


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: SigningKey) -> None:
        self._key = key

    def resolve_public_key(self, key_id: str) -> Any:  # noqa: ARG002 - the key was looked up before
        return load_der_public_key(self._key.public_key)


class _Message:
    def __init__(self, request: SignedRequest, authority: str) -> None:
        self.method = request.method
        self.headers = request.headers
        self.url = f"https://{authority}{request.path}" + (f"?{request.query}" if request.query else "")
