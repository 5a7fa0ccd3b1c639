"""Delivery reports: what the mail provider learns after it accepted a message (SES event publishing)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.alert.alert import Alert, AlertBatch, AlertState, Channel
from chalicelib.domain.errors import InvalidInput

_STATES = {
    "Delivery": AlertState.DELIVERED,
    "Bounce": AlertState.BOUNCED,
    "Complaint": AlertState.COMPLAINED,
    "Reject": AlertState.FAILED,
}
_RANK = {
    AlertState.PENDING: 0,
    AlertState.ACCEPTED: 1,
    AlertState.FAILED: 2,
    AlertState.DELIVERED: 3,
    AlertState.BOUNCED: 4,
    AlertState.COMPLAINED: 5,
}


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of one accepted message. `is_final` is false for a bounce that may be an automatic reply."""

    notice_id: str
    alert_id: str
    state: AlertState
    occurred_at: datetime
    message_id: str | None = None
    error: str | None = None
    is_final: bool = True


def message_tags(notice_id: str, alert_id: str) -> dict[str, str]:
    """Return the tags that bring a report back to its alert; SES allows letters, digits, `_` and `-` in values."""
    return {"notice_id": notice_id, "user_id": alert_id.removesuffix(f".{Channel.EMAIL}")}


def parse_report(event: Mapping[str, Any]) -> DeliveryReport | None:
    """Read an SES event (Delivery, Bounce, Complaint, Reject); None for other kinds and for mail that is no alert.

    Raises:
        InvalidInput: `delivery_report_malformed`.

    """
    kind = event.get("eventType", event.get("notificationType"))
    state = _STATES.get(str(kind))
    if state is None:
        return None
    try:
        mail = event["mail"]
        details = event.get(str(kind).lower(), {})
        tags = mail.get("tags", {})
        if not {"notice_id", "user_id"} <= tags.keys():
            return None
        return DeliveryReport(
            notice_id=tags["notice_id"][0],
            alert_id=f"{tags['user_id'][0]}.{Channel.EMAIL}",
            state=state,
            occurred_at=datetime.fromisoformat(details.get("timestamp", mail["timestamp"])),
            message_id=mail["messageId"],
            error=_error(state, details),
            is_final=details.get("bounceType", "Permanent") == "Permanent",
        )
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise InvalidInput("delivery_report_malformed", "El reporte de entrega no se entiende.") from error


def _error(state: AlertState, details: Mapping[str, str]) -> str | None:
    if state is AlertState.BOUNCED:
        return f"bounce_{details['bounceType']}_{details['bounceSubType']}".lower()
    if state is AlertState.FAILED:
        return "rejected_by_provider"
    return None


def apply_report(batch: AlertBatch, report: DeliveryReport) -> AlertBatch:
    """Move one alert forward, never back; the same batch when the report is known, outdated or of no alert in it.

    A bounce may come after a delivery, when the server took the message and returned it later; but one that is not
    final changes no delivery, since automatic replies are reported as transient bounces.
    """
    return replace(batch, alerts=tuple(_reported(alert, report) for alert in batch.alerts))


def _reported(alert: Alert, report: DeliveryReport) -> Alert:
    if alert.alert_id != report.alert_id or _RANK[report.state] <= _RANK[alert.state]:
        return alert
    if alert.state is AlertState.DELIVERED and not report.is_final:
        return alert
    return replace(alert, state=report.state, message_id=alert.message_id or report.message_id, error=report.error)


def merge(ours: AlertBatch, stored: AlertBatch) -> AlertBatch:
    """Keep, of each alert, the version that got further: reports may arrive before an attempt is recorded."""
    reported = {alert.alert_id: alert for alert in stored.alerts}
    alerts = (max(alert, reported[alert.alert_id], key=_rank) for alert in ours.alerts)
    return replace(ours, alerts=tuple(alerts))


def _rank(alert: Alert) -> int:
    return _RANK[alert.state]
