"""Deposits whose alerts reached nobody by some channel, as their sender's JSON: what to work off, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from chalicelib.domain.deposit.unreached import Unreached, advice_on
from chalicelib.renderers.deposit.deposit_answer import deposit_links
from chalicelib.renderers.deposit.status_json import failed_channels_as_json, instant_as_json
from chalicelib.renderers.reading.delivered_json import deadline_as_json


def unreached_as_json(
    deposits: Iterable[Unreached], cursor: str | None, *, today: date, api_base_url: str
) -> dict[str, Any]:
    """Write a page; its dates are those in force on the country's day `today`."""
    return {
        "as_of": today.isoformat(),
        "deposits": [_deposit(one, today, api_base_url) for one in deposits],
        "next_cursor": cursor,
    }


def _deposit(one: Unreached, today: date, api_base_url: str) -> dict[str, Any]:
    delivered, notice = one.delivered, one.delivered.notice
    return {
        "notice_id": notice.notice_id,
        "case_file": {"number": notice.case_file.number},
        "deposited_at": instant_as_json(notice.deposited_at),
        "failed_channels": failed_channels_as_json(one.alerts),
        "reading": delivered.reading.value,
        "opened_at": delivered.opening and instant_as_json(delivered.opening.opened_at),
        "opening_contested": delivered.is_opening_contested,
        "deadline": deadline_as_json(delivered.deadline_on(today)),
        "advice": advice_on(delivered, one.alerts),
        "links": deposit_links(notice.notice_id, api_base_url),
    }
