"""Have agreements begin and end on their days, and tell coordinators before."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import agreement_watch_tools
from chalicelib.handlers.workers.reports import NIGHT_TIME, reported
from chalicelib.services.agreement import watch_agreements as watching


def watch_agreements(_: CloudWatchEvent) -> dict[str, Any]:
    """Look at every agreement."""
    box = current()
    until = box.clock() + NIGHT_TIME
    return reported("watch_agreements", watching.watch_agreements(agreement_watch_tools(box), until=until))
