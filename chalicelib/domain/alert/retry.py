"""When to send again what could not be sent."""

from __future__ import annotations

MAX_ATTEMPTS = 10
"""With the delays below the last try comes eight and a half hours after the first: longer than a morning's outage."""

_FIRST_DELAY_S = 60


def retry_delay_s(attempts: int) -> int:
    """Seconds to wait after the given number of attempts: a minute, doubling."""
    return int(_FIRST_DELAY_S * 2 ** (attempts - 1))
