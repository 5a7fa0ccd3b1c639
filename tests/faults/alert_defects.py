"""Defects that the sending of alerts could have, each put into a process, to see that a journey finds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.alert import alert_batch_store, sending_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.alert.alert import Alert, AlertState
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import settle
from chalicelib.domain.alert.delivery_report import DeliveryReport
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event
from chalicelib.services.alert.unwritten import Unwritten
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.tables import AlertBatchItem
from tests.faults.defects import Defect

_BUDGET = 5


def _each(batch: AlertBatch, change: Callable[[Alert], Alert]) -> AlertBatch:
    return replace(batch, alerts=tuple(change(alert) for alert in batch.alerts))


def _at_once(alert: Alert) -> Alert:
    return replace(alert, due_at=None) if alert.state is AlertState.ATTEMPTED else alert


class _Hasty(AlertBatchStore):
    """Backs off only where an attempt came to an end: what a dead worker left is due at once."""

    def claim(self, notice_id: str, *, now: datetime) -> AlertBatch | None:
        claimed = super().claim(notice_id, now=now)
        if claimed is not None:
            AlertBatchItem(notice_id).update([AlertBatchItem.due_at.set(int(now.timestamp()))])
        return claimed

    def find(self, notice_id: str) -> AlertBatch | None:
        found = super().find(notice_id)
        if found is None:
            return None
        hasty = _each(
            found, lambda alert: replace(alert, due_at=None) if alert.state is AlertState.ATTEMPTED else alert
        )
        return replace(hasty, leased_until=None)


class _Budgeted(AlertBatchStore):
    """Gives up after so many claims, whoever made them."""

    def claim(self, notice_id: str, *, now: datetime) -> AlertBatch | None:
        claimed = super().claim(notice_id, now=now)
        if claimed is None or claimed.attempts <= _BUDGET:
            return claimed
        given_up = _each(settle(claimed, {}, now=now), _as(AlertState.ATTEMPTED, AlertState.GAVE_UP))
        self.record(claimed, given_up, ())
        return None


def _as(state: AlertState, other: AlertState) -> Callable[[Alert], Alert]:
    return lambda alert: replace(alert, sending=other, due_at=None) if alert.sending is state else alert


class _LossFails(AlertBatchStore):
    """Takes what nobody knows for a failure."""

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]) -> None:
        super().record(claimed, _each(settled, _as(AlertState.UNKNOWN, AlertState.FAILED)), events)


class _RefusalFails(AlertBatchStore):
    """Takes a provider that takes nothing for an address that it never will take."""

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]) -> None:
        super().record(claimed, _each(settled, _as(AlertState.REFUSED, AlertState.FAILED)), events)


class _Silent(AlertBatchStore):
    """Forgets the events that the log did not take."""

    def _write_alone(self, stored: AlertBatch, batch: AlertBatch) -> AlertBatch | None:
        return super()._write_alone(stored, replace(batch, owed=()))


class _Overwriting(AlertBatchStore):
    """Records over what was reported meanwhile."""

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]) -> None:
        self._change(claimed, lambda stored: replace(settled, as_stored=stored.as_stored), events)


class _Yielding(AlertBatchStore):
    """Drops what a worker knows whose claim somebody else took over."""

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]) -> None:
        found = self.find(claimed.notice_id)
        if found is not None and found.attempts == claimed.attempts:
            super().record(claimed, settled, events)


class _Unlisted(AlertBatchStore):
    """Takes what was given up from the operators' list."""

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]) -> None:
        super().record(claimed, settled, events)
        if settled.given_up:
            AlertBatchItem(claimed.notice_id).update([AlertBatchItem.given_up_shard.remove()])


class _Forgetting(AlertBatchStore):
    """Takes a batch out of `due` when it is claimed, and puts it back when its outcome is recorded."""

    def claim(self, notice_id: str, *, now: datetime) -> AlertBatch | None:
        claimed = super().claim(notice_id, now=now)
        if claimed is not None:
            AlertBatchItem(notice_id).update([AlertBatchItem.due_shard.remove()])
        return claimed


class _LastWord(AlertBatchStore):
    """Lets the report that comes last decide."""

    def record_report(self, report: DeliveryReport, event: Event, stored: AlertBatch | None = None) -> bool:
        def told(alert: Alert) -> Alert:
            return replace(alert, reports=(report.report,)) if alert.alert_id == report.alert_id else alert

        stored = self.find(report.notice_id)
        return stored is not None and self._change(stored, lambda found: _each(found, told), (event,))


@dataclass(slots=True)
class _Careless(Unwritten):
    """Keeps no outcome that could not be written."""

    def record(self, batches: AlertBatchStore, *outcome: Any) -> bool:
        try:
            batches.record(*outcome)
        except Unavailable:
            return False
        return True


def _store(kind: type[AlertBatchStore]) -> Callable[[Container], None]:
    def seed(box: Container) -> None:
        box.made[alert_batch_store] = kind(connection(box), event_store(box))

    return seed


def _careless(box: Container) -> None:
    box.made[sending_tools] = replace(sending_tools(box), unwritten=_Careless())


HASTY = Defect("back-off only where an attempt came to an end", _store(_Hasty), "too soon")
BUDGETED = Defect("a claim counts against a budget", _store(_Budgeted), "given up before its time")
LOSS_FAILS = Defect("what nobody knows recorded as failed", _store(_LossFails), "alert lost")
REFUSAL_FAILS = Defect("a provider's refusal recorded as failed", _store(_RefusalFails), "alert lost")
CARELESS = Defect("an unwritten outcome is forgotten", _careless, "message doubled")
SILENT = Defect("owed events dropped", _store(_Silent), "events")
OVERWRITING = Defect("a report overwritten by the recording", _store(_Overwriting), "report lost")
YIELDING = Defect("the outcome of a lapsed worker dropped", _store(_Yielding), "events")
UNLISTED = Defect("given up, and not on the list", _store(_Unlisted), "operators' list")
FORGETTING = Defect("not due while it is open", _store(_Forgetting), "index: not due")
LAST_WORD = Defect("the last report decides", _store(_LastWord), "alert lost")
