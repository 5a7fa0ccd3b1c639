"""How alerts are laid out in their item, in two attributes.

`alerts` is written as packages before write it, to the letter, since they compare it with what they read. `progress`
has what they know nothing of. Where the two do not fit, a package before wrote since, and `alerts` counts alone. So
each package can go on with what the other wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertReport, AlertState, ReportKind
from chalicelib.store.codec import from_data, to_data

_FORMER = {
    AlertState.WAITING: "pending",
    AlertState.ATTEMPTED: "pending",
    AlertState.REFUSED: "pending",
    AlertState.UNKNOWN: "pending",
    AlertState.DELAYED: "accepted",
    AlertState.GAVE_UP: "failed",
    AlertState.CANCELLED: "failed",
}
"""The states that have another name there."""
_REPORTED = {
    "delivered": ReportKind.DELIVERED,
    "bounced": ReportKind.BOUNCED,
    "complained": ReportKind.COMPLAINED,
}
_KNOWN = ("alert_id", "channel", "destination", "message_id")
"""The fields that have the same name there."""
_NOTHING: tuple[Any, ...] = (None, 0, [], AlertPurpose.DEPOSIT.value)
_FAILED = AlertState.FAILED.value
_UNTRIED = {"sending": AlertState.WAITING.value}
_REFUSED_FOR_GOOD = frozenset({"email_address_refused", "mobile_refused", "mobile_opted_out"})


def alerts_to_data(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """Lay out what packages before know of alerts."""
    return [
        {
            "alert_id": alert.alert_id,
            "channel": alert.channel.value,
            "destination": alert.destination,
            "state": _FORMER.get(alert.state, alert.state.value),
            "message_id": alert.message_id,
            "error": alert.error,
        }
        for alert in alerts
    ]


def progress_to_data(alerts: Iterable[Alert]) -> list[dict[str, Any]] | None:
    """Lay out the rest, without what is nothing; None for alerts that nobody tried."""
    told = [
        {name: value for name, value in _spelled(alert).items() if name not in _KNOWN and value not in _NOTHING}
        for alert in alerts
    ]
    return None if all(one == _UNTRIED for one in told) else told


def _spelled(alert: Alert) -> dict[str, Any]:
    """Lay out an alert; packages before know no `cancelled`, and take it for `failed`."""
    data: dict[str, Any] = to_data(alert)
    if alert.sending is AlertState.CANCELLED:
        data |= {"sending": _FAILED, "is_cancelled": True}
        data["steps"] = [*data["steps"][:-1], *({**step, "state": _FAILED} for step in data["steps"][-1:])]
    return data


def alerts_from_data(
    data: Sequence[Mapping[str, Any]], progress: Sequence[Mapping[str, Any]] | None
) -> tuple[Alert, ...]:
    """Read alerts back, also those that a package before wrote."""
    return tuple(_read(*both) for both in zip_longest(data, (progress or ())[: len(data)]))


def _read(data: Mapping[str, Any], progress: Mapping[str, Any] | None) -> Alert:
    if progress is not None:
        alert = _as_it_was(from_data(Alert, {**_known(data), **progress}), progress)
        if alerts_to_data([alert]) == [dict(data)]:
            return alert
    return _from_former(data)


def _as_it_was(alert: Alert, progress: Mapping[str, Any]) -> Alert:
    if not progress.get("is_cancelled") or alert.sending is not AlertState.FAILED:
        return alert
    ends = (replace(step, state=AlertState.CANCELLED) for step in alert.steps[-1:])
    return replace(alert, sending=AlertState.CANCELLED, steps=(*alert.steps[:-1], *ends))


def _known(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _KNOWN if name in data}


def _from_former(data: Mapping[str, Any]) -> Alert:
    state, error, message_id = data["state"], data.get("error"), data.get("message_id")
    alert = from_data(Alert, _known(data))
    if state == "pending":
        return replace(alert, refusal=error)
    if state == "failed" and error != "rejected_by_provider":
        sending = AlertState.FAILED if error in _REFUSED_FOR_GOOD else AlertState.GAVE_UP
        return replace(alert, sending=sending, refusal=error)
    accepted = replace(alert, sending=AlertState.ACCEPTED)
    kind = ReportKind.REJECTED if state == "failed" else _REPORTED.get(state)
    return accepted if kind is None else accepted.with_report(AlertReport(kind, None, message_id, error))
