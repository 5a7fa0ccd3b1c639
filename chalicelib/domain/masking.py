"""Addresses as a receipt prints them, and people as whoever verifies one sees them: enough for their owner alone."""

from __future__ import annotations

import re

_COUNTRY_CODES = ("+51", "+593")


def mask_email(address: str) -> str:
    """Keep the first letter and the domain: `rosa@ejemplo.pe` → `r***@ejemplo.pe`; the stars tell no length."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}***@{domain}"


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
