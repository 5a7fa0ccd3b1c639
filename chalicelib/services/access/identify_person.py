"""Have an identity provider say who somebody is: OpenID Connect, by code and proof key (RFC 6749, 7636, 9207).

Who begins leaves nothing behind: what their answer is held against is sealed in their own browser's cookie, and so the
answer counts in no other browser. The first answer to it uses it up, by one mark in the tokens table. The identity goes
into the same cookie, sealed, and gets somebody in once.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chalicelib.domain.access.access_policy import (
    GIVEN_BACK,
    IDENTIFICATIONS,
    LOGINS_PER_NEIGHBOURHOOD,
    LOGINS_PER_NETWORK,
)
from chalicelib.domain.access.access_secret import is_same_secret
from chalicelib.domain.access.authenticated_person import (
    AuthenticatedPerson,
    ClaimNames,
    IdentityRefused,
    has_document,
    read_person,
)
from chalicelib.domain.access.id_token import Expected, IdTokenWrong, check_id_token, not_proven
from chalicelib.domain.access.network import neighbourhood_of, network_of
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Limit, Standing
from chalicelib.domain.mailbox import DocumentType
from chalicelib.gateways.access.identity_provider import IdentityProvider
from chalicelib.services.access.drafts import DraftTools, open_sealed, seal_draft
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together

_logger = logging.getLogger(__name__)

ANSWER_WITHIN = timedelta(minutes=15)
"""How long somebody may take at the provider; a card reader may have to be looked for."""
ENTER_WITHIN = timedelta(minutes=10)
"""How long an identity gets somebody in, and begins a registration."""
_ASKED, _KNOWN = "identity-asked", "identity"
CODE = re.compile(r"[\x21-\x7e]{1,2000}")
"""What a provider's code may be; the firewall lets it pass."""
_CANCELLED = "access_denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityTools:
    """The provider, what is asked of it and how it is read, and what access works with."""

    provider: IdentityProvider
    levels: tuple[str, ...]
    claims: ClaimNames
    scope: str
    redirect_uri: str
    access: AccessTools
    drafts: DraftTools
    prefixes: Mapping[DocumentType, str]


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and what it keeps until it comes back."""

    address: str
    sealed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What came back with the browser; each is empty where it was not there."""

    code: str
    state: str
    issuer: str
    error: str


@dataclass(frozen=True, slots=True)
class Identified:
    """Who somebody is; `entry` is used up by whoever gets in with it, `back` is a page to go on to."""

    person: AuthenticatedPerson
    back: str
    entry: str = field(repr=False)


def begin_identification(back: str, *, tools: IdentityTools, now: datetime) -> Begun:
    """Make what the provider is asked with; no call."""
    new_secret = tools.access.new_secret
    state, nonce, verifier = new_secret(), new_secret(), new_secret()
    digest = hashlib.sha256(verifier.encode()).digest()
    parameters = {
        "response_type": "code",
        "client_id": tools.provider.client.client_id,
        "redirect_uri": tools.redirect_uri,
        "scope": tools.scope,
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "acr_values": " ".join(tools.levels),
        "prompt": "login",
    }
    asked = {"kind": _ASKED, "state": state, "nonce": nonce, "verifier": verifier, "back": back}
    sealed = seal_draft(asked, valid_until=now + ANSWER_WITHIN, tools=tools.drafts)
    return Begun(tools.provider.address_for(parameters), sealed)


def finish_identification(
    answer: ProviderAnswer, sealed: str, *, origin: str, tools: IdentityTools, now: datetime
) -> str:
    """Change the provider's answer for an identity, and return it sealed; three hops, six calls, and the provider's.

    An answer that came before, and was taken, is taken by the same browser again: the page was opened anew.

    Raises:
        IdentityRefused: `identity_not_begun` where this browser asked for no such answer, or it was used;
            `identity_cancelled`, `identity_not_proven`, `identity_level_low` or `identity_document_unknown`.
        TooManyRequests: `identifications_spent`.
        Unavailable: `identity_provider_unavailable`.

    """
    asked = open_sealed(sealed, tools=tools.drafts, now=now)
    if asked is None or not answer.state.isascii() or not is_same_secret(str(asked.get("state", "")), answer.state):
        raise not_begun()
    if asked.get("kind") == _KNOWN:
        return sealed
    if asked.get("kind") != _ASKED:
        raise not_begun()
    if answer.issuer and answer.issuer != tools.provider.addresses.issuer:
        raise not_proven()
    if answer.error:
        raise _cancelled(answer.error)
    if not CODE.fullmatch(answer.code):
        raise not_proven()
    counted = _admit(asked, origin, tools, now)
    try:
        person = _person(answer.code, asked, tools, now)
    except IdentityRefused as refused:
        if isinstance(refused.__cause__, IdTokenWrong):
            _logger.warning("identity not proven", extra={"reason": str(refused.__cause__)})
        raise
    limits = tools.access.limits
    together([partial(limits.give_back, key, window_s=limit.window_s, now=now) for limit, key in counted.items()])
    known = {
        **person_as_data(person),
        "kind": _KNOWN,
        "state": asked["state"],
        "entry": tools.access.new_secret(),
        "back": asked["back"],
    }
    return seal_draft(known, valid_until=now + ENTER_WITHIN, tools=tools.drafts)


def find_identified(sealed: str, *, tools: IdentityTools, now: datetime) -> Identified | None:
    """Return whom this browser's person was identified as, lately; no call."""
    known = open_sealed(sealed, tools=tools.drafts, now=now)
    if known is None or known.get("kind") != _KNOWN:
        return None
    return Identified(person_from_data(known), known["back"], known["entry"])


def person_as_data(person: AuthenticatedPerson) -> dict[str, Any]:
    """Write a person as JSON, to be sealed."""
    return {
        "document_type": person.document_type,
        "number": person.number,
        "given_names": person.given_names,
        "surnames": person.surnames,
        "acr": person.acr,
        "at": person.at.isoformat(),
    }


def person_from_data(data: Mapping[str, Any]) -> AuthenticatedPerson:
    """Read one out of what was sealed."""
    return AuthenticatedPerson(
        DocumentType(data["document_type"]),
        data["number"],
        data["given_names"],
        data["surnames"],
        data["acr"],
        datetime.fromisoformat(data["at"]),
    )


def not_begun() -> IdentityRefused:
    """Return the refusal of an answer that this browser did not ask for, or used."""
    detail = "Este paso venció, ya se usó o empezó en otro navegador. Empieza de nuevo desde «Iniciar sesión»."
    return IdentityRefused("identity_not_begun", detail)


def _cancelled(error: str) -> IdentityRefused:
    if error == _CANCELLED:
        detail = "No terminaste de identificarte. Puedes intentarlo otra vez, o ingresar con tu usuario y contraseña."
        return IdentityRefused("identity_cancelled", detail)
    return not_proven()


def _admit(asked: Mapping[str, Any], origin: str, tools: IdentityTools, now: datetime) -> dict[Limit, str]:
    """Count the answer where it comes from, use it up, and draw on what all may ask the provider; two hops.

    Its mark is named under its own verifier, so that processes of every pepper look for the same.
    """
    access = tools.access
    keys = {
        LOGINS_PER_NETWORK: LOGINS_PER_NETWORK.key(network_of(origin)),
        LOGINS_PER_NEIGHBOURHOOD: LOGINS_PER_NEIGHBOURHOOD.key(neighbourhood_of(origin)),
    }
    counts: dict[Limit, int] = {}
    is_first: list[bool] = []

    def tally(limit: Limit) -> None:
        counts[limit] = access.limits.tally(keys[limit], window_s=limit.window_s, now=now)

    mark = NewToken(TokenKind.IDENTITY, asked["state"], now, now + ANSWER_WITHIN)
    verifier = asked["verifier"].encode()
    together(
        [
            lambda: is_first.append(access.tokens.issue_once(mark, pepper=verifier)),
            *(partial(tally, limit) for limit in GIVEN_BACK),
        ]
    )
    if not is_first[0]:
        raise not_begun()
    standing = Standing.CROWDED if any(counts[limit] > limit.limit for limit in GIVEN_BACK) else Standing.QUIET
    try:
        access.limits.draw(IDENTIFICATIONS, standing, by=access.new_event_id(), now=now)
    except TooManyRequests as spent:
        detail = "Ahora hay demasiados ingresos por esta vía. Usa tu usuario y contraseña, o espera unos minutos."
        raise TooManyRequests("identifications_spent", detail, retry_after=spent.retry_after) from spent
    return keys


def _person(code: str, asked: Mapping[str, Any], tools: IdentityTools, now: datetime) -> AuthenticatedPerson:
    """Ask the provider, and read who it is."""
    provider = tools.provider
    tokens = provider.redeem(code, asked["verifier"], tools.redirect_uri)
    claims = provider.verified_claims(tokens.id_token)
    expected = Expected(provider.addresses.issuer, provider.client.client_id, asked["nonce"], tools.levels)
    acr = check_id_token(claims, expected, now)
    if not has_document(claims, tools.claims):
        told = provider.userinfo(tokens.access_token)
        if told and told.get("sub") != claims["sub"]:
            raise not_proven() from IdTokenWrong("userinfo sub")
        claims = {**told, **claims}
    return read_person(claims, tools.claims, acr=acr, at=now)
