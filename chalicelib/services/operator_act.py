"""What an operator does by a command: by whom, why and when, and the event that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.event import Event, EventType


@dataclass(frozen=True, slots=True)
class OperatorAct:
    """`operator` is an actor, `reason` why it is done, without personal data."""

    operator: str
    reason: str
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]

    def event(self, subject: str, kind: EventType, at: datetime, **data: str) -> Event:
        """Return the event of what was done, with the reason among its data."""
        return Event(subject, kind, at, self.new_event_id(), self.operator, data={**data, "reason": self.reason})
