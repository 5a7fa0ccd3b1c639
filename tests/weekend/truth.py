"""Who waits and who was given up, read out of the alerts table behind the back of the code that lists them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from chalicelib.domain.alert.alert import AlertState
from chalicelib.store.alert.alert_data import alerts_from_data
from tests.weekend.engine import items_of, partition
from tests.weekend.simulation import Simulation


@dataclass
class Truth:
    """Follows each write to the table. Instants are seconds since the simulation's start."""

    simulation: Simulation
    table: str
    deposited: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=dict)
    """The alerts that are still to be sent, of each notice that has any."""
    given_up: dict[str, set[str]] = field(default_factory=dict)
    settled: dict[tuple[str, str], float] = field(default_factory=dict)
    """When an alert was no longer to be sent."""
    writes: int = 0

    def deposit(self, notice_id: str) -> None:
        """Take note of a notice that has just been deposited."""
        self.deposited[notice_id] = self.simulation.elapsed
        self.follow(notice_id)

    def follow(self, notice_id: str) -> None:
        """Read a batch that has just been written."""
        self.writes += 1
        item = items_of(self.table).get(partition(notice_id))
        if item is None:
            return
        progress = item.attrs.get("progress")
        alerts = alerts_from_data(json.loads(item.attrs["alerts"].value), progress and json.loads(progress.value))
        still = {alert.alert_id for alert in alerts if alert.is_open}
        for alert_id in self.waiting.pop(notice_id, set()) - still:
            self.settled[notice_id, alert_id] = self.simulation.elapsed
        if still:
            self.waiting[notice_id] = still
        self.given_up.pop(notice_id, None)
        given_up = {alert.alert_id for alert in alerts if alert.state is AlertState.GAVE_UP}
        if given_up:
            self.given_up[notice_id] = given_up

    @property
    def oldest_s(self) -> float:
        """How long the alert that waits longest has."""
        return max((self.simulation.elapsed - self.deposited[notice_id] for notice_id in self.waiting), default=0.0)
