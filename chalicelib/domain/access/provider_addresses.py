"""Where an identity provider is asked, and what of it a page shows before it is."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAddresses:
    """The addresses of an agreement; `userinfo` is empty where the ID token says enough."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str = ""

    @property
    def host(self) -> str:
        """Return the name that a browser shows when it is there."""
        return urlsplit(self.authorization).netloc

    @property
    def origin(self) -> str:
        """Return the origin that a form leads to."""
        parts = urlsplit(self.authorization)
        return f"{parts.scheme}://{parts.netloc}"
