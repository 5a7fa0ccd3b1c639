"""Prove that a request was signed by the key it claims: verify one HTTP message signature (RFC 9421)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import load_der_public_key
from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageVerifier, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519

from chalicelib.domain.errors import NotAuthenticated
from chalicelib.domain.sender.institution import KeyAlgorithm, SigningKey
from chalicelib.services.sender.signed_request import TAG, Claim, SignedRequest

_ALGORITHMS = {KeyAlgorithm.ED25519: ED25519, KeyAlgorithm.ECDSA_P256: ECDSA_P256_SHA256}


@dataclass(frozen=True, slots=True)
class Proof:
    """A verified signature: `digest` is the SHA-256 of its base, `evidence` what to keep to show it later."""

    digest: str
    evidence: dict[str, str]


def prove_request(
    request: SignedRequest, claim: Claim, key: SigningKey | None, *, authority: str, now: datetime
) -> Proof:
    """Verify the signature and the body's digest with the registered key.

    Raises:
        NotAuthenticated: `key_unknown`, `key_not_valid` or `signature_wrong`.

    """
    if key is None:
        raise NotAuthenticated("key_unknown", "La clave que firma no está registrada. Revise el keyid.")
    if not key.is_valid_at(now):
        raise NotAuthenticated("key_not_valid", "La clave que firma está revocada, venció o aún no rige.")
    base = _verified_base(request, key, coverage=claim.coverage, authority=authority)
    headers = request.headers
    return Proof(
        digest=hashlib.sha256(base.encode()).hexdigest(),
        evidence={
            "base": base,
            "signature_input": headers["signature-input"],
            "signature": headers["signature"],
            "algorithm": key.algorithm.value,
        },
    )


def _verified_base(request: SignedRequest, key: SigningKey, *, coverage: tuple[str, ...], authority: str) -> str:
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
