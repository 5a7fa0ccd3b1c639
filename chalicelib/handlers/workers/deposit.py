"""Delete what deposits that never committed left behind."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.deposit import orphan_position_store
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import hold_store, notice_store
from chalicelib.handlers.workers.reports import NIGHT_TIME, reported
from chalicelib.services.deposit import sweep_orphans as sweeping


def sweep_orphans(_: CloudWatchEvent) -> dict[str, Any]:
    """Sweep until the time is over."""
    box = current()
    report = sweeping.sweep_orphans(
        files=files(box),
        notices=notice_store(box),
        positions=orphan_position_store(box),
        now=box.clock,
        until=box.clock() + NIGHT_TIME,
        hold=hold_store(box).find(),
    )
    return reported("sweep_orphans", report)
