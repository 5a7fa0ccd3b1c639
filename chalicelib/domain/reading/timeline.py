"""What happened to a notice, as its readers see it: deposited, alerted, opened. Re-openings are in the log only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.alert.alert import Alert, AlertBatch, AlertState, Channel
from chalicelib.domain.masking import mask_email, mask_mobile
from chalicelib.domain.reading.reading import DeliveredNotice


class Step(StrEnum):
    """What can have happened."""

    DEPOSITED = "deposited"
    ALERT = "alert"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One step. `at` is None for alerts, of which the outcome is kept; `who` is a reader's name or a masked address."""

    step: Step
    at: datetime | None
    who: str = ""
    channel: Channel | None = None
    outcome: AlertState | None = None


def timeline(delivered: DeliveredNotice, alerts: AlertBatch | None) -> tuple[TimelineEntry, ...]:
    """Return the steps in the order they happened."""
    entries = [TimelineEntry(Step.DEPOSITED, delivered.notice.deposited_at)]
    entries += [_of_alert(alert) for alert in (alerts.alerts if alerts else ())]
    if delivered.opening is not None:
        by = delivered.opening.opened_by
        name = next((seen.name for seen in delivered.seen if seen.user_id == by), "")
        entries.append(TimelineEntry(Step.OPENED, delivered.opening.opened_at, name))
    return tuple(entries)


def _of_alert(alert: Alert) -> TimelineEntry:
    mask = mask_email if alert.channel is Channel.EMAIL else mask_mobile
    return TimelineEntry(Step.ALERT, None, mask(alert.destination), alert.channel, alert.state)
