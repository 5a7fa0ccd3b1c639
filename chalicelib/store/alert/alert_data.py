"""How alerts are laid out in their item, and how those written by packages before are read.

Each alert carries, beside its own fields, the `state` that packages before know; they ignore the other fields. So each
package can go on with what the other wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.domain.alert.alert import Alert, AlertReport, AlertState, ReportKind
from chalicelib.store.codec import from_data, to_data

_FORMER = {
    AlertState.WAITING: "pending",
    AlertState.ATTEMPTED: "pending",
    AlertState.REFUSED: "pending",
    AlertState.UNKNOWN: "pending",
    AlertState.DELAYED: "accepted",
    AlertState.GAVE_UP: "failed",
}
"""The states that have another name there."""
_REPORTED = {
    "delivered": ReportKind.DELIVERED,
    "bounced": ReportKind.BOUNCED,
    "complained": ReportKind.COMPLAINED,
}
_REFUSED_FOR_GOOD = frozenset({"email_address_refused", "mobile_refused", "mobile_opted_out"})


def alerts_to_data(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """Lay out alerts; what is nothing is left out."""
    return [_to_data(alert) for alert in alerts]


def alerts_from_data(data: Iterable[Mapping[str, Any]]) -> tuple[Alert, ...]:
    """Read alerts back, also those that a package before wrote."""
    return tuple(from_data(Alert, alert) if "sending" in alert else _from_former(alert) for alert in data)


def _to_data(alert: Alert) -> dict[str, Any]:
    written = {name: value for name, value in to_data(alert).items() if value not in (None, 0, [])}
    return {**written, "state": _FORMER.get(alert.state, alert.state.value)}


def _from_former(data: Mapping[str, Any]) -> Alert:
    state, error, message_id = data["state"], data.get("error"), data.get("message_id")
    alert = Alert(data["alert_id"], data["channel"], data["destination"], message_id=message_id)
    alert = from_data(Alert, to_data(alert))
    if state == "pending":
        return replace(alert, refusal=error)
    if state == "failed" and error != "rejected_by_provider":
        sending = AlertState.FAILED if error in _REFUSED_FOR_GOOD else AlertState.GAVE_UP
        return replace(alert, sending=sending, refusal=error)
    accepted = replace(alert, sending=AlertState.ACCEPTED)
    kind = ReportKind.REJECTED if state == "failed" else _REPORTED.get(state)
    return accepted if kind is None else accepted.with_report(AlertReport(kind, None, message_id, error))
