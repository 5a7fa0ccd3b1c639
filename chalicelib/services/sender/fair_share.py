"""Keep each sender to its share of the processes that answer signed requests, at no call for those who send little."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.limit import Limit, window_at
from chalicelib.domain.sender.fair_share import room_until_told, room_untold, share_refusal
from chalicelib.store.sender.count_store import CountStore, counter_of_all

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Seen:
    """What this process let through of one sender in this window and told nobody, and at how many it tells."""

    room: int
    untold: int = 0
    is_spent: bool = False


class FairShare:
    """One process's part of it. Only requests that were proven count, so that nobody spends another's share.

    A process counts for itself, and now and then adds what it let through to a common count. What was counted did
    pass, so nobody is refused for what was never asked; of each process a few requests in a window are in no count.
    """

    def __init__(self, counts: CountStore, share: Limit, clock: Callable[[], datetime]) -> None:
        """Begin with nothing seen."""
        self._counts = counts
        self._share = share
        self._clock = clock
        self._window = -1
        self._seen: dict[str, _Seen] = {}
        self._last: Mapping[str, str] | None = None

    def refuse_spent(self, institution_id: str) -> None:
        """Refuse, before any call and any proof, whom this process knows to be past its share.

        Raises:
            TooManyRequests: `request_limit`, with the seconds until the next window.

        """
        now = self._clock()
        if self._of(institution_id, now).is_spent:
            raise self._refusal(now)

    def take(self, institution_id: str, headers: Mapping[str, str]) -> None:
        """Count a request that was proven; one that is looked at again, by its headers, counts once.

        Where the count does not answer it passes: what is fair can wait, a deposit cannot.

        Raises:
            TooManyRequests: `request_limit`; nothing was counted.

        """
        if headers is self._last:
            return
        self._last = headers
        now = self._clock()
        seen = self._of(institution_id, now)
        if seen.untold == seen.room:
            self._tell(seen, institution_id, now)
        if seen.is_spent:
            raise self._refusal(now)
        seen.untold += 1

    def _of(self, institution_id: str, now: datetime) -> _Seen:
        number, _ = window_at(now, self._share.window_s)
        if number != self._window:
            self._window, self._seen = number, {}
        return self._seen.setdefault(institution_id, _Seen(room_untold(self._share)))

    def _tell(self, seen: _Seen, institution_id: str, now: datetime) -> None:
        counter = counter_of_all(self._share, institution_id, now)
        uses, seen.untold = seen.untold, 0
        try:
            told = self._counts.add(counter, uses=uses)
        except Unavailable:
            _logger.warning("share not counted")
            return
        seen.is_spent = told >= counter.most
        seen.room = room_until_told(told, self._share)

    def _refusal(self, now: datetime) -> Exception:
        _, ends_at = window_at(now, self._share.window_s)
        return share_refusal(self._share, ends_at - now)
