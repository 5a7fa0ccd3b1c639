"""Rules of sending: what an attempt's outcomes make of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.domain.alert.alert import Alert, AlertBatch, AlertState
from chalicelib.domain.alert.retry import MAX_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message and gave it an id."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It never will be taken."""

    code: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """It was not taken this time."""

    code: str


Outcome = Accepted | Refused | Deferred


def settle(batch: AlertBatch, outcomes: Mapping[str, Outcome]) -> AlertBatch:
    """Apply an attempt's outcomes, by alert id, and end the claim; what is left after the last attempt has failed."""
    is_last = batch.attempts >= MAX_ATTEMPTS
    alerts = tuple(
        _settled(alert, outcomes.get(alert.alert_id, Deferred("attempts_exhausted")), is_last=is_last)
        if alert.state is AlertState.PENDING
        else alert
        for alert in batch.alerts
    )
    return replace(batch, alerts=alerts, leased_until=None)


def _settled(alert: Alert, outcome: Outcome, *, is_last: bool) -> Alert:
    match outcome:
        case Accepted(message_id):
            return replace(alert, state=AlertState.ACCEPTED, message_id=message_id, error=None)
        case Refused(code):
            return replace(alert, state=AlertState.FAILED, error=code)
        case Deferred(code):
            return replace(alert, state=AlertState.FAILED if is_last else AlertState.PENDING, error=code)
