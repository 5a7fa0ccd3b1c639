"""What operators' programs read of alerts: JSON values with instants in UTC, and no whole address."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.alert.alert import Alert
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.work_list import GivenUp, Indexed, Resent, ResentAll, Waiting, WorkList
from chalicelib.renderers.alert.work_list_text import masked, position_text


def list_json(work: WorkList) -> dict[str, Any]:
    """Return a page of the list; `after` is where the next one begins, or null."""
    return {
        "total": work.total,
        "oldest": _instant(work.oldest),
        "newest": _instant(work.newest),
        "notices": [_given_up(one) for one in work.shown],
        "after": position_text(work.after) if work.after else None,
    }


def batch_json(batch: AlertBatch) -> dict[str, Any]:
    """Return all that is known of a notice's alerts."""
    return {
        "notice_id": batch.notice_id,
        "institution": batch.institution_name,
        "deposited_at": _instant(batch.deposited_at),
        "resent_at": _instant(batch.resent_at),
        "gives_up_at": _instant(batch.gives_up_at) if batch.open else None,
        "owed_events": len(batch.owed),
        "alerts": [_alert(alert, batch) | _history(alert) for alert in batch.alerts],
    }


def waiting_json(waiting: Waiting) -> dict[str, Any]:
    """Return how much waits, and which notices wait longest."""
    longest = [{"notice_id": notice_id, "since": _instant(since)} for notice_id, since in waiting.longest]
    return {"total": waiting.total, "due": waiting.due, "longest": longest}


def resent_json(notices: tuple[Resent, ...]) -> dict[str, Any]:
    """Return what became of each notice."""
    return {"notices": [{"notice_id": notice.notice_id, "outcome": notice.outcome.value} for notice in notices]}


def resent_all_json(done: ResentAll) -> dict[str, Any]:
    """Return what became of each notice that was begun, and how many were not."""
    return resent_json(done.notices) | {"left": done.left}


def _given_up(given_up: GivenUp) -> dict[str, Any]:
    batch = given_up.batch
    return {
        "notice_id": given_up.notice_id,
        "since": _instant(given_up.since),
        "is_readable": batch is not None,
        "institution": batch.institution_name if batch else None,
        "alerts": [_alert(alert, batch) for alert in batch.given_up] if batch else [],
    }


def indexed_json(done: Indexed) -> dict[str, Any]:
    """Return what was looked at."""
    return {"looked_at": done.looked_at, "moved": done.moved, "failed": done.failed, "after": done.after}


def _alert(alert: Alert, batch: AlertBatch) -> dict[str, Any]:
    return {
        "alert_id": alert.alert_id,
        "channel": alert.channel.value,
        "destination": masked(alert),
        "purpose": alert.purpose.value,
        "state": alert.state.value,
        "error": alert.error,
        "attempts": batch.attempts_of(alert),
    }


def _history(alert: Alert) -> dict[str, Any]:
    steps = [{"at": _instant(step.at), "state": step.state.value, "error": step.error} for step in alert.steps]
    reports = [{"at": _instant(told.at), "report": told.kind.value, "error": told.error} for told in alert.reports]
    return {"steps": steps, "reports": reports}


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat()
