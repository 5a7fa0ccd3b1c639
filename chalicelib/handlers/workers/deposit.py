"""Delete what deposits that never committed left behind."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import notice_store
from chalicelib.handlers.workers.reports import SWEEP_TIME, reported
from chalicelib.services.deposit import sweep_orphans as sweeping


def sweep_orphans(_: CloudWatchEvent) -> dict[str, Any]:
    """Sweep until the time is over."""
    box = current()
    until = box.clock() + SWEEP_TIME
    report = sweeping.sweep_orphans(files=files(box), notices=notice_store(box), now=box.clock, until=until)
    return reported("sweep_orphans", report)
