"""Alerts: the e-mails and SMS that say a notice arrived; all those of one notice form one batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """How a person is alerted."""

    EMAIL = "email"
    SMS = "sms"


class AlertState(StrEnum):
    """Where an alert stands. `accepted`: by the provider; the rest of the way is reported later, if at all."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Alert:
    """One e-mail or SMS to one user. `alert_id` is `<user_id>.<channel>`, unique within its notice."""

    alert_id: str
    channel: Channel
    destination: str
    state: AlertState = AlertState.PENDING
    message_id: str | None = None
    """The provider's id, once accepted."""
    error: str | None = None
    """Why the last attempt failed: a code, never the address."""


@dataclass(frozen=True, slots=True)
class AlertBatch:
    """All alerts of one notice, and what their texts need: written in the deposit's own transaction.

    `attempts` counts claims by a worker; `leased_until` is when the running claim lapses, None when none runs.
    """

    notice_id: str
    institution_name: str
    deposited_at: datetime
    alerts: tuple[Alert, ...]
    receipt_key: str | None = None
    """Object key of the receipt where the institution attaches it, else None."""
    attempts: int = 0
    leased_until: datetime | None = None
    institution_short_name: str | None = None
    """What the institution calls itself where its name has no room, else None."""

    @property
    def pending(self) -> tuple[Alert, ...]:
        """Those still to be sent."""
        return tuple(alert for alert in self.alerts if alert.state is AlertState.PENDING)
