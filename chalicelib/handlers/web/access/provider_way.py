"""What a page with the button of the identity provider shows, and lets its form lead to."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.bootstrap import current
from chalicelib.bootstrap.login_form import has_identity_provider, provider_addresses, provider_breaker
from chalicelib.handlers.fault import page_policy


@dataclass(frozen=True, slots=True)
class ProviderWay:
    """The provider's name, the host that the browser will show, and whether it did not answer of late."""

    name: str
    host: str
    is_resting: bool
    headers: dict[str, str]
    """What the page has to be sent with, so that its button may lead there."""


def provider_way() -> ProviderWay | None:
    """Return it; None where there is no provider, and then nothing of it is shown."""
    box = current()
    if not has_identity_provider(box):
        return None
    addresses = provider_addresses(box)
    origins = " ".join([addresses.origin, *box.config.identity_form_origins.split()])
    return ProviderWay(box.config.identity_name, addresses.host, provider_breaker(box).is_open, page_policy(origins))
