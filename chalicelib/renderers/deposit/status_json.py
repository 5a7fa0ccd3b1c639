"""What became of a deposit, as its sender's JSON: how it stands, each alert, which channels failed, what to do next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.deposit.unreached import advice_on
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.timeline import Timeline
from chalicelib.renderers.reading.delivered_json import status_as_json


def deposit_status_as_json(
    delivered: DeliveredNotice,
    alerts: AlertBatch | None,
    timeline: Timeline,
    downloads: tuple[tuple[str, datetime | None], ...],
    *,
    today: date,
) -> dict[str, Any]:
    """Write how a deposit stands on the country's day `today`."""
    standing = status_as_json(delivered, timeline, downloads, today=today)
    of_batch = () if alerts is None else alerts.alerts
    added = [instant_as_json(alert.added_at or delivered.notice.deposited_at) for alert in of_batch]
    told = [{**entry, "added_at": at} for entry, at in zip(standing["alerts"], added, strict=True)]
    return {
        **standing,
        "alerts": told,
        "failed_channels": failed_channels_as_json(alerts),
        "advice": advice_on(delivered, alerts),
    }


def failed_channels_as_json(alerts: AlertBatch | None) -> list[dict[str, str]]:
    """Write the channels by which nobody was reached, each with since when."""
    failures = () if alerts is None else alerts.failures
    return [{"channel": channel.value, "since": instant_as_json(since)} for channel, since in failures]


def instant_as_json(instant: datetime) -> str:
    """Write an instant of UTC to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
