"""Addresses as a receipt prints them: enough for their owner to know them, too little for anyone else."""

from __future__ import annotations

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
