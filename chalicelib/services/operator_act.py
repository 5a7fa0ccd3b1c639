"""What an operator does by a command: by whom, why and when, and the event that says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.event import Event, EventType


@dataclass(frozen=True, slots=True)
class OperatorAct:
    """`operator` is an actor, `reason` why it is done, without personal data."""

    operator: str
    reason: str
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]
    origin: str = ""
    """The network address of who of the staff does the same in the console."""
    place: Mapping[str, str] = field(default_factory=dict)
    """Their institution and office, as the event says them."""

    def event(self, subject: str, kind: EventType, at: datetime, **data: str) -> Event:
        """Return the event of what was done, with the reason among its data."""
        told = {**self.place, **data, "reason": self.reason}
        return Event(subject, kind, at, self.new_event_id(), self.operator, self.origin, told)

    def refused_look(self, mailbox_id: str, code: str) -> Event:
        """Return the event of a refusal that told something of a mailbox: whether there is one, or how it stands."""
        return self.event(f"mailbox#{mailbox_id}", EventType.MAILBOX_CONSULTED, self.clock(), result=code)
