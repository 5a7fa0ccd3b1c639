"""The command about receipts: having those verified that packages before issued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.evidence import receipt_store
from chalicelib.domain.event import EventType
from chalicelib.handlers.operator.act import log_indexed
from chalicelib.handlers.operator.command import Told
from chalicelib.renderers.evidence.indexed_receipts import indexed_json, indexed_text
from chalicelib.services.evidence.index_receipts import index_receipts

_TIME = timedelta(seconds=40)
"""No deposit is begun after this; the function may run twenty seconds longer."""


def index(given: Mapping[str, Any]) -> Told:
    """Put receipts into the indexes by which they are looked for, as far as there is time."""
    box = current()
    done = index_receipts(
        receipts=receipt_store(box), job="operator", after=given["after"], now=box.clock, until=box.clock() + _TIME
    )
    log_indexed(given, EventType.RECEIPTS_INDEXED, looked_at=done.looked_at, changed=done.indexed, failed=done.failed)
    return Told(indexed_text(done), indexed_json(done), is_done=not done.failed)
