"""Who sends a signed request: an institution's system, proven by its key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.domain.errors import Forbidden
from chalicelib.domain.sender.institution import Institution
from chalicelib.services.sender.fair_share import FairShare
from chalicelib.services.sender.prove_request import Proof, prove_request
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.services.together import together
from chalicelib.store.request_store import Found, RequestStore, Wanted
from chalicelib.store.sender.key_use_store import KeyUse, KeyUseStore
from chalicelib.store.sender.nonce_store import NonceStore, nonce_reused, nonce_token


@dataclass(frozen=True, slots=True)
class SenderTools:
    """What finds out who sends. `authority` is what clients sign as `@authority`, `local_day` an instant's."""

    requests: RequestStore
    nonces: NonceStore
    uses: KeyUseStore
    share: FairShare
    authority: str
    clock: Callable[[], datetime]
    local_day: Callable[[datetime], date]


@dataclass(frozen=True, slots=True)
class AuthenticatedSender:
    """An institution, and how it proved itself. `actor` and `origin` are how events name it.

    `use` is the key's, where none of this day was noted yet.
    """

    institution: Institution
    claim: Claim
    proof: Proof
    actor: str
    origin: str
    use: KeyUse | None = None


@dataclass(frozen=True, slots=True)
class Nonce:
    """What one set of signed bytes takes: the token's key, the digest of what was signed, and until when it is kept.

    `use` is the day of the key's use, where it is to be noted.
    """

    token: str
    digest: str
    expires_at: datetime
    use: KeyUse | None = None


def nonce_of(sender: AuthenticatedSender) -> Nonce:
    """Return the nonce of a proven request."""
    claim = sender.claim
    return Nonce(nonce_token(claim.keyid, claim.nonce), sender.proof.digest, claim.expires_at, sender.use)


def wanted_for(claim: Claim) -> Wanted:
    """Return what the store must be asked for to authenticate a claim."""
    return Wanted(claim.institution_id, claim.key_id, nonce_token(claim.keyid, claim.nonce))


def find_sender(request: SignedRequest, claim: Claim, *, tools: SenderTools) -> AuthenticatedSender:
    """Return who sends a request that speaks of nothing else; one call.

    Raises:
        NotAuthenticated: as `authenticate_sender`.

    """
    found = tools.requests.load(wanted_for(claim))
    return authenticate_sender(request, claim, found, tools=tools)


def authenticate_sender(
    request: SignedRequest, claim: Claim, found: Found, *, tools: SenderTools
) -> AuthenticatedSender:
    """Verify the signature and that its nonce was not used for anything else.

    Raises:
        NotAuthenticated: as `prove_request`, and `nonce_reused`.
        TooManyRequests: `request_limit`; the nonce is not taken.

    """
    now = tools.clock()
    key = found.signing_key if found.institution else None
    proof = prove_request(request, claim, key, authority=tools.authority, now=now)
    if found.institution is None or key is None:  # pragma: no cover - prove_request refuses a missing key
        raise AssertionError
    taken_by_another = found.nonce_digest is not None and found.nonce_digest != proof.digest
    if taken_by_another and found.nonce_expires_at >= now.timestamp():
        raise nonce_reused()
    tools.share.take(claim.institution_id, request.headers)
    today = tools.local_day(now)
    use = None if key.used_on is not None and today <= key.used_on else KeyUse(key.institution_id, key.key_id, today)
    return AuthenticatedSender(found.institution, claim, proof, f"institution:{claim.keyid}", request.origin, use)


def take_nonce(sender: AuthenticatedSender, *, tools: SenderTools) -> None:
    """Take the nonce for these signed bytes; the same bytes may take it again. Once a day the key's use goes with it.

    Raises:
        NotAuthenticated: `nonce_reused`.
        Unavailable: `store_unavailable`.

    """
    claim_nonce(nonce_of(sender), tools=tools)


def claim_nonce(nonce: Nonce, *, tools: SenderTools) -> None:
    """Take a nonce; refused as `take_nonce`."""
    taken: dict[str, Any] = {"digest": nonce.digest, "expires_at": nonce.expires_at, "now": tools.clock()}
    if nonce.use is None:
        tools.nonces.claim(nonce.token, **taken)
    else:
        tools.uses.claim(nonce.token, nonce.use, **taken)


def read_beside_nonce(
    sender: AuthenticatedSender, reads: Iterable[Callable[[], object]], *, tools: SenderTools
) -> None:
    """Read what a signed request asks for while its nonce is taken: all at once, and nothing without the nonce.

    Raises:
        NotAuthenticated: `nonce_reused`, whatever the reads came to.

    """
    together([lambda: take_nonce(sender, tools=tools), *reads])


def require_active(institution: Institution) -> None:
    """Let only active institutions act; the others can still read what they deposited.

    Raises:
        Forbidden: `institution_inactive`.

    """
    if not institution.is_active:
        raise Forbidden(
            "institution_inactive",
            "La entidad no está activa en el servicio. Su coordinador debe regularizar el convenio.",
        )
