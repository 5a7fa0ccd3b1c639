"""What the forms of ways in have to know to be shown: challenges, and whether there is an identity provider.

Nothing of what takes a filled form or asks the provider is loaded for that. There is none where the institution has no
agreement with one.
"""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import pepper
from chalicelib.domain.access.provider_addresses import ProviderAddresses
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.services.access.captcha import CaptchaTools


@made_once
def captcha_tools(box: Container) -> CaptchaTools:
    """The pepper that challenges come from, and chance for their sound."""
    return CaptchaTools(pepper(box), box.chance.below)


def has_identity_provider(box: Container) -> bool:
    """Tell whether there is one."""
    return bool(box.config.identity_issuer)


def provider_addresses(box: Container) -> ProviderAddresses:
    """Where it is asked."""
    config = box.config
    return ProviderAddresses(
        issuer=config.identity_issuer,
        authorization=config.identity_authorization_url,
        token=config.identity_token_url,
        keys=config.identity_keys_url,
        userinfo=config.identity_userinfo_url,
    )


@made_once
def provider_breaker(box: Container) -> CircuitBreaker:
    """Remembers for this process that the provider did not answer of late."""
    return CircuitBreaker(box.clock)
