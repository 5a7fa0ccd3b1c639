"""Addresses as a receipt prints them, and people as whoever verifies one sees them: enough for their owner alone."""

from __future__ import annotations

import re

_COUNTRY_CODES = ("+51", "+593")
_EVERYBODYS = re.compile(
    r"(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|icloud|me|aol|gmx|proton|protonmail|zoho|terra|speedy)"
    r"\.(?:[a-z]{2,4})(?:\.[a-z]{2})?"
)
"""Domains of providers where anybody has an address."""
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gov", "mil", "net", "nom", "org", "sld"})


def mask_email(address: str) -> str:
    """Keep the first letter and the domain: `rosa@ejemplo.pe` → `r***@ejemplo.pe`; the stars tell no length."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}***@{domain}"


def mask_email_domain(masked: str) -> str:
    """Mask also a domain that tells whose it is: `j***@textiles.com.pe` → `j***@t***.com.pe`; providers' stay."""
    local, at, domain = masked.rpartition("@")
    if not at or _EVERYBODYS.fullmatch(domain.lower()):
        return masked
    labels = domain.split(".")
    of_all = 2 if len(labels) > 2 and labels[-2].lower() in _SECOND_LEVEL else 1  # noqa: PLR2004
    own = ".".join(mask_name(label) for label in labels[:-of_all])
    return f"{local}@{own}.{'.'.join(labels[-of_all:])}" if own else f"{local}@***"


def mask_mobile(number: str) -> str:
    """Keep the country and the last three digits: `+51987654321` → `+51 *** *** 321`; other countries show none."""
    country = next((code for code in _COUNTRY_CODES if number.startswith(code)), "+")
    return f"{country} *** *** {number[-3:]}"


def mask_document(number: str) -> str:
    """Keep the last three signs: `40000002` → `*** 002`; the stars tell no length."""
    return f"*** {number[-3:]}"


def mask_name(name: str) -> str:
    """Keep the first letter of each word: `Rosa Quispe` → `R*** Q***`; the stars tell no length."""
    return re.sub(r"[^\W_]+", lambda word: f"{word[0][0] if len(word[0]) > 1 else ''}***", name)
