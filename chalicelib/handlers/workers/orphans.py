"""Delete what deposits and filings that never committed left behind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.deposit import orphan_position_store
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import filing_orphan_position_store, filing_store
from chalicelib.bootstrap.storage import hold_store, notice_store
from chalicelib.handlers.workers.reports import NIGHT_TIME, reported
from chalicelib.services.deposit import sweep_orphans as sweeping

_OF_FILINGS = timedelta(minutes=1)
"""What deposits leave, however many of their days wait."""


def sweep_orphans(_: CloudWatchEvent) -> dict[str, Any]:
    """Sweep until the time is over. What fails of deposits, or takes the night, leaves filings their minute."""
    box = current()
    until, hold = box.clock() + NIGHT_TIME, hold_store(box).find()

    def sweep(root: str, committed: sweeping.Committed, positions: Any, until: datetime) -> sweeping.OrphanSweep:
        return sweeping.sweep_orphans(
            files=files(box),
            notices=committed,
            positions=positions,
            now=box.clock,
            until=until,
            hold=hold,
            root=root,
        )

    try:
        of_deposits = sweep("notices", notice_store(box), orphan_position_store(box), until - _OF_FILINGS)
    finally:
        of_filings = sweep("filings", filing_store(box), filing_orphan_position_store(box), until)
    return reported("sweep_orphans", sweeping.added_up((of_deposits, of_filings)))
