"""The notice that an address names, found with the session in one round trip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput
from chalicelib.handlers.admission import Beside
from chalicelib.store.batch_read import ItemKey
from chalicelib.store.reading.answered_filings import answered_in, answers_key
from chalicelib.store.reading.reading_store import FoundNotice, ReadingStore


def _notice_id(parameters: dict[str, str]) -> str:
    try:
        return parse_code(parameters["notice_id"])
    except InvalidInput:
        return ""


def _keys(parameters: dict[str, str]) -> Iterable[ItemKey]:
    notice_id = _notice_id(parameters)
    return (*ReadingStore.keys(notice_id), answers_key(notice_id)) if notice_id else ()


def _read(parameters: dict[str, str], found: dict[ItemKey, Any]) -> FoundNotice:
    notice_id = _notice_id(parameters)
    notice = ReadingStore.from_found(notice_id, found)
    if notice.delivered is None:
        return notice
    own = notice.delivered.notice.mailbox_id
    return replace(notice, answers=answered_in(found.get(answers_key(notice_id)), mailbox_id=own))


NOTICE = Beside(_keys, _read)
"""A view gets a `FoundNotice`: with its alerts and what it answers, and empty where there is none."""
