"""Addresses as a receipt prints them: enough for their owner to know them, too little for anyone else."""

from __future__ import annotations

from chalicelib.domain.alert.alert import Channel
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.notice import AlertAddress

_COUNTRY_CODES = ("+51", "+593")


def alert_addresses(mailbox: Mailbox) -> tuple[AlertAddress, ...]:
    """Return where the alerts of a deposit go, masked, in the order of the mailbox's users."""
    masked: list[AlertAddress] = []
    for user in mailbox.alerted_users:
        masked.append(AlertAddress(Channel.EMAIL, mask_email(user.email)))
        if user.alerted_mobile is not None:
            masked.append(AlertAddress(Channel.SMS, mask_mobile(user.alerted_mobile)))
    return tuple(masked)


def mask_email(address: str) -> str:
    """Keep the first letter and the domain: `rosa@ejemplo.pe` → `r***@ejemplo.pe`; the stars tell no length."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}***@{domain}"


def mask_mobile(number: str) -> str:
    """Keep the country and the last three digits: `+51987654321` → `+51 *** *** 321`; other countries show none."""
    country = next((code for code in _COUNTRY_CODES if number.startswith(code)), "+")
    return f"{country} *** *** {number[-3:]}"
