"""Delete what deposits and filings that never committed left behind."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.deposit import orphan_position_store
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import filing_orphan_position_store, filing_store
from chalicelib.bootstrap.storage import hold_store, notice_store
from chalicelib.handlers.workers.reports import NIGHT_TIME, reported
from chalicelib.services.deposit import sweep_orphans as sweeping


def sweep_orphans(_: CloudWatchEvent) -> dict[str, Any]:
    """Sweep until the time is over."""
    box = current()
    until, hold = box.clock() + NIGHT_TIME, hold_store(box).find()
    roots = (
        ("notices", notice_store(box), orphan_position_store(box)),
        ("filings", filing_store(box), filing_orphan_position_store(box)),
    )
    swept = [
        sweeping.sweep_orphans(
            files=files(box),
            notices=committed,
            positions=positions,
            now=box.clock,
            until=until,
            hold=hold,
            root=root,
        )
        for root, committed, positions in roots
    ]
    return reported("sweep_orphans", sweeping.added_up(swept))
