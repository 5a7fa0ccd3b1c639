"""What an institution is told of a mailbox before it deposits: no address, and nothing of any one user."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.deposit.recipient import FROZEN_ADVICE, Reception


def reception_as_json(reception: Reception, asked: str, *, zone: ZoneInfo) -> dict[str, Any]:
    """Write whether it can receive, and what is known of its channels, in days of `zone`; `asked` is who was named.

    Of a delivery the month is told: the day would say when another institution notified somebody.
    """
    frozen = {"refused_as": "mailbox_frozen", "advice": FROZEN_ADVICE} if reception.is_frozen else {}
    return {
        "mailbox_id": reception.mailbox_id or asked,
        "can_receive": reception.can_receive,
        "missing_channels": list(reception.missing),
        "regimes": list(reception.regimes),
        "channels": [
            {
                "channel": one.channel.value,
                "live": one.dead_since is None,
                "required": one.channel in reception.required,
                "last_delivered_in": one.delivered_at and f"{one.delivered_at.astimezone(zone):%Y-%m}",
                "failing_since": _day(one.dead_since, zone),
            }
            for one in reception.channels
        ],
        **frozen,
    }


def _day(instant: datetime | None, zone: ZoneInfo) -> str | None:
    return None if instant is None else instant.astimezone(zone).date().isoformat()
