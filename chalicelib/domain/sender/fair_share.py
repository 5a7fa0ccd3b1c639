"""How much of what all senders' requests share one of them may take, so that none has the others wait."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Limit

WINDOW_S = 5
"""Short, since a sender past its share sends nothing until the window ends, and then all at once."""
_FIRST, _AGAIN = 80, 25
"""Which parts of a share a process lets through before it tells the others: at first, and at most from then on."""


def share_of(most_a_second: int) -> Limit:
    """Return what one sender may take of all processes together in a window."""
    return Limit("requests", most_a_second * WINDOW_S, WINDOW_S)


def room_untold(share: Limit) -> int:
    """Return how many requests of one sender a process lets through in a window before it first tells the others.

    Of the usual share it is three. Whoever sends no more costs no call. It bounds what many processes together let
    through before any of them has told.
    """
    return max(1, share.limit // _FIRST)


def room_until_told(told: int, share: Limit) -> int:
    """Return how many more pass before a process tells again: the fewer are left of the share, the fewer."""
    return max(1, min(share.limit // _AGAIN, (share.limit - told) // _AGAIN))


def share_refusal(share: Limit, wait: timedelta) -> TooManyRequests:
    """Return what is told past the share; `wait` is the time to the next window."""
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    detail = (
        f"Su entidad envía más de {share.limit // share.window_s} peticiones por segundo. "
        f"Repita la misma petición en {seconds} segundos; nada se duplica."
    )
    return TooManyRequests("request_limit", detail, retry_after=seconds)
