"""Until when an institution can sign without a gap, and which warning of its end is due (INS-5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.domain.sender.institution import SigningKey

WARNED_DAYS = (30, 7, 1)
"""How many days before the last key ends its coordinators are told."""
_DAY = timedelta(days=1)


def signs_until(keys: Iterable[SigningKey], now: datetime) -> datetime | None:
    """Return the first instant from `now` on at which no key is good; None where none is good now."""
    usable = sorted((key for key in keys if key.revoked_at is None), key=lambda key: key.not_before)
    until = now
    for key in usable:
        if key.not_before <= until < key.not_after:
            until = key.not_after
    return None if until == now else until


def warning_due(until: datetime, now: datetime) -> int | None:
    """Return the warning that a key's end has come to, in days before it; None while it is further away.

    Where nights were missed, the ones before it are not told any more.
    """
    return min((days for days in WARNED_DAYS if until - now <= days * _DAY), default=None)


def days_left(until: datetime, now: datetime) -> int:
    """Return how many whole days are left."""
    return max((until - now) // _DAY, 0)
