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
"""Deposits refused since there is no mailbox, or a disabled one. Past it all deposits have to wait, whomever they are
for: refusing those alone would tell of each mailbox what the limit keeps."""
_STEPS_TO_LIMIT = 5
_TOLD = {
    CONSULTATIONS.name: ("consultation_limit", "Su entidad ya consultó demasiadas casillas en esta hora."),
    UNDELIVERED.name: (
        "undelivered_limit",
        "En esta hora, demasiados depósitos de su entidad fueron para quien no puede recibirlos.",
    ),
}


def is_unusual(count: int, most: int) -> bool:
    """Tell whether a count that just grew by one passed another fifth of what is allowed."""
    return count % max(1, most // _STEPS_TO_LIMIT) == 0


def limit_refusal(limit: Limit, wait: timedelta) -> TooManyRequests:
    """Return what is told past a limit; `wait` is the time to the next window."""
    code, detail = _TOLD[limit.name]
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    return TooManyRequests(code, f"{detail} Siga en {seconds} segundos.", retry_after=seconds)
