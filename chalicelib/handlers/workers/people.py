"""Look after requests about own data: tell answers that were not told, and how pressing the oldest is."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.people import data_request_tools
from chalicelib.handlers.workers.reports import SWEEP_TIME, reported
from chalicelib.services.people import watch_data_requests as watching


def watch_data_requests(_: CloudWatchEvent) -> dict[str, Any]:
    """Do both."""
    box = current()
    until = box.clock() + SWEEP_TIME
    report = watching.watch_data_requests(tools=data_request_tools(box), now=box.clock, until=until)
    return reported("watch_data_requests", report)
