"""The portal's cookies: of this host only, over TLS only, out of reach of scripts, gone with the browser."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

SESSION_COOKIE = "__Host-session"
"""Opens the session; changes at login and at each validation."""
DRAFT_COOKIE = "__Host-draft"
"""Opens what was accepted and typed on the way through a registration."""
FORM_COOKIE = "__Host-form"
"""Opens a form that was sent when the validation had expired."""

_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


def read_cookies(header: str) -> dict[str, str]:
    """Read the Cookie header; one that cannot be read counts as none."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def cookie(name: str, value: str) -> str:
    """Return the header that sets a cookie until the browser closes."""
    return f"{name}={value}; {_ATTRIBUTES}"


def no_cookie(name: str) -> str:
    """Return the header that makes the browser forget one."""
    return f"{name}=; {_ATTRIBUTES}; Max-Age=0"
