"""Defects that sending alerts could have. Each is put into the processes of the days, and has to be complained of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.alert import channels, sending_tools
from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import Accepted, settle
from chalicelib.domain.alert.delivery_report import DeliveryReport
from chalicelib.domain.event import Event
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.way_out import BREAKER, Pace, WayOut
from chalicelib.services.alert.unwritten import Unwritten
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from tests.faults.defects import Unclaimed, with_batches


@dataclass(frozen=True)
class Defect:
    """A defect, and how what is said of it begins."""

    name: str
    alter: Callable[[Container], None]
    complaint: str

    def __str__(self) -> str:
        return self.name


class _Refusing(AlertBatchStore):
    """Takes a provider that takes nothing for an address that is refused."""

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]) -> None:
        alerts = tuple(
            replace(alert, sending=AlertState.FAILED, due_at=None) if alert.state is AlertState.REFUSED else alert
            for alert in settled.alerts
        )
        super().record(claimed, replace(settled, alerts=alerts), events)


class _RecordedFirst(AlertBatchStore):
    """Writes down that everything was sent, then sends."""

    def claim(self, notice_id: str, *, now: datetime) -> AlertBatch | None:
        batch = super().claim(notice_id, now=now)
        if batch is not None:
            settled = settle(batch, {alert.alert_id: Accepted("sent") for alert in batch.attempted}, now=now)
            super().record(batch, settled, ())
        return batch

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]) -> None:
        pass


class _Unlisted(AlertBatchStore):
    """Forgets what was given up."""

    def given_up(self, shard: str) -> Iterator[tuple[int, str]]:
        del shard
        return iter(())


class _Unwatched(AlertBatchStore):
    """Forgets who waits."""

    def waiting(self, shard: str) -> Iterator[tuple[int, str]]:
        del shard
        return iter(())


class _Unswept(AlertBatchStore):
    """Leaves to the stream what is sent."""

    def due(self, shard: str, *, now: datetime) -> Iterator[tuple[int, str]]:
        del shard, now
        return iter(())


class _Unreported(AlertBatchStore):
    """Takes no report to heart."""

    def record_report(self, report: DeliveryReport, event: Event, stored: AlertBatch | None = None) -> bool:
        del report, event, stored
        return False


class _Unlogged(AlertBatchStore):
    """Forgets what it owes the log of events."""

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]) -> None:
        super().record(replace(claimed, owed=()), replace(settled, owed=()), events[:1])


class _Forgetful(Unwritten):
    """Drops what could not be written."""

    def record(
        self, batches: AlertBatchStore, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]
    ) -> bool:
        is_written = super().record(batches, claimed, settled, events)
        self._kept.clear()
        return is_written


def _forget(box: Container) -> None:
    box.made[sending_tools] = replace(sending_tools(box), unwritten=_Forgetful())


def _hurry(box: Container) -> None:
    pace = Pace(1000, box.clock, box.pause)
    way = WayOut(pace, CircuitBreaker(box.clock, BREAKER))
    box.made[channels] = replace(channels(box), by_mail=way)


DEFECTS = (
    Defect("alerts sent without a claim", with_batches(Unclaimed), "doubled"),
    Defect("refusals counted as failures", with_batches(_Refusing), "refused for good"),
    Defect("outcome recorded before sending", with_batches(_RecordedFirst), "lost"),
    Defect("list forgotten", with_batches(_Unlisted), "not on the list"),
    Defect("nobody watches who waits", with_batches(_Unwatched), "AlertsWaiting"),
    Defect("nothing swept", with_batches(_Unswept), "waits at rest"),
    Defect("reports forgotten", with_batches(_Unreported), "report forgotten"),
    Defect("only one event an outcome", with_batches(_Unlogged), "not in the log"),
    Defect("unwritten outcomes dropped", _forget, "not in the log"),
    Defect("way out without a pace", _hurry, "too fast"),
)
