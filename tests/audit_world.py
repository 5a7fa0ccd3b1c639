"""Looks at people's data, as the log would have them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.event import Event, EventType

LOOKED_AT = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)


def a_look(number: int = 1, **changes: Any) -> Event:
    """Return a consultation by an officer; `number` names it and whom it is about."""
    fields: dict[str, Any] = {
        "subject": f"mailbox#1-4{number:07d}",
        "type": EventType.MAILBOX_CONSULTED,
        "occurred_at": LOOKED_AT,
        "event_id": f"look{number:06d}",
        "actor": "staff:s40000100",
        "origin": "192.0.2.7",
        "data": {"reason": "Notificar una carta", "institution_id": "20131370645"},
    }
    return Event(**{**fields, **changes})
