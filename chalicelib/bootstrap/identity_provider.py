"""What ways in by an identity provider need; there are none where the institution has no agreement with one."""

from __future__ import annotations

from functools import partial

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.session import draft_tools
from chalicelib.bootstrap.storage import secret_texts
from chalicelib.domain.access.authenticated_person import read_claim_names
from chalicelib.gateways.access.identity_provider import (
    IdentityProvider,
    ProviderAddresses,
    ProviderClient,
    SecretSent,
)
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.services.access.identify_person import IdentityTools

ANSWER_PAGE = "/ingresar/identidad/respuesta"
"""Where the provider sends browsers back to; its agreement names it whole."""


def has_identity_provider(box: Container) -> bool:
    """Tell whether there is one."""
    return bool(box.config.identity_issuer)


@made_once
def identity_provider(box: Container) -> IdentityProvider:
    """The provider, whose keys are kept and whose breaker remembers."""
    config = box.config
    addresses = ProviderAddresses(
        issuer=config.identity_issuer,
        authorization=config.identity_authorization_url,
        token=config.identity_token_url,
        keys=config.identity_keys_url,
        userinfo=config.identity_userinfo_url,
    )
    secret = partial(_secret, box)
    client = ProviderClient(config.identity_client_id, secret, SecretSent(config.identity_client_auth))
    return IdentityProvider(addresses, client, breaker=CircuitBreaker(box.clock), clock=box.clock)


@made_once
def identity_tools(box: Container) -> IdentityTools:
    """The provider, what is asked of it, and what access works with."""
    return IdentityTools(
        provider=identity_provider(box),
        levels=tuple(box.config.identity_levels.split()),
        claims=read_claim_names(box.config.identity_claims),
        scope=box.config.identity_scope,
        redirect_uri=f"{box.portal_url}{ANSWER_PAGE}",
        access=access_tools(box),
        drafts=draft_tools(box),
        prefixes=box.mailbox_prefixes,
    )


def _secret(box: Container) -> str:
    return secret_texts(box).get(box.config.identity_secret_arn)
