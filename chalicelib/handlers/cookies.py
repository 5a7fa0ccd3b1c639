"""The portal's cookies: of this host only, over TLS only, out of reach of scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

SESSION_COOKIE = "__Host-session"
"""Opens the session; changes at login and at each validation."""
STAFF_COOKIE = "__Host-staff"
"""Opens a session of the staff; changes at login and each time a code is shown again."""
DRAFT_COOKIE = "__Host-draft"
"""Holds what was accepted and typed on the way through a registration, sealed."""
FORM_COOKIE = "__Host-form"
"""Opens a form that was sent when the validation had expired."""
ANSWER_COOKIE = "__Host-answer"
"""Holds, sealed, what a stranger's form was answered, or opens a session's: for minutes, and one page."""
DEVICE_COOKIE = "__Host-device"
"""Says who got in with this browser before; opens nothing, and stays when the browser closes."""
IDENTITY_COOKIE = "__Host-identity"
"""Holds, sealed, what an identity provider was asked, and then whom it authenticated: for minutes, and once."""
CHECK_COOKIE = "__Host-check"
"""Says whose the files are that a browser had sent to be judged; opens nothing but what was found of them."""

FORGET_PAGES = {"Clear-Site-Data": '"cache", "storage"'}
"""The header that has a browser drop what it kept of the pages of a session that is over."""

_OWN = {
    SESSION_COOKIE,
    STAFF_COOKIE,
    DRAFT_COOKIE,
    FORM_COOKIE,
    ANSWER_COOKIE,
    DEVICE_COOKIE,
    IDENTITY_COOKIE,
    CHECK_COOKIE,
}
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


FORGET_ALL = {"Clear-Site-Data": '"cookies"'}
"""The header that has a browser forget every cookie of the domain, those too that another host of it has set."""


@dataclass(frozen=True, slots=True)
class OwnCookies:
    """The portal's own cookies that a browser sent once, and the names of those it sent more than once."""

    values: Mapping[str, str] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()


def read_cookies(header: str) -> OwnCookies:
    """Read the portal's own cookies out of a Cookie header, as browsers write it (RFC 6265bis, 4.2.1 and 5.6).

    Only space and tab surround names and values: any other blank is part of the name, which is then not the portal's.
    A browser keeps one cookie of a `__Host-` name. Where two come, another host of the domain has had a second one
    written that passes for it, and nothing tells which is whose. So neither counts. The answer has to carry
    `FORGET_ALL`, or the person could not get rid of it. Others of the domain stand in the header too, such as consent
    banners' JSON, which parsers of whole headers stumble over.
    """
    pairs = [pair.partition("=") for pair in header.split(";")]
    own = [(name.strip(" \t"), value.strip(" \t")) for name, _, value in pairs if name.strip(" \t") in _OWN]
    counts = Counter(name for name, _ in own)
    repeated = tuple(sorted(name for name, count in counts.items() if count > 1))
    return OwnCookies({name: value for name, value in own if counts[name] == 1}, repeated)


def cookie(name: str, value: str) -> str:
    """Return the header that sets a cookie until the browser closes."""
    return f"{name}={value}; {_ATTRIBUTES}"


def lasting_cookie(name: str, value: str, seconds: int) -> str:
    """Return the header that sets a cookie for so long."""
    return f"{cookie(name, value)}; Max-Age={seconds}"


def no_cookie(name: str) -> str:
    """Return the header that makes the browser forget one."""
    return f"{name}=; {_ATTRIBUTES}; Max-Age=0"
