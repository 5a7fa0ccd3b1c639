"""The portal's cookies: of this host only, over TLS only, out of reach of scripts, gone with the browser."""

from __future__ import annotations

SESSION_COOKIE = "__Host-session"
"""Opens the session; changes at login and at each validation."""
DRAFT_COOKIE = "__Host-draft"
"""Holds what was accepted and typed on the way through a registration, sealed."""
FORM_COOKIE = "__Host-form"
"""Opens a form that was sent when the validation had expired."""

_OWN = {SESSION_COOKIE, DRAFT_COOKIE, FORM_COOKIE}
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


def read_cookies(header: str) -> dict[str, str]:
    """Read the portal's own cookies out of a Cookie header.

    Others of the domain stand in it too, such as consent banners' JSON, which parsers of whole headers stumble over.
    """
    pairs = [pair.partition("=") for pair in header.split(";")]
    return {name.strip(): value.strip() for name, _, value in reversed(pairs) if name.strip() in _OWN}


def cookie(name: str, value: str) -> str:
    """Return the header that sets a cookie until the browser closes."""
    return f"{name}={value}; {_ATTRIBUTES}"


def no_cookie(name: str) -> str:
    """Return the header that makes the browser forget one."""
    return f"{name}=; {_ATTRIBUTES}; Max-Age=0"
