"""What a suspended reading makes of a notice's alerts: what waits is not sent, and who was alerted is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertState
from chalicelib.domain.alert.alert_batch import AlertBatch

READING_SUSPENDED = "reading_suspended"
"""Why an alert was not sent."""
_MAY_HAVE_LEFT = frozenset(
    {
        AlertState.ATTEMPTED,
        AlertState.UNKNOWN,
        AlertState.ACCEPTED,
        AlertState.DELAYED,
        AlertState.DELIVERED,
        AlertState.COMPLAINED,
    }
)
_LETS_WAIT = frozenset({AlertState.WAITING, AlertState.REFUSED, AlertState.UNKNOWN})


def suspend_alerts(batch: AlertBatch, now: datetime) -> AlertBatch:
    """Have a worker cancel at once what waits, and tell whoever was alerted, or may have been: once each address.

    What a worker is handing over this moment cannot be called back, so that it counts as sent.
    """
    told = {
        (one.channel, one.destination.casefold()): one for one in reversed(batch.alerts) if one.state in _MAY_HAVE_LEFT
    }
    kept = tuple(replace(one, due_at=None) if one.state in _LETS_WAIT else one for one in batch.alerts)
    added = tuple(_after(one, now) for one in reversed(told.values()))
    following = replace(batch.following, suspended_at=now)
    return replace(batch, alerts=(*kept, *added), following=following)


def is_stopped(alert: Alert, batch: AlertBatch) -> bool:
    """Tell whether an alert is not to be sent any more since the reading of its notice is suspended."""
    return batch.following.suspended_at is not None and alert.purpose is not AlertPurpose.SUSPENSION


def _after(alert: Alert, now: datetime) -> Alert:
    purpose = AlertPurpose.SUSPENSION
    alert_id = f"{alert.user_id}.{alert.channel}.{purpose}"
    return Alert(alert_id, alert.channel, alert.destination, purpose=purpose, added_at=now)
