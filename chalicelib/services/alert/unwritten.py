"""Outcomes that could not be written yet: kept in the process, so that the write is tried again and not the send."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event
from chalicelib.services.work_through import log_failed
from chalicelib.store.alert.alert_batch_store import AlertBatchStore

_KEPT_AT_MOST = 50
_PAUSE = timedelta(seconds=5)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Outcome:
    claimed: AlertBatch
    settled: AlertBatch
    events: tuple[Event, ...]


@dataclass(slots=True)
class Unwritten:
    """What this process knows and the store does not. It ends with the process: then the outcomes are unknown."""

    _kept: list[_Outcome] = field(default_factory=list)

    def __len__(self) -> int:
        """Count the batches."""
        return len(self._kept)

    @property
    def notices(self) -> frozenset[str]:
        """Whose outcomes they are."""
        return frozenset(outcome.claimed.notice_id for outcome in self._kept)

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be sent before some of it is written."""
        return len(self._kept) >= _KEPT_AT_MOST

    def record(
        self, batches: AlertBatchStore, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]
    ) -> bool:
        """Write outcomes, or keep them; False when they could not be written.

        One that never can be, since its batch is gone or cannot be read, is told to the log and let go.
        """
        try:
            batches.record(claimed, settled, events)
        except Unavailable as error:
            _logger.error("outcome not written", extra={"notice_id": claimed.notice_id, "code": error.code})
            self._kept.append(_Outcome(claimed, settled, events))
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the other outcomes are written
            log_failed("unwritten", claimed.notice_id, error)
            return False
        return True

    def write_until(
        self,
        until: datetime,
        *,
        batches: AlertBatchStore,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        """Try again to write all that is kept, every few seconds, as long as there is time."""
        self._write(batches, now, until)
        for _ in range((until - now()) // _PAUSE):
            if not self._kept:
                return
            sleep(_PAUSE.total_seconds())
            self._write(batches, now, until)

    def _write(self, batches: AlertBatchStore, now: Callable[[], datetime], until: datetime) -> None:
        kept, self._kept = self._kept, []
        for outcome in kept:
            if now() < until:
                self.record(batches, outcome.claimed, outcome.settled, outcome.events)
            else:
                self._kept.append(outcome)
