"""What ways in by an identity provider need, where the institution has an agreement with one."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.aws import secret_texts
from chalicelib.bootstrap.login_form import provider_addresses, provider_breaker
from chalicelib.bootstrap.session import draft_tools
from chalicelib.domain.access.authenticated_person import read_claim_names
from chalicelib.gateways.access.identity_provider import (
    IdentityProvider,
    ProviderClient,
    SecretSent,
)
from chalicelib.gateways.credential import Credential
from chalicelib.services.access.identify_person import IdentityTools

ANSWER_PAGE = "/ingresar/identidad/respuesta"
"""Where the provider sends browsers back to; its agreement names it whole."""

_REST = timedelta(minutes=5)
"""How long a secret that the provider refused is not shown to it; the password opens meanwhile."""


@made_once
def identity_provider(box: Container) -> IdentityProvider:
    """The provider, whose keys are kept and whose breaker remembers."""
    config = box.config
    secret = Credential(secret_texts(box), config.identity_secret_arn, box.clock, rest=_REST)
    client = ProviderClient(config.identity_client_id, secret, SecretSent(config.identity_client_auth))
    return IdentityProvider(provider_addresses(box), client, breaker=provider_breaker(box), clock=box.clock)


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
