"""How often an institution may learn whether somebody has a mailbox, so that no list of all holders comes of it.

Both are generous: an institution asks before it deposits, and learns the rest by deposits that cannot be delivered.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Limit

CONSULTATIONS = Limit("consultations", 5_000, 60 * 60)
"""*Tiene casilla*, whatever is answered."""
UNDELIVERED = Limit("undelivered", 10_000, 60 * 60)
"""Deposits refused since there is no mailbox, a disabled one, or one that lacks a channel.

Past it all deposits have to wait, whomever they are for: refusing those alone would tell of each mailbox what the limit
keeps.
"""
_STEPS_TO_LIMIT = 5


def is_unusual(count: int, most: int) -> bool:
    """Tell whether a count that just grew by one passed another fifth of what is allowed."""
    return count % (most // _STEPS_TO_LIMIT) == 0


def limit_refusal(limit: Limit, wait: timedelta) -> TooManyRequests:
    """Return what is told past a limit; `wait` is the time to the next window."""
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    if limit is CONSULTATIONS:
        detail = f"Su entidad ya consultó demasiadas casillas en esta hora. Siga en {seconds} segundos."
        return TooManyRequests("consultation_limit", detail, retry_after=seconds)
    detail = (
        "En esta hora, demasiados depósitos de su entidad fueron para quien no puede recibirlos. "
        f"Siga en {seconds} segundos."
    )
    return TooManyRequests("undelivered_limit", detail, retry_after=seconds)
